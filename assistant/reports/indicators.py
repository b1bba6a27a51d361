"""Every number a report shows, defined once. Reports choose and arrange; they do not count."""

from collections import Counter
from collections.abc import Callable, Iterable

from knowledge_graph.domain.encounter import Encounter

Label = str
Dimension = Callable[[Encounter], Label]

NOT_RECORDED = "unknown"


def department(encounter: Encounter) -> Label:
    """The department's id, or 'unknown'."""
    return encounter.department or NOT_RECORDED


def urgency(encounter: Encounter) -> Label:
    """How soon care was needed, or 'unknown' where the record does not say."""
    return encounter.urgency.value if encounter.urgency is not None else NOT_RECORDED


def day(encounter: Encounter) -> Label:
    """The day it started, by the clock where it was recorded (ISO 8601)."""
    return encounter.started.date().isoformat()


def hour(encounter: Encounter) -> Label:
    """The hour it started, 00 to 23, by the clock where it was recorded."""
    return f"{encounter.started.hour:02d}"


def count_by(
    encounters: Iterable[Encounter], *dimensions: Dimension
) -> tuple[tuple[tuple[Label, ...], int], ...]:
    """Number of encounters for each combination of labels, in the labels' order."""
    counted = Counter(tuple(part(encounter) for part in dimensions) for encounter in encounters)
    return tuple(sorted(counted.items()))
