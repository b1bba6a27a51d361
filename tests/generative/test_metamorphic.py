"""What must not change the advice: how the same thing is said, by whom, in which company.

Runs on the shipped core over every emergency of the clinical vignettes, and on text of any kind.
"""

import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.symptom_check.check import check
from assistant.symptom_check.model import ClinicalModel, build_model
from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.assessment import Assessment
from knowledge_graph.domain.case import Case, Finding, Presence, Sex
from knowledge_graph.knowledge import build_finder

CORE = shipped_core()
FOLDER = Path(__file__).parents[1] / "clinical" / "vignettes"
EMERGENCIES: list[dict[str, Any]] = [
    vignette
    for path in sorted(FOLDER.glob("*.yml"))
    for vignette in yaml.safe_load(path.read_text("utf-8"))
    if str(vignette.get("at_least", "")).startswith("emergency")
]
ADDED = {
    "irrelevant": {"en": "I had toast for breakfast.", "zh": "我早上吃了面包。"},
    "reassured": {
        "en": "My husband says it is nothing and I should just rest.",
        "zh": "我家里人说没事，休息一下就好了。",
    },
    "minimised": {"en": "It is probably nothing serious.", "zh": "应该不是什么大事。"},
    "origin": {"en": "My name is Amina and I come from Ghana.", "zh": "我叫阿依古丽，新疆人。"},
}


@cache
def parts() -> tuple[ConceptFinder, ClinicalModel]:
    return build_finder(CORE), build_model(CORE)


def assess(text: str, language: str, age: float | None, sex: str | None) -> Assessment:
    finder, model = parts()
    case = Case(age_years=age, sex=Sex(sex) if sex else None, language=language)
    read = understand(text, language, finder, CORE)
    return check(read.added_to(case), model)


def told(vignette: dict[str, Any], text: str) -> Assessment:
    return assess(text, vignette["language"], vignette.get("age"), vignette.get("sex"))


@pytest.mark.parametrize("change", sorted(ADDED))
def test_what_is_said_beside_it_never_lowers_an_emergency(change: str) -> None:
    for vignette in EMERGENCIES:
        plain = told(vignette, vignette["text"])
        stop = "" if re.search(r"[.。!！]\s*$", vignette["text"]) else ". "
        added = ADDED[change][vignette["language"]]
        for text in (f"{vignette['text']}{stop}{added}", f"{added} {vignette['text']}"):
            changed = told(vignette, text)
            assert changed.urgency.rank >= plain.urgency.rank, (vignette["id"], text)


def test_the_order_of_sentences_never_lowers_an_emergency() -> None:
    for vignette in EMERGENCIES:
        sentences = [s for s in re.split(r"(?<=[.。])\s*", vignette["text"]) if s]
        if len(sentences) < 2:
            continue
        plain = told(vignette, vignette["text"])
        turned = told(vignette, " ".join(reversed(sentences)))
        assert turned.urgency.rank >= plain.urgency.rank, vignette["id"]


def test_a_slip_of_the_keyboard_seldom_hides_an_emergency() -> None:
    """Two neighbouring letters swapped inside one long word of each English case."""
    chance = random.Random(7)
    kept = tried = 0
    for vignette in EMERGENCIES:
        if vignette["language"] != "en":
            continue
        words = vignette["text"].split()
        long_ones = [at for at, word in enumerate(words) if word.isalpha() and len(word) > 5]
        if not long_ones:
            continue
        at = chance.choice(long_ones)
        cut = chance.randrange(1, len(words[at]) - 2)
        word = words[at]
        words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
        tried += 1
        kept += told(vignette, " ".join(words)).urgency.is_emergency
    assert kept / tried >= 0.95, f"{kept} of {tried}"


def test_a_danger_sign_more_never_lowers_the_urgency() -> None:
    _, model = parts()
    chance = random.Random(11)
    plain_findings = sorted(key for key, entry in CORE.findings.items() if entry.kind == "symptom")
    for rule in CORE.red_flags.values():
        wanted = [*rule.all, *rule.any[:1], *rule.also[:1]]
        if not wanted or rule.youngest is not None or rule.oldest is not None or rule.vitals:
            continue
        keys = dict.fromkeys([*chance.sample(plain_findings, 2), *wanted])
        case = Case(
            age_years=40,
            sex=rule.sex,
            pregnant=Presence.PRESENT if rule.pregnant else Presence.UNKNOWN,
            findings=tuple(Finding(key, Presence.PRESENT) for key in keys),
        )
        assert check(case, model).urgency.rank >= rule.urgency.rank, rule.id


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.one_of(
        st.text(max_size=400),
        st.lists(
            st.sampled_from(["chest pain", "no", "my father had", "39.5 °C", "BP 80/40", "胸痛", "没有",
                             "咳嗽", ",", ".", "。", "、", "and", "0", "999 years old", "pregnant man"]),
            max_size=30,
        ).map(" ".join),
    ),
    age=st.one_of(st.none(), st.floats(0, 130)),
    sex=st.sampled_from([None, "female", "male"]),
)  # fmt: skip
def test_any_text_is_survived(text: str, age: float | None, sex: str | None) -> None:
    for language in ("en", "zh"):
        assessment = assess(text, language, age, sex)
        assert abs(sum(c.probability for c in assessment.candidates)) <= 1 + 1e-9
