"""Text in the form in which names are compared: stems and ideographs, with their positions.

English words become lower-case stems, without articles, possessives and intensifiers, each between
spaces; Chinese ideographs stand alone. " my chest really hurts" and "chest hurt" become the same.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

import snowballstemmer

from knowledge_graph.traditional import SIMPLIFIED

_STEMMER = snowballstemmer.stemmer("english")
# Spellings of the two sides of the Atlantic: oedema and edema, haem- and hem-, tumour and tumor.
_SPELLINGS = (
    (re.compile(r"(?<=[a-z])[ao]e(?=[a-z])|^oe(?=[a-z]{3})|^ae(?=[a-z]{3})"), "e"),
    (re.compile(r"our$"), "or"),
)
_LONG_ENOUGH = 6
# Their stems would be other words: nobody is an alcoholic for drinking alcohol.
_WHOLE = frozenset(
    "alcoholic alcoholics alcoholism tearful recessions retractions contractions several".split()
)
# Two words that mean one: the parts of the body as clinicians write them.
_PAIRS = {
    ("lower", "limb"): "leg", ("lower", "limbs"): "leg", ("lower", "extremity"): "leg",
    ("lower", "extremities"): "leg", ("upper", "limb"): "arm", ("upper", "limbs"): "arm",
    ("upper", "extremity"): "arm", ("upper", "extremities"): "arm",
}  # fmt: skip
_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]")
# Words that change nothing about which finding is meant, so that no wording has to list them.
_SKIPPED = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "his",
        "her",
        "their",
        "our",
        "your",
        "its",
        "this",
        "that",
        "these",
        "those",
        "some",
        "any",
        "very",
        "really",
        "so",
        "quite",
        "extremely",
        "terribly",
        "pretty",
        "somewhat",
        "super",
        "just",
        "bit",
        "little",
        "lot",
        "lots",
        "kind",
        "sort",
        "of",
        "also",
        "again",
        "always",
        "constantly",
        "now",
        "currently",
        "severity",  # its stem would be that of "severe": "severity 2/10"
        "intensity",
    ]
)
# Everyday words for one thing, so that no name has to be listed with each of them.
_SAME = {
    word: group.split()[0]
    for group in (
        "pain pains hurt hurts hurting ache aches aching achy sore soreness painful",
        "abdomen abdominal belly tummy stomach",
        "urinate urinates urinating urination pee peeing wee weeing",
        "stool stools poo poop pooping faeces feces",
        "vomit vomits vomited vomiting puke puking puked",
        "swell swelling swollen swelled swells",
        "breath breathe breathes breathing",
        "low lower",
        "baby babies infant newborn",
        "weak weakness",
        "numb numbness",
        "stiff stiffness",
        "droop droops drooping drooped droopy",
        "edema oedema edematous oedematous",
        "itch itches itching itchy itchiness pruritus pruritic",
        "red redness reddish reddened reddening erythema erythematous",
        "bleed bleeds bleeding bled haemorrhage hemorrhage haemorrhages hemorrhaging",
        "spread spreads spreading radiate radiates radiated radiating radiation shoot shoots shooting",
        "worse worsen worsens worsened worsening aggravate aggravates aggravated aggravating "
        "exacerbate exacerbates exacerbated exacerbating",
        "better relieve relieves relieved relieving ease eases eased easing alleviate alleviates "
        "alleviated alleviating",
        "sudden suddenly abrupt abruptly",
        "difficulty difficulties trouble",
        "vision sight eyesight visual",
        "reduced reduce decrease decreased decreasing diminished impaired",
        "tired tiredness exhausted exhaustion fatigued",
        "night nighttime nocturnal",
        "eat eating eats ate eaten meal meals",
        "walk walks walking walked",
        "fever fevers feverish febrile pyrexia",
        "seizure seizures convulsion convulsions convulsing",
        "faint faints fainted fainting syncope syncopal",
        "spit spits spitting spat",
        "drink drinks drinking drank",
        "swallow swallows swallowing swallowed",
        "child kid toddler",
        "rash rashes exanthem",
        "yellow yellowish yellowing yellowed",
        "discharge discharges drainage secretion secretions",
        "hear hears hearing heard",
        "joint joints articular",
        "kidney renal",
        "mouth oral",
        "skin cutaneous",
    )
    for word in group.split()
}
# Particles and measure words that Chinese speakers put in or leave out.
_SKIPPED_IDEOGRAPHS = frozenset("了着的得很些都也就又太特别")
_CONTRACTIONS = {
    "can't": "cannot",
    "cant": "cannot",
    "won't": "will not",
    "wont": "will not",
    "don't": "do not",
    "dont": "do not",
    "doesn't": "does not",
    "doesnt": "does not",
    "didn't": "did not",
    "didnt": "did not",
    "isn't": "is not",
    "aren't": "are not",
    "wasn't": "was not",
    "haven't": "have not",
    "hasn't": "has not",
    "hadn't": "had not",
    "couldn't": "cannot",
    "couldnt": "cannot",
    "im": "i am",
    "i'm": "i am",
    "ive": "i have",
    "i've": "i have",
    "it's": "it is",
    "he's": "he is",
    "she's": "she is",
    "there's": "there is",
    "gonna": "going to",
    "wanna": "want to",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One unit of the normal form and the span [start, end) of the text it came from."""

    form: str
    start: int
    end: int


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The English stem of a lower-case word."""
    return str(_STEMMER.stemWord(word))


class _Folding(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Lower case, half-width, straight quotes, simplified ideographs; the length is kept."""
    return text.translate(_FOLDING)


