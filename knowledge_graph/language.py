"""The words of each language: phrases people read, cues the concept finder uses, intents.

One file per language in `languages/`; every file has the keys of `en.yml`.
"""

from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge_graph.domain.errors import InvalidInput, KnowledgeInvalid

LANGUAGES_FOLDER = Path(__file__).parent / "languages"
Words = tuple[Annotated[str, Field(min_length=1)], ...]


class Cues(BaseModel):
    """Words that change what a mention means. All lower case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    negation_before: Words  # "no", "denies", "没有": the findings after it are absent
    negation_after: Words  # "is gone", "消失": the finding before it is absent
    negation_lookalikes: Words  # "not only", "不仅": looks like a negation and is none
    uncertain: Words  # "maybe", "可能"
    historical: Words  # "last year", "以前"
    someone_else: Words  # "my mother has", "我爸": not the person asked about
    scope_end: Words  # "but", "但是": where a negation stops reaching


class Language(BaseModel):
    """One language. `phrases` holds every sentence a user of the service can read.

    `intents`: what people say, by what they mean by it (the dialogue engine learns from these).
    `answers`: words that answer a closed question, by the answer they give ("sex_female").
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    name: str
    emergency_number: str
    crisis_line: str
    cues: Cues
    intents: dict[str, Words]
    answers: dict[str, Words]
    phrases: dict[str, str]

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key with its {placeholders} filled. Raises KeyError on unknown keys."""
        return self.phrases[key].format(**values) if values else self.phrases[key]


def load_languages(folder: Path = LANGUAGES_FOLDER) -> dict[str, Language]:
    """Every language by code. Raises KnowledgeInvalid when a file lacks a key that en.yml has."""
    languages: dict[str, Language] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            language = Language.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError) as error:
            raise KnowledgeInvalid(f"{path.name}: {error}") from error
        languages[language.code] = language
    reference = languages["en"]
    for language in languages.values():
        for part in ("phrases", "intents", "answers"):
            differing = set(getattr(reference, part)) ^ set(getattr(language, part))
            if differing:
                raise KnowledgeInvalid(
                    f"{language.code}.yml: {part} differ from en.yml: {', '.join(sorted(differing))}"
                )
    return languages


@cache
def languages() -> dict[str, Language]:
    """The shipped languages, read once per process."""
    return load_languages()


def language_of(code: str) -> Language:
    """One language by code ('zh-CN' reads as 'zh'). Raises InvalidInput for an unknown one."""
    found = languages().get(code.split("-")[0].lower())
    if found is None:
        known = ", ".join(languages())
        raise InvalidInput(f"The language {code!r} is not available; choose one of: {known}")
    return found


def detect_language(text: str) -> str:
    """'zh' when the text holds a Chinese ideograph, else 'en'."""
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"
