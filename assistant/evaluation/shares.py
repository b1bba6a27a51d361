"""A share of cases with its interval: what every evaluation reports."""

from dataclasses import dataclass
from math import sqrt

_Z = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`."""

    hits: int
    total: int

    @property
    def percent(self) -> float:
        """0 to 100; 0 of nothing is 0."""
        return 100 * self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson score interval, in percent (Wilson, JASA 1927;22:209)."""
        if not self.total:
            return 0.0, 100.0
        n, p = self.total, self.hits / self.total
        centre = p + _Z * _Z / (2 * n)
        reach = _Z * sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        scale = 1 + _Z * _Z / n
        return 100 * (centre - reach) / scale, 100 * (centre + reach) / scale

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.percent:.1f} % ({low:.1f}-{high:.1f}; {self.hits} of {self.total})"
