"""Which department an encounter belongs to, as far as its codes tell. Ids are the core's."""

from collections.abc import Iterable, Mapping

from ingest.fhir.shapes import CodeableConcept, Encounter

# SNOMED CT codes of encounter types that name a speciality. Stored codes, no SNOMED content.
_SPECIALITIES: Mapping[str, str] = {
    "50849002": "emergency_medicine",
    "4525004": "emergency_medicine",
    "183478001": "emergency_medicine",
    "183460006": "obstetrics",
    "424441002": "obstetrics",
    "424619006": "obstetrics",
    "169762003": "obstetrics",
    "183495009": "orthopaedics",
    "305411003": "general_surgery",
    "394701000": "respiratory",
    "185389009": "paediatrics",
    "410620009": "paediatrics",
}
# Types of encounter that are general practice unless a diagnosis says otherwise.
_GENERAL = frozenset(
    {
        "162673000",
        "185345009",
        "185347001",
        "185349003",
        "210098006",
        "308335008",
        "316744009",
        "390906007",
        "698314001",
    }
)
_EMERGENCY_CLASSES = frozenset({"EMER"})


def department_of(
    encounter: Encounter,
    concept_ids: Iterable[str],
    names: Mapping[str, str],
    treated_in: Mapping[str, str],
) -> str | None:
    """The department's id, or None when nothing tells it.

    `names`: what departments are called, in lower case → id. `treated_in`: condition → department.
    Service type first, then speciality, emergency class, diagnoses, and general practice last.
    """
    types = {coding.code for kind in encounter.type for coding in kind.coding}
    named = _named(encounter.serviceType, names)
    if named is not None:
        return named
    for code, department in _SPECIALITIES.items():
        if code in types:
            return department
    if encounter.class_.code in _EMERGENCY_CLASSES:
        return "emergency_medicine"
    for concept_id in concept_ids:
        if concept_id in treated_in:
            return treated_in[concept_id]
    return "general_practice" if types & _GENERAL else None


def _named(service: CodeableConcept | None, names: Mapping[str, str]) -> str | None:
    if service is None:
        return None
    for words in (service.text, *(coding.display for coding in service.coding)):
        if words and words.strip().lower() in names:
            return names[words.strip().lower()]
    return None
