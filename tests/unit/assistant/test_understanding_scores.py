"""Scores of understanding on examples small enough to count by hand."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.evaluation.labelled_sentences import Reading, Sentence, read_sentences
from assistant.evaluation.understanding import Judged, Measure, score, worst
from knowledge_graph.domain.case import Presence, Sex, VitalSign
from knowledge_graph.domain.errors import InvalidInput

PARENTS = {"chest_pain_exertional": "chest_pain", "chest_pain": "pain", "dry_cough": "cough"}


def findings(words: str) -> dict[str, Presence]:
    """ "+fever -cough" → fever present, cough absent."""
    sign = {"+": Presence.PRESENT, "-": Presence.ABSENT}
    return {word[1:]: sign[word[0]] for word in words.split()}


def judged(meant: str, read: str) -> Judged:
    return of(Reading(findings(meant)), Reading(findings(read)))


def of(meant: Reading, read: Reading) -> Judged:
    return Judged(Sentence("x", "en", "…", meant), read)


def test_pairs_count_finding_and_polarity() -> None:
    # Meant 4 pairs, read 3, of which fever is right, cough has the wrong polarity, rash is invented.
    scores = score([judged("+fever -cough +nausea", "+fever +cough"), judged("-pain", "+rash")], {})
    assert scores.pairs == Measure(of_found=1, found=3, of_meant=1, meant=4)
    assert scores.pairs.precision == pytest.approx(1 / 3)
    assert scores.pairs.recall == pytest.approx(1 / 4)
    assert scores.pairs.f1 == pytest.approx(2 / 7)
    assert scores.findings == Measure(of_found=2, found=3, of_meant=2, meant=4)
    assert (scores.polarity.hits, scores.polarity.total) == (1, 2)


def test_a_parent_or_a_child_of_the_same_polarity_is_half_right() -> None:
    cases = [
        judged("+chest_pain_exertional", "+chest_pain"),  # the parent
        judged("+chest_pain_exertional", "+pain"),  # the parent's parent
        judged("-cough", "-dry_cough"),  # a child
        judged("+cough", "-dry_cough"),  # of the other polarity
    ]
    scores = score(cases, PARENTS)
    assert scores.pairs == Measure(of_found=0, found=4, of_meant=0, meant=4)
    assert scores.pairs_lenient == Measure(of_found=1.5, found=4, of_meant=1.5, meant=4)
    assert scores.findings_lenient == Measure(of_found=2, found=4, of_meant=2, meant=4)


def test_two_children_of_one_parent_are_not_kin() -> None:
    scores = score([judged("+dry_cough", "+wet_cough")], {**PARENTS, "wet_cough": "cough"})
    assert scores.pairs_lenient.of_meant == 0


def test_the_very_finding_counts_once_whatever_kin_is_read_beside_it() -> None:
    scores = score([judged("+dry_cough", "+dry_cough +cough")], PARENTS)
    assert scores.pairs_lenient == Measure(of_found=1.5, found=2, of_meant=1, meant=1)


def test_numbers_are_right_or_wrong_among_those_said_or_read() -> None:
    temperature, pulse = VitalSign.TEMPERATURE_C, VitalSign.HEART_RATE
    cases = [
        of(
            Reading(measurements={temperature: 38.89, pulse: 90}, age=34, sex=Sex.FEMALE),
            Reading(measurements={temperature: 38.9}, age=35, sex=Sex.FEMALE),
        ),
        of(Reading(age=0.077), Reading(measurements={pulse: 90}, age=0.0767, sex=Sex.MALE)),
        of(Reading(), Reading()),
    ]
    scores = score(cases, {})
    assert (scores.measurements.hits, scores.measurements.total) == (1, 3)
    assert (scores.ages.hits, scores.ages.total) == (1, 2)
    assert (scores.sexes.hits, scores.sexes.total) == (1, 2)


@pytest.mark.parametrize(
    ("read_days", "hits"), [({"cough": 61.0}, 1), ({"cough": 90.0}, 0), ({}, 0)]
)
def test_durations_are_judged_of_what_was_found(read_days: Mapping[str, float], hits: int) -> None:
    meant = Reading(findings("+cough +fever"), days={"cough": 60, "fever": 3})
    scores = score([of(meant, Reading(findings("+cough"), days=read_days))], {})
    assert (scores.durations.hits, scores.durations.total) == (hits, 1)


def test_nothing_said_and_nothing_read_is_no_score() -> None:
    scores = score([], {})
    assert scores.pairs.f1 == 0
    assert scores.polarity.total == 0


def test_the_worst_come_first_and_the_right_not_at_all() -> None:
    right, one, two = (
        judged("+fever", "+fever"),
        judged("+fever", ""),
        judged("+fever", "+cough"),
    )
    assert worst([right, one, two], 5) == (two, one)
    assert worst([right, one, two], 1) == (two,)


def test_labelled_sentences_are_read(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text(
        '- {id: a, text: "Fever 39", present: [fever], absent: [cough], days: {fever: 2},'
        " measurements: {temperature_c: 39}, age: 4, sex: male}\n"
    )
    (only,) = read_sentences(tmp_path, ["fever", "cough"])
    meant = Reading(
        findings("+fever -cough"), {"fever": 2}, {VitalSign.TEMPERATURE_C: 39}, 4, Sex.MALE
    )
    assert only == Sentence("a", "en", "Fever 39", meant)


@pytest.mark.parametrize(
    "row",
    [
        "{id: a, text: t, present: [unheard_of]}",
        "{id: a, text: t, present: [fever], absent: [fever]}",
        "{id: a, text: t, present: fever}",
        "{id: a, text: t, days: {fever: 3}}",
        "{id: a, text: t, present: [fever], days: 3}",
        "{id: a, text: t, sex: unknown}",
        "{id: a, text: t, measurements: {mood: 3}}",
        "{id: a, text: t, colour: red}",
        "{text: t}",
        "just words",
    ],
)
def test_a_bad_label_is_named(row: str, tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text(f"- {{id: ok, text: t}}\n- {row}\n")
    with pytest.raises(InvalidInput, match=r"en\.yml, sentence 2"):
        read_sentences(tmp_path, ["fever"])


def test_a_folder_without_sentences_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no labelled sentences"):
        read_sentences(tmp_path, [])
