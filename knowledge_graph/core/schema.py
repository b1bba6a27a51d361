"""The shape of the curated core's files. pydantic refuses anything else, naming file and entry."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import Sex, VitalSign

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
Percent = Annotated[float, Field(ge=0, le=100)]
Text = Annotated[str, Field(min_length=1)]
Days = Annotated[float, Field(gt=0, le=36_500)]
AgeBand = Literal["infant", "child", "teen", "young_adult", "adult", "middle", "old"]
"""infant < 1 year, child 1–11, teen 12–17, young_adult 18–39, adult 40–59, middle 60–74, old ≥ 75."""


class FileModel(BaseModel):
    """Every entry of a core file: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(FileModel):
    """One text in both languages."""

    en: Text
    zh: Text


class BilingualList(FileModel):
    """A list of texts in both languages."""

    en: tuple[Text, ...] = ()
    zh: tuple[Text, ...] = ()


class FindingEntry(FileModel):
    """A symptom, sign, measurement, test result or risk factor: one vocabulary, no duplicates.

    `background`: of 100 people asking for advice who do NOT have a condition that lists this
    finding, how many report it. `parent`: the more general finding this one is a kind of (having
    the special one means having the general one). `correlates`: a label; findings of one label
    tend to come together and are not counted as independent evidence.
    """

    id: Id
    kind: Literal["symptom", "sign", "measurement", "test_result", "risk_factor"]
    name: Bilingual
    words: BilingualList
    question: Bilingual | None = None
    background: Annotated[float, Field(gt=0, lt=100)]
    parent: Id | None = None
    correlates: Id | None = None
    sex: Sex | None = None
    youngest: Annotated[float, Field(ge=0)] = 0
    oldest: Annotated[float, Field(le=130)] = 130
    hpo: Annotated[str, Field(pattern=r"^HP:\d{7}$")] | None = None

    @model_validator(mode="after")
    def _people_can_be_asked(self) -> "FindingEntry":
        if self.kind in ("symptom", "risk_factor") and self.question is None:
            raise ValueError(f"{self.id}: a {self.kind} needs a question a patient can answer")
        if self.kind in ("symptom", "risk_factor"):
            for language, words in (("en", self.words.en), ("zh", self.words.zh)):
                if len(words) < 3:
                    raise ValueError(
                        f"{self.id}: give at least three everyday wordings in {language}"
                    )
        return self


class ConditionEntry(FileModel):
    """A condition. Frequencies are percentages of people with the condition at presentation.

    `prevalence`: of 10,000 people of the band with multiplier 1 who ask for advice today, in
    primary and emergency care together, how many have it as the reason. `age` and `sex` are
    multipliers (default 1; 0 means impossible). `risk_factors` are odds ratios. `lasted_days`: how
    long the complaint has usually lasted when people come with it, shortest to longest usual time
    (nine of ten people lie between). `course`: single (one episode that ends), recurrent (attacks
    with well times between), fluctuating (better and worse, never gone), persistent (steady),
    progressive (worsens without treatment). `raised_by`: findings that make this condition more
    urgent than `urgency`, each with the level it then needs.
    """

    id: Id
    name: Bilingual
    words: BilingualList = BilingualList()
    icd10: Annotated[tuple[str, ...], Field(min_length=1)]
    mesh: str | None = None
    department: Id
    urgency: Urgency
    prevalence: Annotated[float, Field(gt=0, le=2000)]
    age: dict[AgeBand, Annotated[float, Field(ge=0, le=50)]] = {}
    sex: dict[Sex, Annotated[float, Field(ge=0, le=50)]] = {}
    pregnancy_only: bool = False
    findings: Annotated[dict[Id, Percent], Field(min_length=3)]
    risk_factors: dict[Id, Annotated[float, Field(gt=0, le=100)]] = {}
    onset: Literal["sudden", "hours", "days", "weeks", "months", "lifelong"]
    course: Literal["single", "recurrent", "fluctuating", "persistent", "progressive"] | None = None
    lasted_days: tuple[Days, Days] | None = None
    raised_by: dict[Id, Urgency] = {}
    complications: BilingualList = BilingualList()
    tests: BilingualList
    care: Bilingual
    advice: BilingualList
    return_sooner: BilingualList
    sources: Annotated[tuple[Id, ...], Field(min_length=1)]
    status: Literal["drafted", "reviewed"] = "drafted"

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "ConditionEntry":
        if self.lasted_days and self.lasted_days[0] >= self.lasted_days[1]:
            raise ValueError(f"{self.id}: lasted_days goes from shorter to longer")
        for key, level in self.raised_by.items():
            if level.rank <= self.urgency.rank:
                raise ValueError(f"{self.id}: {key} does not raise the urgency")
        return self


