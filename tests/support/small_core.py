"""A small curated core for tests of the doors: two conditions, one red flag, a few findings."""

from pathlib import Path
from typing import Any

from knowledge_graph.core.load import CORE_FOLDER, Core, read_entries
from knowledge_graph.core.schema import (
    ConditionEntry,
    DepartmentEntry,
    FindingEntry,
    RedFlagEntry,
    SourceEntry,
    VitalSignEntry,
)


def both(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def _finding(key: str, en: str, zh: str, words: list[str], **more: Any) -> FindingEntry:
    return FindingEntry.model_validate(
        {
            "id": key,
            "kind": "symptom",
            "name": both(en, zh),
            "words": {"en": words, "zh": [zh, f"一直{zh}", f"{zh}得厉害"]},
            "question": both(f"Do you have: {en}?", f"您有{zh}吗？"),
            "background": 5,
        }
        | more
    )


def _condition(key: str, en: str, zh: str, **more: Any) -> ConditionEntry:
    return ConditionEntry.model_validate(
        {
            "id": key,
            "name": both(en, zh),
            "department": "general_practice",
            "urgency": "consultation",
            "prevalence": 50,
            "onset": "days",
            "tests": {"en": ["Chest radiograph"], "zh": ["胸部X线"]},
            "care": both("See a doctor.", "请就医。"),
            "advice": {"en": ["Rest."], "zh": ["休息。"]},
            "return_sooner": {"en": ["You cannot breathe."], "zh": ["呼吸困难。"]},
            "sources": ["a_guideline"],
        }
        | more
    )


def small_core() -> Core:
    findings = [
        _finding("fever", "Fever", "发热", ["temperature", "high temperature", "feverish"],
                 hpo="HP:0001945"),
        _finding("cough", "Cough", "咳嗽", ["coughing", "hacking", "keep coughing"],
                 hpo="HP:0012735"),
        _finding("chest_pain", "Chest pain", "胸痛", ["pain in my chest", "sore chest", "chest ache"],
                 hpo="HP:0100749"),
        _finding("breathlessness", "Breathlessness", "气短",
                 ["short of breath", "can't breathe", "out of breath"]),
        _finding("smoking", "Smoking", "吸烟", ["smoker", "smokes", "cigarettes"],
                 kind="risk_factor"),
    ]  # fmt: skip
    conditions = [
        _condition("pneumonia", "Pneumonia", "肺炎", icd10=["J18"], mesh="D011014",
                   urgency="consultation_24", department="internal_medicine",
                   findings={"fever": 80, "cough": 90, "breathlessness": 50},
                   risk_factors={"smoking": 2}),
        _condition("angina", "Angina", "心绞痛", icd10=["I20"],
                   urgency="emergency", department="cardiology",
                   findings={"chest_pain": 95, "breathlessness": 40, "cough": 2}),
    ]  # fmt: skip
    red_flag = RedFlagEntry.model_validate(
        {
            "id": "chest_pain_breathless",
            "name": both("Chest pain with breathlessness", "胸痛伴气短"),
            "urgency": "emergency_ambulance",
            "all": ["chest_pain", "breathlessness"],
            "reason": both("It may be a heart attack.", "可能是心肌梗死。"),
            "advice": both("Call an ambulance.", "请叫救护车。"),
            "sources": ["a_guideline"],
        }
    )
    source = SourceEntry(
        id="a_guideline",
        title="A guideline",
        publisher="A society",
        year=2024,
        url="https://guideline.example/chest-pain",
    )
    limit = VitalSignEntry.model_validate(
        {
            "finding": "fever",
            "limit": {"vital_sign": "temperature_c", "at_least": 38},
            "sources": ["a_guideline"],
        }
    )
    departments = read_entries(Path(CORE_FOLDER) / "departments.yml", DepartmentEntry)
    return Core(
        findings={entry.id: entry for entry in findings},
        conditions={entry.id: entry for entry in conditions},
        red_flags={red_flag.id: red_flag},
        vital_signs=(limit,),
        laboratory=(),
        departments={entry.id: entry for entry in departments},
        sources={source.id: source},
        version="small",
    )
