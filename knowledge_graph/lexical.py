"""Text in the form in which passages are indexed and queried word by word."""

import re
from collections.abc import Mapping

from knowledge_graph.normal_form import stem

_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words that a question has and its answer need not have. The index keeps them: a title may be one.
_EMPTY_WORDS = (
    "a about after all also am an and any are as at be because been before being between both but "
    "by can cannot could did do does doing don't due during each else for from get gets give given "
    "go has have having he her here him his how i if in into is it its i'm i've just know like "
    "many may me might mine more most much my need no not of on one or our out over please same "
    "she should so some such tell than that that's the their them then there these they this "
    "those to too us use used very was we were what what's when where which while who whom why "
    "will with would you your"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
_EMPTY_ZH = frozenset("的了是吗呢吧啊么什怎样如何为有没我你他她它们这那和与或在就都也还很请问")


# What is asked about a thing, for English passages: the thing itself comes from the concept finder.
_ASPECTS_ZH = {
    "症状": "symptoms",
    "表现": "symptoms",
    "治": "treatments",
    "药": "treatments",
    "原因": "causes",
    "病因": "causes",
    "引起": "causes",
    "预防": "prevention",
    "诊断": "diagnosis",
    "检查": "tests",
    "遗传": "inherited genetic",
    "预后": "outlook",
    "并发症": "complications",
    "风险": "risk",
    "饮食": "diet",
    "传染": "contagious",
    "怀孕": "pregnancy",
}


def aspects_in_english(question: str) -> str:
    """The aspects a Chinese question asks about, in English; '' when it names none."""
    found = (english for chinese, english in _ASPECTS_ZH.items() if chinese in question)
    return " ".join(dict.fromkeys(found))


def indexed_form(text: str) -> str:
    """A text whose Chinese runs are written as single ideographs and pairs, between spaces.

    The word index splits at spaces only, so that a pair such as 痛风 becomes a word.
    """
    return _IDEOGRAPHS.sub(lambda run: f" {' '.join(_pieces(run.group()))} ", text)


def query_terms(text: str) -> tuple[str, ...]:
    """The terms of a question that its answer should hold: words and pairs of ideographs."""
    terms: dict[str, None] = {}
    for run in _IDEOGRAPHS.findall(text):
        terms.update(dict.fromkeys(_meaningful_pairs(run)))
    for match in _WORDS.finditer(_IDEOGRAPHS.sub(" ", text)):
        word = match.group().lower().replace("’", "'")
        if word not in _EMPTY and word.removesuffix("'s"):
            terms[word.removesuffix("'s")] = None
    return tuple(terms)


def match_expression(terms: tuple[str, ...]) -> str:
    """An FTS5 expression: any of the terms, each quoted so that nothing in it is an operator."""
    return " OR ".join(f'"{term.replace(chr(34), "")}"' for term in terms)


def _pieces(run: str) -> list[str]:
    return [*run, *(run[at : at + 2] for at in range(len(run) - 1))]


def _meaningful_pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [] if run in _EMPTY_ZH else [run]
    pairs = [run[at : at + 2] for at in range(len(run) - 1)]
    return [pair for pair in pairs if not _EMPTY_ZH.intersection(pair)]


def coverage(weights: Mapping[str, float], text: str) -> float:
    """Which share of the terms, by weight, a text holds in any form; 0 without terms."""
    total = sum(weights.values())
    if not total:
        return 0.0
    held = {stem(match.group().lower()) for match in _WORDS.finditer(text)}
    found = (
        weight
        for term, weight in weights.items()
        if (term in text if _IDEOGRAPHS.match(term) else stem(term) in held)
    )
    return sum(found) / total