class VitalLimit(FileModel):
    """A limit on a vital sign; at least one side. The age range is in years, upper end excluded."""

    vital_sign: VitalSign
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _has_a_side(self) -> "VitalLimit":
        if self.at_least is None and self.at_most is None:
            raise ValueError("a vital limit needs at_least or at_most")
        return self


class RedFlagEntry(FileModel):
    """A rule that sets a floor under the urgency. Nothing lowers it; there is no 'unless'.

    It fires when every finding of `all` is present, at least one of `any` (if given) and one of
    `also` (if given) is present, one of `vitals` (if given) is crossed, and age, sex and pregnancy
    fit. A rule with an age range waits until
    the age is known.
    """

    id: Id
    name: Bilingual
    urgency: Urgency
    all: tuple[Id, ...] = ()
    any: tuple[Id, ...] = ()
    also: tuple[Id, ...] = ()
    vitals: tuple[VitalLimit, ...] = ()
    youngest: float | None = None
    oldest: float | None = None
    sex: Sex | None = None
    pregnant: bool = False
    crisis: bool = False
    reason: Bilingual
    advice: Bilingual
    sources: Annotated[tuple[Id, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _can_fire(self) -> "RedFlagEntry":
        if not (self.all or self.any or self.vitals):
            raise ValueError(f"{self.id}: a red flag needs findings or vitals")
        return self


class VitalSignEntry(FileModel):
    """When a measured value means a finding: systolic_bp at most 90 means hypotension."""

    finding: Id
    limit: VitalLimit
    youngest: float | None = None
    oldest: float | None = None
    sources: Annotated[tuple[Id, ...], Field(min_length=1)]


class LaboratoryUnit(FileModel):
    """A unit by its spellings; a value in it, `times` that number, is in the test's first unit.

    `least` and `most`: a number without a unit is taken in this one when it lies between them.
    """

    names: tuple[str, ...]
    times: Annotated[float, Field(gt=0)] = 1
    least: float | None = None
    most: float | None = None


class LaboratoryLimit(FileModel):
    """What a result at or beyond a limit means; ages in years, upper end excluded."""

    finding: Id
    at_least: float | None = None
    at_most: float | None = None
    sex: Sex | None = None
    youngest: float = 0
    oldest: float = 200


class LaboratoryTestEntry(FileModel):
    """A laboratory test as texts name it, its units, and the findings its results mean."""

    id: Id
    words: BilingualList
    units: Annotated[tuple[LaboratoryUnit, ...], Field(min_length=1)]
    limits: Annotated[tuple[LaboratoryLimit, ...], Field(min_length=1)]
    sources: Annotated[tuple[Id, ...], Field(min_length=1)]


class DepartmentEntry(FileModel):
    """A hospital department patients are directed to. `codes`: names records use for it."""

    id: Id
    name: Bilingual
    words: BilingualList = BilingualList()


class SourceEntry(FileModel):
    """A guideline, textbook chapter or review. Only stable addresses are given."""

    id: Id
    title: Text
    publisher: Text
    year: Annotated[int, Field(ge=1950, le=2026)]
    url: str | None = None
