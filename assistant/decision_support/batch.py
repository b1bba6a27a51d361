"""Many cases at once, a JSON object a line: what `medbrain assess --batch` reads and writes."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from assistant.symptom_check.check import check
from assistant.symptom_check.model import ClinicalModel
from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.domain.assessment import Assessment, Candidate
from knowledge_graph.domain.case import Case, Sex
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.language import detect_language, language_of

CANDIDATES = 15


def assess_lines(
    lines: Iterable[str], model: ClinicalModel, finder: ConceptFinder
) -> Iterator[dict[str, Any]]:
    """The answer to each line; one that cannot be read is answered with its `error`.

    A line: `{"id", "text", "age", "sex", "language"?}`; age in years or null.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: Any = None
        try:
            row = json.loads(line)
            yield _answer(row, model, finder)
        except (ValueError, KeyError, TypeError, AttributeError, InvalidInput) as error:
            given = row.get("id") if isinstance(row, dict) else None
            yield {"id": given, "error": f"line {number}: {type(error).__name__}: {error}"}


def _answer(row: dict[str, Any], model: ClinicalModel, finder: ConceptFinder) -> dict[str, Any]:
    text = str(row["text"])
    language = language_of(row.get("language") or detect_language(text)).code
    age, sex = row.get("age"), row.get("sex")
    asked = Case(
        age_years=float(age) if age is not None else None,
        sex=Sex(sex) if sex else None,
        language=language,
    )
    case = understand(text, language, finder, model.core).added_to(asked)
    assessment = check(case, model, limit=CANDIDATES)
    return {"id": row["id"], **_written(case, assessment, model)}


def _written(case: Case, assessment: Assessment, model: ClinicalModel) -> dict[str, Any]:
    findings = model.core.findings
    return {
        "urgency": assessment.urgency.value,
        "rules": [flag.id for flag in assessment.red_flags],
        "findings": [
            {
                "id": finding.concept_id,
                "name": getattr(findings[finding.concept_id].name, case.language),
                "state": finding.presence.value,
            }
            for finding in case.findings
        ],
        "candidates": [_candidate(c, model) for c in assessment.candidates],
    }


def _candidate(candidate: Candidate, model: ClinicalModel) -> dict[str, Any]:
    """With its names in every language: whoever compares knows it by any of them."""
    entry = model.core.conditions[candidate.condition_id]
    names = (entry.name.en, entry.name.zh, *entry.words.en, *entry.words.zh)
    return {
        "name": candidate.name,
        "icd10": list(candidate.icd10),
        "synonyms": [name for name in dict.fromkeys(names) if name != candidate.name],
        "probability": round(candidate.probability, 6),
    }
