"""Check the curated core beyond its schema: `python -m knowledge_graph.core.lint`.

Finds what makes a symptom check weak or unsafe: findings nobody uses, conditions that cannot be
told apart, implausible frequencies, dangerous conditions that no rule and no question reaches.
"""

import sys
from collections.abc import Iterator
from itertools import combinations
from math import log

from knowledge_graph.core.load import Core, load_core
from knowledge_graph.core.schema import ConditionEntry
from knowledge_graph.domain.errors import KnowledgeInvalid
from knowledge_graph.normal_form import join, tokens_of

_MOST_ALIKE = 0.9
_FEWEST_WORDS = 5


def lint(core: Core) -> Iterator[str]:
    """Every fault as a sentence that names the entry."""
    yield from _orphan_findings(core)
    yield from _too_few_words(core)
    yield from _shared_words(core)
    yield from _special_above_general(core)
    yield from _indistinct_conditions(core)
    yield from _unreachable_dangers(core)


def _orphan_findings(core: Core) -> Iterator[str]:
    used = {key for entry in core.conditions.values() for key in entry.findings}
    used |= {key for entry in core.conditions.values() for key in entry.risk_factors}
    used |= {k for rule in core.red_flags.values() for k in (*rule.all, *rule.any, *rule.also)}
    used |= {entry.parent for entry in core.findings.values() if entry.parent}
    used |= {entry.finding for entry in core.vital_signs}
    for key in core.findings.keys() - used:
        yield f"finding {key}: no condition, rule or other finding uses it"


def _too_few_words(core: Core) -> Iterator[str]:
    for entry in core.findings.values():
        if entry.kind != "symptom":
            continue
        for language in ("en", "zh"):
            count = len(getattr(entry.words, language))
            if count < _FEWEST_WORDS:
                yield f"finding {entry.id}: {count} wordings in {language}, {_FEWEST_WORDS} wanted"


def _shared_words(core: Core) -> Iterator[str]:
    owners: dict[str, str] = {}
    for entry in core.findings.values():
        for word in (entry.name.en, entry.name.zh, *entry.words.en, *entry.words.zh):
            key = join(tuple(token.form for token in tokens_of(word)))
            owner = owners.setdefault(key, entry.id)
            if owner != entry.id:
                yield f"finding {entry.id}: the wording {word!r} belongs to {owner} too"


def _special_above_general(core: Core) -> Iterator[str]:
    for entry in core.findings.values():
        parent = core.findings[entry.parent] if entry.parent else None
        if parent and entry.background > parent.background:
            yield f"finding {entry.id}: more common ({entry.background}) than {parent.id}"
    for condition in core.conditions.values():
        for key, percent in condition.findings.items():
            general = core.findings[key].parent
            if general in condition.findings and percent > condition.findings[general]:
                yield f"condition {condition.id}: {key} is more frequent than {general}"


def _indistinct_conditions(core: Core) -> Iterator[str]:
    for first, second in combinations(core.conditions.values(), 2):
        if first.department == second.department and _likeness(first, second) > _MOST_ALIKE:
            yield f"conditions {first.id} and {second.id}: their findings do not tell them apart"


def _likeness(first: ConditionEntry, second: ConditionEntry) -> float:
    """Cosine of the two profiles: frequencies, and risk factors by the logarithm of their odds."""
    a = {**first.findings, **{key: 30 * log(odds) for key, odds in first.risk_factors.items()}}
    b = {**second.findings, **{key: 30 * log(odds) for key, odds in second.risk_factors.items()}}
    dot = sum(value * b.get(key, 0.0) for key, value in a.items())
    size = sum(v * v for v in a.values()) * sum(v * v for v in b.values())
    return float(dot / size**0.5) if size else 0.0


def _unreachable_dangers(core: Core) -> Iterator[str]:
    by_rule = {key for rule in core.red_flags.values() for key in (*rule.all, *rule.any)}
    for condition in core.conditions.values():
        if not condition.urgency.is_emergency:
            continue
        askable = [k for k in condition.findings if core.findings[k].question is not None]
        if not askable and by_rule.isdisjoint(condition.findings):
            yield f"condition {condition.id}: an emergency that no rule and no question reaches"


def main() -> int:
    """Print the faults; the number of them decides the exit code."""
    try:
        faults = sorted(lint(load_core()))
    except KnowledgeInvalid as error:
        faults = [str(error)]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    sys.stdout.write(f"core knowledge: {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
