"""Laboratory results in English and Chinese, with and without units."""

import pytest

from assistant.symptom_check.laboratory_in_text import LaboratoryReader, reader_of
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.case import Presence, Sex
from knowledge_graph.normal_form import fold


@pytest.fixture(scope="module")
def reader() -> LaboratoryReader:
    return reader_of(shipped_core().laboratory)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hb 7.8 g/dL, MCV 68 fL", {"haemoglobin": 78, "mean_cell_volume": 68}),
        ("hemoglobin of 12.1", {"haemoglobin": 121}),
        ("WBC was elevated at 18,000/mm3 (neutrophils 85%)", {"white_cells": 18}),
        ("platelets 80 x 10^9/L", {"platelets": 80}),
        ("creatinine 3.4 mg/dL; urine sodium 40", {"creatinine": 300.6}),
        ("K+ 6.8 mmol/L", {"potassium": 6.8}),
        ("TSH <0.01 mIU/L, HbA1c 9.1%", {"tsh": 0.01, "hba1c": 9.1}),
        ("troponin I 2.3 ng/mL", {"troponin": 2300}),
        ("血红蛋白78g/L，白细胞15.2×10^9/L", {"haemoglobin": 78, "white_cells": 15.2}),
        ("血钾6.2mmol/L，C反应蛋白（CRP）56mg/L", {"potassium": 6.2, "c_reactive_protein": 56}),
        ("Her Hb 3 weeks ago was normal", {}),
        ("CSF protein 2, WBC 2 days ago", {}),
        ("a cough for 3 days", {}),
    ],
)
def test_results(reader: LaboratoryReader, text: str, expected: dict[str, float]) -> None:
    found = {result.test.id: result.value for result in reader.read(fold(text))}
    assert found == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(
    ("text", "sex", "age", "concept_id", "presence"),
    [
        ("Hb 12.5 g/dL", Sex.MALE, 40, "anaemia_test", Presence.PRESENT),
        ("Hb 12.5 g/dL", Sex.FEMALE, 40, "anaemia_test", Presence.ABSENT),
        ("Hb 12.5 g/dL", None, 40, "anaemia_test", None),  # depends on the sex
        ("Hb 9 g/dL", None, 40, "anaemia_test", Presence.PRESENT),
        ("WBC 14", None, 4, "leukocytosis", Presence.ABSENT),
        ("WBC 14", None, 40, "leukocytosis", Presence.PRESENT),
        ("sodium 118", None, None, "low_sodium", Presence.PRESENT),
    ],
)
def test_what_a_result_means(
    reader: LaboratoryReader,
    text: str,
    sex: Sex | None,
    age: float | None,
    concept_id: str,
    presence: Presence | None,
) -> None:
    (result,) = reader.read(fold(text))
    said = {finding.concept_id: finding.presence for finding in result.findings(sex, age)}
    assert said.get(concept_id) is presence
