"""The one step between counts and readers: nobody can be recognised in a published number.

Counts of 1 to 4 are withheld and all others rounded to the nearest 5, as English hospital statistics
do (NHS England, Hospital Episode Statistics analysis guide, 2024). Totals that are shown are sums of
rounded numbers, so that no withheld number can be worked out from them.
"""

_SMALLEST_SHOWN = 5
_ROUNDED_TO = 5


def disclose(count: int) -> int | None:
    """The number that may be shown: None when it is withheld; 0 stays 0."""
    if count == 0:
        return 0
    if count < _SMALLEST_SHOWN:
        return None
    return _ROUNDED_TO * ((count + _ROUNDED_TO // 2) // _ROUNDED_TO)
