"""FHIR: encounters in codes, notes without names, faults with file and position."""

import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ingest.extract import extract
from ingest.source import Fault, RawDocument
from ingest.sources.fhir import SOURCE
from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import Sex
from knowledge_graph.domain.codes import LoincCode, SnomedCode
from knowledge_graph.domain.encounter import Encounter, PatientRecord
from knowledge_graph.domain.evidence import Extract
from tests.support import fhir_bundles as fhir
from tests.support.ingesting import extraction_of


def outcome(folder: Path, content: dict[str, Any] | str) -> Extract | Fault:
    path = fhir.write_bundle(folder / "Vera_Spinka.json", content)
    (item,) = SOURCE.documents(path)
    return item if isinstance(item, Fault) else extract(item, extraction_of(SOURCE))


def read(folder: Path, *resources: dict[str, Any], **more: Any) -> Extract:
    result = outcome(folder, fhir.bundle(*resources, **more))
    assert isinstance(result, Extract), result
    return result


def record(folder: Path, *resources: dict[str, Any], **more: Any) -> PatientRecord:
    (found,) = read(folder, *resources, **more).patient_records
    return found


def visit(folder: Path, *resources: dict[str, Any], **changes: Any) -> Encounter:
    (found,) = record(folder, fhir.encounter(**changes), *resources).encounters
    return found


def test_a_patient_is_a_pseudonym_with_sex_and_year_of_birth(tmp_path: Path) -> None:
    patient = record(tmp_path).patient
    assert (patient.sex, patient.birth_year) == (Sex.FEMALE, 1987)
    assert len(patient.id) == 32
    assert record(tmp_path).patient.id == patient.id
    other = fhir.patient(identifier=[{"system": "http://hospital.example", "value": "MR-2"}])
    assert record(tmp_path, who=other).patient.id != patient.id


