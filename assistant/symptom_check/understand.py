"""Free text → findings, vital signs, age, sex and pregnancy, in any loaded language.

What cannot be true (a temperature of 390) is left out: a slip of the keyboard is not a finding.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from assistant.symptom_check.duration_in_text import days_near
from assistant.symptom_check.laboratory_in_text import Result, reader_of
from assistant.symptom_check.person_in_text import (
    is_of_another,
    read_age,
    read_pregnancy,
    read_sex,
    without_ages,
)
from assistant.symptom_check.vital_signs_in_text import read_measurements
from assistant.symptom_check.wording import words_of_person
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core
from knowledge_graph.domain.case import (
    Case,
    Finding,
    FindingOrigin,
    Measurement,
    Presence,
    Sex,
)
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import Assertion, Mention
from knowledge_graph.english_subject import is_by_marriage_or_friend
from knowledge_graph.language import detect_language, language_of, languages
from knowledge_graph.normal_form import fold

_AS_FAR_BACK = 60
_STAGES_OF_PREGNANCY = frozenset(
    f"{stage}_pregnancy" for stage in ("early", "middle", "late", "term")
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text says of one person. Empty when nothing was understood."""

    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...]
    age_years: float | None
    sex: Sex | None
    pregnant: Presence
    named: tuple[ConceptId, ...]
    mentions: tuple[Mention, ...]
    results: tuple[Result, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of medical meaning was found."""
        return not (self.findings or self.measurements or self.results)

    def added_to(self, case: Case) -> Case:
        """The case with what the text says where the case itself says nothing."""
        sex = case.sex or self.sex
        pregnant = case.pregnant
        if pregnant is Presence.UNKNOWN and sex is not Sex.MALE:
            pregnant = self.pregnant
        known = {measurement.vital_sign for measurement in case.measurements}
        more = (m for m in self.measurements if m.vital_sign not in known)
        grown = replace(
            case,
            age_years=self.age_years if case.age_years is None else case.age_years,
            sex=sex,
            pregnant=pregnant,
            findings=(),
            measurements=(*case.measurements, *more),
            named=tuple(dict.fromkeys((*case.named, *self.named))),
            words=tuple(sorted({*case.words, *self.words})),
        )
        measured = [f for result in self.results for f in result.findings(sex, grown.age_years)]
        measured.sort(key=lambda finding: finding.presence is Presence.PRESENT)
        for finding in (*measured, *self.findings, *case.findings):
            grown = grown.with_finding(finding)
        return grown


def understand(
    text: str,
    language: str | None,
    finder: ConceptFinder,
    core: Core,
    *,
    include_someone_else: bool = False,
) -> Understanding:
    """Read a text. `include_someone_else`: "my father has …" counts, for screening or a proxy."""
    mentions = finder.find(text, language, as_people_type=True)
    folded = fold(text)
    spoken = language_of(language if language in languages() else detect_language(text))
    timed = without_ages(folded)
    findings = _findings(text, timed, mentions, core, include_someone_else)
    # "My husband has crushing chest pain, I am scared": the fear must not hide the pain.
    if is_of_another(folded) or not any(f.presence is Presence.PRESENT for f in findings):
        # "My wife has chest pain": who tells of nobody else tells of the patient. A family
        # history alone is not such a tale.
        theirs = _findings(text, timed, mentions, core, include_someone_else=True)
        if any(_is_complaint(finding, core) for finding in theirs):
            findings = theirs
    known = {finding.concept_id for finding in findings}
    inherited = {f.concept_id: f for f in _in_the_family(folded, mentions, finder, core, known)}
    return Understanding(
        findings=(*findings, *inherited.values()),
        measurements=read_measurements(folded),
        age_years=read_age(folded),
        sex=read_sex(folded),
        pregnant=_pregnancy(read_pregnancy(folded), findings),
        named=_named_conditions(mentions, core),
        mentions=mentions,
        results=reader_of(core.laboratory).read(folded),
        words=words_of_person(text, mentions, core.conditions, spoken),
    )


def _findings(
    text: str, timed: str, mentions: tuple[Mention, ...], core: Core, include_someone_else: bool
) -> tuple[Finding, ...]:
    """One finding per concept; said once present, it is present. Conditions named are not findings."""
    found: dict[str, Finding] = {}
    for mention in mentions:
        entry = core.findings.get(mention.concept_id)
        presence = _presence(mention, include_someone_else, entry is not None and entry.kind)
        if entry is None or presence is None:
            continue
        known = found.get(entry.id)
        if known is not None and known.presence is Presence.PRESENT:
            continue
        found[entry.id] = Finding(
            concept_id=entry.id,
            presence=presence,
            origin=FindingOrigin.TEXT,
            quote=text[mention.start : mention.end],
            days=days_near(timed, mention),
        )
    return tuple(found.values())


def _is_complaint(finding: Finding, core: Core) -> bool:
    present = finding.presence is Presence.PRESENT
    return present and core.findings[finding.concept_id].kind != "risk_factor"


def _pregnancy(said: Presence, findings: tuple[Finding, ...]) -> Presence:
    """Who is told to be in a stage of pregnancy is pregnant."""
    at_a_stage = any(
        finding.concept_id in _STAGES_OF_PREGNANCY
        and finding.presence is Presence.PRESENT
        and "停经" not in (finding.quote or "")  # counted from the last period, not yet certain
        for finding in findings
    )
    return Presence.PRESENT if said is Presence.UNKNOWN and at_a_stage else said


def _in_the_family(
    text: str,
    mentions: tuple[Mention, ...],
    finder: ConceptFinder,
    core: Core,
    known: Collection[ConceptId],
) -> Iterator[Finding]:
    """Illnesses of relatives as the risk factors they are for this person."""
    for mention in mentions:
        if mention.assertion is not Assertion.SOMEONE_ELSE:
            continue
        key = finder.family_history_of(mention.concept_id)
        before = text[max(0, mention.start - _AS_FAR_BACK) : mention.start]
        if key is None or key in known or is_by_marriage_or_friend(before):
            continue
        if key in core.findings:
            quote = text[mention.start : mention.end]
            yield Finding(key, Presence.PRESENT, FindingOrigin.TEXT, quote=quote)


def _named_conditions(mentions: tuple[Mention, ...], core: Core) -> tuple[ConceptId, ...]:
    """Conditions the text speaks of as this person's, asked about or had; not denied ones."""
    not_theirs = (Assertion.NEGATED, Assertion.SOMEONE_ELSE)
    return tuple(
        dict.fromkeys(
            mention.concept_id
            for mention in mentions
            if mention.concept_id in core.conditions and mention.assertion not in not_theirs
        )
    )


def _presence(mention: Mention, include_someone_else: bool, kind: str | bool) -> Presence | None:
    match mention.assertion:
        case Assertion.NEGATED:
            return Presence.ABSENT
        case Assertion.HISTORICAL:
            # What someone once had is a risk factor, not a symptom of today.
            return Presence.PRESENT if kind == "risk_factor" else None
        case Assertion.SOMEONE_ELSE:
            return Presence.PRESENT if include_someone_else else None
        case Assertion.ASKED:
            return None  # "不知道有没有发烧"
        case _:
            # Patients hedge ("maybe some chest pain"): it counts, and they can correct it.
            return Presence.PRESENT
