"""De-identification: what tells who somebody is goes, what tells what they have stays."""

import pytest

from ingest.deidentify import deidentified, deidentify
from ingest.source import Annotation, Reading, Section


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seen on 03/14/2019 for cough.", "Seen on 2019 for cough."),
        ("Seen on 2019-03-14 for cough.", "Seen on 2019 for cough."),
        ("Admitted 2019-03-14T09:30:00+08:00.", "Admitted 2019."),
        ("Seen on March 14, 2019 for cough.", "Seen on 2019 for cough."),
        ("Seen on 14 March 2019 for cough.", "Seen on 2019 for cough."),
        ("Back on March 14th.", "Back on [DATE]."),
        ("Back on 3/14/19.", "Back on [DATE]."),
        ("于2019年3月14日入院", "于2019年入院"),
        ("3月14日复查", "[DATE]复查"),
        ("Call 617-555-0199 or (617) 555-0199.", "Call [PHONE] or [PHONE]."),
        ("手机13812345678", "手机[PHONE]"),
        ("电话010-12345678", "电话[PHONE]"),
        ("Write to a.b@clinic.example.", "Write to [EMAIL]."),
        ("See https://clinic.example/p/7 now", "See [URL] now"),
        ("SSN 999-29-2977.", "SSN [NUMBER]."),
        ("MRN: 12345678, cough", "MRN: [NUMBER], cough"),
        ("身份证号：11010519491231002X", "身份证号：[NUMBER]"),
        ("病案号：A00123，咳嗽", "病案号：[NUMBER]，咳嗽"),
        ("Lives at 2014 Washington Street, coughs", "Lives at [ADDRESS], coughs"),
        ("住址：北京市朝阳区一号，发热三天", "住址：[ADDRESS]，发热三天"),
        ("Seen by Dr. Labadie for cough.", "Seen by Dr. [NAME] for cough."),
        ("Patient name: Vera Spinka. Cough.", "Patient name: [NAME]. Cough."),
        ("患者姓名：王小明，男", "患者姓名：[NAME]，男"),
        ("A 94-year-old man", "A 90 or more-year-old man"),
        ("A 101 year old woman", "A 90 or more year old woman"),
        ("患者95岁", "患者90岁以上"),
        ("From 10.0.0.12 logged in", "From [ADDRESS] logged in"),
    ],
)
def test_forms_that_tell_who(text: str, expected: str) -> None:
    assert deidentify(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A 45-year-old man with chest pain for 3 days, BP 120/80, SpO2 98%.",
        "Paracetamol 500 mg, 3-4 times daily; temperature 38.5 C, heart rate 112.",
        "Haemoglobin 7.2 g/dL, glucose 5.6 mmol/L, CD4 350, INR 2.5.",
        "It may 2 or 3 times recur; ICD-10 I21.9; stage III; grade 2/6 murmur.",
        "患者男，45岁，胸痛3天，体温38.5℃，血压120/80。",
    ],
)
def test_what_is_medical_stays(text: str) -> None:
    assert deidentify(text) == text


def test_what_the_record_says_of_the_patient_goes_wherever_it_stands() -> None:
    text = "Vera  Spinka (VERA SPINKA, vera spinka) of Hopedale; Spinka's cough. Verapamil given."
    clean = deidentify(text, ["Vera", "Spinka", "Vera Spinka", "Hopedale", ""])
    assert clean == (
        "[REMOVED] ([REMOVED], [REMOVED]) of [REMOVED]; [REMOVED]'s cough. Verapamil given."
    )


def test_a_name_that_is_a_word_goes_only_as_a_name() -> None:
    assert deidentify("Will May said it will pass and may return.", ["Will", "May"]) == (
        "[REMOVED] [REMOVED] said it will pass and may return."
    )


def test_a_chinese_name_goes_inside_running_text() -> None:
    assert deidentify("今日王小明诉胸痛", ["王小明"]) == "今日[REMOVED]诉胸痛"


def test_a_whole_reading_is_cleaned_with_titles_and_headings() -> None:
    reading = Reading(
        title="Note of Vera",
        sections=(
            Section("Visit of Vera", "Vera coughs.", annotations=(Annotation("cough", 5, 11),)),
            Section("", "A cough.", annotations=(Annotation("cough", 2, 7),)),
        ),
        identifiers=("Vera",),
    )
    clean = deidentified(reading)
    assert clean.title == "Note of [REMOVED]"
    assert clean.sections[0].heading == "Visit of [REMOVED]"
    assert clean.sections[0].text == "[REMOVED] coughs."
    assert clean.sections[0].annotations == ()  # their positions no longer hold
    assert clean.sections[1].annotations == (Annotation("cough", 2, 7),)
