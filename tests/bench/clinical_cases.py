"""Cases of public sets as text and what is known of them. Read by path; nothing is copied."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_graph.domain.case import Case, Measurement, Sex, VitalSign


@dataclass(frozen=True)
class TextCase:
    """`wanted`: the diagnosis, tier or departments a set gives. `case`: what comes beside the text."""

    text: str
    wanted: str
    case: Case


def agentclinic(folder: Path) -> Iterator[TextCase]:
    """OSCE cases: what the patient says, the examination and the test results, as one text."""
    with (folder / "agentclinic_medqa_extended.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            exam = json.loads(line)["OSCE_Examination"]
            parts = [
                exam[key]
                for key in ("Patient_Actor", "Physical_Examination_Findings", "Test_Results")
            ]
            text = " ".join(said for part in parts for said in _sentences(part))
            yield TextCase(text, exam["Correct_Diagnosis"], Case(language="en"))


def _sentences(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _sentences(inner, str(key).replace("_", " "))
    elif isinstance(value, list):
        for inner in value:
            yield from _sentences(inner, name)
    elif value:
        spoken = name.endswith(("History", "Symptom", "Symptoms", "Demographics", "Systems"))
        yield f"{value}." if spoken else f"{name}: {value}."


def redflag(folder: Path) -> Iterator[TextCase]:
    """Red-flag messages with vital signs; wanted: critical, urgent or routine."""
    for name in ("vignettes.jsonl", "vignettes_extended.jsonl"):
        for line in (folder / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            given, who = row["input"], row["input"]["demographics"]
            vitals = given.get("vitals") or {}
            known = {sign.value: sign for sign in VitalSign}
            case = Case(
                age_years=who.get("age"),
                sex=Sex(who["sex"]) if who.get("sex") in set(Sex) else None,
                measurements=tuple(
                    Measurement(known[key], float(value))
                    for key, value in vitals.items()
                    if key in known and value is not None
                ),
            )
            text = f"{given['chief_complaint']}. {given.get('history') or ''}"
            yield TextCase(text, row["labels"]["gold_risk_tier"], case)


def cmb_clin(folder: Path) -> Iterator[TextCase]:
    """Chinese clinical cases; the title ends with the diagnosis."""
    for row in json.loads((folder / "CMB-test-qa.json").read_text("utf-8")):
        diagnosis = row["title"].rpartition("-")[2].strip()
        yield TextCase(row["description"], diagnosis, Case(language="zh"))


# An online platform's departments, and those of ours that answer the same question. What no
# department of a hospital stands for (beauty, traditional medicine, medicines) is left out.
DEPARTMENTS = {
    "皮肤科": ("dermatology",),
    "性病科": ("dermatology", "urology", "infectious_diseases"),
    "粉刺、痤疮": ("dermatology",),
    "妇科": ("gynaecology",),
    "计划生育": ("gynaecology", "obstetrics"),
    "产科": ("obstetrics",),
    "不孕不育": ("gynaecology", "urology"),
    "消化内科": ("gastroenterology",),
    "呼吸内科": ("respiratory",),
    "心血管内科": ("cardiology",),
    "神经内科": ("neurology",),
    "肾内科": ("nephrology",),
    "内分泌科": ("endocrinology",),
    "血液内科": ("haematology",),
    "泌尿外科": ("urology",),
    "骨科": ("orthopaedics", "rheumatology"),
    "普外科": ("general_surgery",),
    "口腔科": ("dentistry",),
    "眼科": ("ophthalmology",),
    "耳鼻喉科": ("ent",),
    "小儿内科": ("paediatrics",),
    "肝病": ("gastroenterology", "infectious_diseases"),
    "结核病": ("respiratory", "infectious_diseases"),
}


def sade(folder: Path) -> Iterator[TextCase]:
    """Chinese questions to a consultation site; wanted: our departments, separated by spaces."""
    for line in (folder / "dialog_info_sample.json").read_text("utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            departments = DEPARTMENTS.get(row["second_department"])
            if departments:
                yield TextCase(row["content"][0], " ".join(departments), Case(language="zh"))