def _fold_character(character: str) -> str:
    if character in "‘’ʼ`":
        return "'"
    if character in "“”":
        return '"'
    folded = unicodedata.normalize("NFKC", character).lower()
    return SIMPLIFIED.get(folded, folded) if len(folded) == 1 else character


def words_of(text: str) -> tuple[tuple[str, int, int], ...]:
    """Lower-case words and ideographs with their spans; 'can not' reads as 'cannot'."""
    found: list[tuple[str, int, int]] = []
    for match in _TOKEN.finditer(fold(text)):
        word = match.group()
        start, end = match.span()
        if not word.isascii():
            found.append((word, start, end))
            continue
        expanded = _CONTRACTIONS.get(word)
        if expanded is None and word.endswith("'s"):
            word, end = word[:-2], end - 2
        for part in (expanded or word).split():
            if part == "not" and found and found[-1][0] == "can" and found[-1][2] + 1 >= start:
                found[-1] = ("cannot", found[-1][1], end)
            else:
                found.append((part, start, end))
    return tuple(found)


def tokens_of(text: str) -> tuple[Token, ...]:
    """The normal form of a text, token by token, skipped words left out."""
    return tuple(
        Token(word if is_ideograph(word) else _form(word), start, end)
        for word, start, end in _paired(words_of(text))
        if word not in _SKIPPED and word not in _SKIPPED_IDEOGRAPHS
    )


@lru_cache(maxsize=200_000)
def forms_of(name: str) -> tuple[str, ...]:
    """The forms of a name's tokens. Remembered: names are asked for again while models are built."""
    return tuple(token.form for token in tokens_of(name))


def _paired(words: tuple[tuple[str, int, int], ...]) -> Iterator[tuple[str, int, int]]:
    skip = False
    for (word, start, end), following in zip_longest(words, words[1:]):
        pair = _PAIRS.get((word, following[0])) if following and not skip else None
        if pair and following:
            yield pair, start, following[2]
        elif not skip:
            yield word, start, end
        skip = pair is not None


@lru_cache(maxsize=200_000)
def _form(word: str) -> str:
    """The stem of the word that stands for all that mean the same."""
    if word in _WHOLE:
        return word
    same = _SAME.get(word)
    if same is None and len(word) >= _LONG_ENOUGH:
        for pattern, plain in _SPELLINGS:
            word = pattern.sub(plain, word)
        same = _SAME.get(word)
    return stem(same or word)


def is_ideograph(word: str) -> bool:
    """Whether a token is one Chinese character."""
    return len(word) == 1 and "\u3400" <= word <= "\u9fff"


def join(forms: tuple[str, ...]) -> str:
    """Token forms as one searchable string: words between spaces, ideographs bare."""
    parts: list[str] = []
    after_word = False
    for form in forms:
        if is_ideograph(form):
            parts.append(form)
            after_word = False
        else:
            parts.append(form + " " if after_word else f" {form} ")
            after_word = True
    return "".join(parts)