def test_an_encounter_in_codes_with_the_clock_where_it_was(tmp_path: Path) -> None:
    found = visit(tmp_path, fhir.condition("Pneumonia (disorder)"))
    assert found.started == datetime(2019, 3, 14, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert found.started.hour == 23
    assert found.ended is not None and found.encounter_class == "AMB"
    assert found.codes == (SnomedCode("185345009"), SnomedCode("233604007"))
    assert found.concept_ids == ("pneumonia",)


def test_reasons_count_as_much_as_conditions(tmp_path: Path) -> None:
    found = visit(tmp_path, reasonCode=[fhir.snomed("29857009", "Chest pain (finding)")])
    assert found.concept_ids == ("chest_pain",)
    assert SnomedCode("29857009") in found.codes


def test_a_refuted_condition_and_one_in_other_words_are_not_linked(tmp_path: Path) -> None:
    refuted = fhir.condition("Pneumonia") | {
        "verificationStatus": fhir.coded("http://terminology.hl7.org/x", "refuted")
    }
    history = fhir.condition("History of pneumonia (situation)", "161525006")
    found = visit(tmp_path, refuted, history)
    assert found.concept_ids == ()


@pytest.mark.parametrize(
    ("changes", "department"),
    [
        ({"serviceType": {"text": "Cardiology"}, "class": {"code": "EMER"}}, "cardiology"),
        ({"serviceType": {"coding": [{"display": "maternity"}]}}, "obstetrics"),
        ({"type": [fhir.snomed("50849002")]}, "emergency_medicine"),
        ({"type": [fhir.snomed("424619006")]}, "obstetrics"),
        ({"class": {"code": "EMER"}}, "emergency_medicine"),
        ({"reasonCode": [fhir.snomed("194828000", "Angina")]}, "cardiology"),
        ({}, "general_practice"),
        ({"type": [fhir.snomed("308540004")], "class": {"code": "IMP"}}, None),
    ],
)
def test_departments(tmp_path: Path, changes: dict[str, Any], department: str | None) -> None:
    assert visit(tmp_path, **changes).department == department


@pytest.mark.parametrize(
    ("changes", "urgency"),
    [
        ({"class": {"code": "EMER"}}, Urgency.EMERGENCY),
        ({"priority": fhir.coded("x", "UR")}, Urgency.CONSULTATION_24),
        ({}, None),
    ],
)
def test_urgency_only_where_the_record_says_it(
    tmp_path: Path, changes: dict[str, Any], urgency: Urgency | None
) -> None:
    assert visit(tmp_path, **changes).urgency is urgency


def test_encounters_that_did_not_happen_are_left_out(tmp_path: Path) -> None:
    assert record(tmp_path, fhir.encounter(status="cancelled")).encounters == ()


def test_observations_with_units_components_and_coded_answers(tmp_path: Path) -> None:
    panel = fhir.observation(
        id="o-2",
        code=fhir.loinc("85354-9"),
        valueQuantity=None,
        component=[
            {"code": fhir.loinc("8480-6"), "valueQuantity": {"value": 120, "unit": "mmHg"}},
            {"code": fhir.loinc("8462-4"), "valueQuantity": {"value": 80, "unit": "mmHg"}},
        ],
    )
    smoking = fhir.observation(
        id="o-3",
        code=fhir.loinc("72166-2"),
        effectiveDateTime="2019-03-14",
        valueQuantity=None,
        valueCodeableConcept=fhir.snomed("266919005", "Never smoker") | {"text": "says Vera"},
    )
    free = fhir.observation(id="o-4", valueQuantity=None, valueString="Vera felt hot")
    wrong = fhir.observation(id="o-5", status="entered-in-error")
    found = record(
        tmp_path, fhir.encounter(), fhir.observation(), panel, smoking, free, wrong
    ).observations
    assert [(o.code, o.value, o.unit, o.value_text) for o in found] == [
        (LoincCode("8310-5"), 39.1, "Cel", None),
        (LoincCode("8480-6"), 120.0, "mmHg", None),
        (LoincCode("8462-4"), 80.0, "mmHg", None),
        (LoincCode("72166-2"), None, None, "Never smoker"),
    ]
    assert found[3].observed == date(2019, 3, 14)
    encounter_id = visit(tmp_path).id
    assert {o.encounter_id for o in found} == {encounter_id}
    assert len({o.id for o in found}) == 4


def test_notes_are_indexed_without_whoever_they_speak_of(tmp_path: Path) -> None:
    text = (
        "Vera Spinka (MR-778899, born 1987-05-06) of 12 Long Meadow, Hopedale, phone 555-0147, "
        "came on March 14, 2019 with a cough and fever. No chest pain. Seen by Dr. Kuhn."
    )
    doctor = {"resourceType": "Practitioner", "name": [{"family": "Kuhn", "given": ["Ada"]}]}
    extract = read(tmp_path, fhir.encounter(), doctor, fhir.note(text))
    (passage,) = extract.passages
    assert passage.section == "Visit note"
    for private in (
        "Vera",
        "Spinka",
        "778899",
        "1987",
        "Meadow",
        "Hopedale",
        "0147",
        "Kuhn",
        "March",
    ):
        assert private not in passage.text
    assert "came on 2019 with a cough and fever" in passage.text
    assert {(m.concept_id, m.assertion.value) for m in extract.mentions} == {
        ("cough", "present"),
        ("fever", "present"),
        ("chest_pain", "negated"),
    }
    assert extract.relations == ()  # one person's note states no knowledge


def test_nothing_of_the_document_itself_tells_who(tmp_path: Path) -> None:
    extract = read(tmp_path, fhir.encounter(), fhir.note("A cough."))
    shown = repr(extract.document) + repr(extract.patient_records)
    for private in ("Vera", "Spinka", "778899", "p-1", "visit'", "05-06", "Hopedale"):
        assert private not in shown


def test_reports_pages_and_conclusions_are_read_scans_are_not(tmp_path: Path) -> None:
    page = fhir.note(
        "<p>A <b>cough</b></p><script>x</script><p>a&amp;b</p>", contentType="text/html"
    )
    report = {
        "resourceType": "DiagnosticReport",
        "code": {"text": "Chest X-ray"},
        "presentedForm": [fhir.note("Clear lungs.")["content"][0]["attachment"]],
        "conclusion": "No pneumonia.",
    }
    scan = fhir.note("%PDF", contentType="application/pdf")
    old = fhir.note("Replaced.") | {"status": "superseded"}
    extract = read(tmp_path, fhir.encounter(), page, report, scan, old)
    assert [(p.section, p.text) for p in extract.passages] == [
        ("Visit note", "A cough\na&b"),
        ("Chest X-ray", "Clear lungs."),
        ("Chest X-ray", "No pneumonia."),
    ]


def test_a_chinese_note(tmp_path: Path) -> None:
    who = fhir.patient(name=[{"text": "王小明"}])
    extract = read(tmp_path, fhir.encounter(), fhir.note("王小明，咳嗽三天，无胸痛。"), who=who)
    assert extract.document.language == "zh"
    assert "王小明" not in extract.passages[0].text
    assert {(m.concept_id, m.assertion.value) for m in extract.mentions} == {
        ("cough", "present"),
        ("chest_pain", "negated"),
    }


NAME = "Vera_Spinka.json"


@pytest.mark.parametrize(
    ("content", "where", "why"),
    [
        ("{", f"{NAME}, line 1, column 2", "not JSON"),
        ('{"a": NaN}', NAME, "NaN"),
        ("[" * 100_000, NAME, "deep"),
        ({"resourceType": "Patient"}, NAME, "not a FHIR Bundle"),
        ({"resourceType": "Bundle", "entry": []}, NAME, "no entries"),
        ({"resourceType": "Bundle", "entry": [{}]}, f"{NAME}, entry[0]", "no resource"),
        (
            {"resourceType": "Bundle", "entry": [{"resource": fhir.encounter()}]},
            NAME,
            "0 patients",
        ),
        (fhir.bundle(fhir.patient()), NAME, "2 patients"),
        (fhir.bundle(fhir.encounter(status="odd")), f"{NAME}, entry[1] Encounter", "status"),
        (
            fhir.bundle(fhir.encounter(period={})),
            f"{NAME}, entry[1] Encounter",
            "period.start",
        ),
        (
            fhir.bundle(fhir.encounter(period={"start": "2019-03-14"})),
            f"{NAME}, entry[1] Encounter",
            "offset",
        ),
        (
            fhir.bundle(fhir.encounter(period={"start": "yesterday"})),
            f"{NAME}, entry[1] Encounter",
            "not a date",
        ),
        (
            fhir.bundle(fhir.encounter(type=[fhir.snomed("12")])),
            f"{NAME}, entry[1] Encounter",
            "type: a code",
        ),
        (
            fhir.bundle(fhir.encounter(subject={"reference": "Patient/other"})),
            f"{NAME}, entry[1] Encounter",
            "not the patient",
        ),
        (
            fhir.bundle(fhir.observation(valueQuantity={"value": "high"})),
            f"{NAME}, entry[1] Observation",
            "valueQuantity.value",
        ),
        (
            fhir.bundle(fhir.note("x", data="no base64!")),
            f"{NAME}, entry[1] DocumentReference",
            "base64",
        ),
        (fhir.bundle(who=fhir.patient(gender="x")), f"{NAME}, entry[0] Patient", "gender"),
        (
            fhir.bundle(who=fhir.patient(identifier=[], id=None)),
            f"{NAME}, entry[0] Patient",
            "no identifier",
        ),
    ],
)
def test_a_corrupt_bundle_is_named_with_its_position(
    tmp_path: Path, content: dict[str, Any] | str, where: str, why: str
) -> None:
    fault = outcome(tmp_path, content)
    assert isinstance(fault, Fault), fault
    assert fault.where == where
    assert why in fault.why
    assert "Spinka" not in fault.why


def test_parts_of_one_patients_record_do_not_replace_each_other(tmp_path: Path) -> None:
    keys = []
    for number in ("1", "2"):
        content = fhir.bundle() | {"identifier": {"value": number}}
        fhir.write_bundle(tmp_path / f"{number}.json", content)
    for item in SOURCE.documents(tmp_path):
        assert isinstance(item, RawDocument)
        keys.append(item.key)
    assert len(set(keys)) == 2


def test_the_real_bundles_are_read_whole(data_folder: Path) -> None:
    folder = data_folder / "synthea_fhir_r4"
    extraction = extraction_of(SOURCE)
    encounters = departments = 0
    for item in SOURCE.documents(folder):
        assert isinstance(item, RawDocument), item
        result = extract(item, extraction)
        assert isinstance(result, Extract), result
        (found,) = result.patient_records
        encounters += len(found.encounters)
        assert found.observations
        given = json.loads(item.content)["entry"]
        began = [e for e in given if e["resource"]["resourceType"] == "Encounter"]
        assert len(found.encounters) == len(began)
        departments += sum(e.department is not None for e in found.encounters)
    assert encounters > 300
    assert departments / encounters > 0.9
