"""Age, sex and pregnancy of the person a text is about. Texts are folded to lower case."""

import re
from collections.abc import Iterator

from assistant.symptom_check.numbers_in_text import NUMBER, number_of
from knowledge_graph.chinese_subject import SELF
from knowledge_graph.domain.case import Presence, Sex

_OLDEST = 120
_KIN = (
    r"\b(?:daughter|son|boy|girl|baby|mum|mom|dad|mother|father|husband|wife|gran|grandma|grandad|grandmother|"
    r"grandfather|he|she|who)"
)
_NO_UNIT = r"(?!\s*(?:[%/.:]|-?\s*(?:weeks?|days?|months?|hours?|kg|kilos?|lbs?|pounds|cm|feet|stone|times|degrees|f\b|c\b)))"
_AGE = re.compile(
    r"(\d{1,3}(?:\.\d)?)\s*(?:-|\s)?\s*(years?|yrs?|months?|mos?|weeks?|wks?|days?)?(?:-|\s)*(?:olds?\b|/?o\b)"
    r"|\baged?\s*(?:of\s*|:\s*|is\s*)?(\d{1,3})"
    r"|\b(\d{1,3})\s*(?:yo|y/o|y\.o\.)"
    # "58M", "72 F": two digits, so that "102 F" stays a temperature.
    r"|(?<![\d.])([1-9]\d)\s*[mf]\b(?!\s*(?:old|tall|away))"
    rf"|{_KIN}(?:\s+is|'s|,)?\s+(?:now\s+|only\s+)?(\d{{1,3}})\b{_NO_UNIT}"
    rf"|(?:baby|boy|girl|infant|newborn|son|daughter),?\s+(?P<young>\d{{1,2}})\s*(?P<young_unit>days?|weeks?|months?)(?=[,.;])"
    r"|\bi(?:'?m| am)\s+(?:only\s+|now\s+)?([1-9]\d)\b(?!\s*(?:weeks?|days?|months?|kg|kilos?|lbs?|pounds|cm|feet|stone|%|/))"
)
# "5岁时得过肺炎" and "20岁开始抽烟" tell a story, not an age.
_STORY = r"(?!半?(?:时|那年|以前|之前|开始|就|起|后|的时候|得过|前))"
_CHILD = r"(?:宝宝|宝贝|孩子|婴儿|小孩|小儿|女儿|儿子|娃|患儿|男婴|女婴|男宝|女宝|新生儿)"
_AGE_CHINESE = re.compile(
    rf"(?P<years>{NUMBER})[多来余几]?\s*周?岁{_STORY}(?P<half>半)?(?:零?(?P<rest>{NUMBER})个?月)?"
    rf"|(?P<months>{NUMBER})\s*个?(?P<months_half>半)?(?:月大|月龄|月(?:大)?的?(?=宝|婴|孩|娃|小孩|女|男))"
    rf"|{_CHILD}[,:\s今年现在刚才已经快满男女]*(?P<child_months>{NUMBER})\s*个(?P<child_half>半)?月"
    r"(?![前来没不都后以])"
    rf"|出生(?:后|才|刚|了|大概|已经)*\s*(?P<born>{NUMBER})\s*个?(?P<born_unit>天|日|周|月)"
    rf"|(?P<days>{NUMBER})\s*天大"
    rf"|(?:年龄[:\s]*|今年(?:已经|都|刚|快|才)?\s*)(?P<bare>{NUMBER})(?!\s*[个天月周年次度斤日号%./\d])"
    r"|刚?(?P<month>满月)(?=的|,|了|\s|$)"
)
_UNIT_YEARS = {"天": 1 / 365, "日": 1 / 365, "周": 7 / 365, "月": 1 / 12}

_FEMALE = re.compile(
    r"\b(?:woman|female|girl|lady|pregnant)\b|\bold (?:mother|daughter|granddaughter)\b|\bmother of\b"
    r"|(?<![\d.])[1-9]\d\s*(?:yo|y/o)?\s*f\b"
    r"|(?<![儿子妇])女(?!朋友|友|婿|科|方|儿)|妇女|孕妇"
)
_MALE = re.compile(
    r"\b(?:man|male|boy|gentleman)\b|\bold (?:father|son|grandson)\b|\bfather of\b"
    r"|(?<![\d.])[1-9]\d\s*(?:yo|y/o)?\s*m\b(?!\s*(?:old|tall|away))"
    r"|男(?!朋友|友|科|方)"
)
# Who is spoken of where nobody says "I": "she has had a fever", "my husband fell".
_FIRST_PERSON = re.compile(r"\bi\b|\bi'(?:m|ve|d)\b")
_SHE = re.compile(
    r"\b(?:she|her|my (?:[a-z0-9-]+ )?(?:wife|daughter|girlfriend|mum|mom|mother|sister|grandmother|gran))\b"
)
_HE = re.compile(
    r"\b(?:he|his|him|my (?:[a-z0-9-]+ )?(?:husband|son|boyfriend|dad|father|brother|grandfather|grandad))\b"
)
# "My baby won't feed, I can hardly wake him": told in the first person of somebody else.
_OF_ANOTHER = re.compile(
    r"\b(?:my|our)\s+(?:[a-z0-9-]+\s+)?(?:baby|newborn|infant|toddler|child|kid|teenager|son|daughter|husband|"
    r"wife)\b(?!\s+(?:says|said|thinks|noticed|tells|told))"
    r"|\bour\s+\d{1,2}[\s-](?:day|week|month|year)"
)
# Asked on behalf of a relative, not "my mother has it too".
_MY = r"(?:^|[,。;!?\s:])(?:医生|大夫|请问|您好|你好)?[,\s]*(?:我|俺|我们|我家|家里)?的?"
# The bare word answers who is ill: whether a man or a woman is asked next.
_NOT_THEM = r"(?![,\s]*(?:也|都|有|得过|患|是|说|感冒))(?=\W*\w)"
_SON = re.compile(rf"{_MY}(?:儿子|弟弟|哥哥|爸爸?|父亲|老公|丈夫|爷爷|外公|姥爷|岳父){_NOT_THEM}")
_MOTHER = re.compile(
    rf"{_MY}(?:女儿|闺女|妹妹|姐姐|妈妈?|母亲|老婆|妻子|媳妇|奶奶|外婆|姥姥|岳母|婆婆){_NOT_THEM}"
)
_ONLY_WOMEN = re.compile(
    r"\b(?:my|her)\s+(?:[a-z]+\s+)?(?:periods?|waters|vagina|womb|uterus|cervix)\b|\b(?:a|having|had) periods?\b(?! of)"
    r"|\bcontractions are\b|\b(?:gave|given) birth\b|\bg\d\s?p\d\b|\bmenopaus|\bbreast-?feeding my\b"
    r"|绝经|产后|月经|例假|大姨妈|白带|阴道|子宫|卵巢|宫颈|怀孕|孕\s*\d|孕期|妊娠|痛经|外阴"
)
_ONLY_MEN = re.compile(
    r"\b(?:prostate|penis|penile|testicles?|testis|testes|scrotum|scrotal|foreskin|erections?)\b|前列腺|睾丸|阴茎|包皮|阴囊|龟头"
)

_NOT_PREGNANT = re.compile(
    r"\bnot pregnant\b|\bisn't pregnant\b|没有?怀孕|没怀|未(?:怀)?孕|没有?妊娠|不可能(?:是)?怀孕"
    r"|(?:排除|否认|没有|(?<!是)不是)(?:怀孕|妊娠)|(?:妊娠|早孕|验孕|孕检|hcg)[^,。;]{0,5}阴性"
)
_MAYBE_PREGNANT = re.compile(
    r"\b(?:want\w*|hop\w+|try\w*|tried|plan\w*|able|unable|cannot|can't|can|could|if|whether|maybe|may|might|"
    r"possibly|get|gets|getting|become|becomes|becoming|fall|falling|previously|never|ever|sister|daughter)"
    r"(?:\s+(?!now\b|currently\b|is\b|am\b|i'm\b|and\b|but\b)[a-z']+){0,2}?\s+pregnant\b"
    r"|(?:有没有|是不是|会不会|是否|怀疑|可能|好像|想|准备|打算|计划|担心|怕|能|以前|上次|曾|备|避)[^,。;!?]{0,3}"
    r"(?:怀孕|孕)|怀孕[过史吗]|怀孕了?[吗么嘛]|妊娠(?:史|试验|反应|期糖尿病史)(?!阳性)"
)
_PREGNANT = re.compile(
    r"\b(?:pregnant|\d+\s*weeks?\s*(?:pregnant|gestation))\b|怀孕|孕妇|妊娠|孕期|孕[早中晚]期|孕吐"
    rf"|(?<!不)孕\s*{NUMBER}\s*(?:\+\d?)?\s*个?[余多]?(?:周|月|w)"
)
_GESTATION = re.compile(rf"孕\s*{NUMBER}\s*(?:\+\d?)?\s*个?[余多]?(?:周|月|w)")


def read_age(text: str) -> float | None:
    """The age said first, in years."""
    return min(_ages(text), default=(0, 0, None))[2]


def without_ages(text: str) -> str:
    """The text with ages, also of a pregnancy, blanked out at the same length: no durations."""
    spans = [(start, end) for start, end, _ in _ages(text)]
    spans += [match.span() for match in _GESTATION.finditer(text)]
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _ages(text: str) -> Iterator[tuple[int, int, float]]:
    for match in _AGE.finditer(text):
        number, unit, *others = match.groups()
        if match["young"]:
            number, unit = match["young"], match["young_unit"]
        years = float(number or next(filter(None, others))) * _age_unit(unit or "")
        if 0 <= years <= _OLDEST:
            yield *match.span(), years
    for match in _AGE_CHINESE.finditer(text):
        years = _chinese_years(match)
        if 0 <= years <= _OLDEST:
            yield *match.span(), years


def _age_unit(unit: str) -> float:
    if unit.startswith("mo"):
        return 1 / 12
    if unit.startswith("w"):
        return 7 / 365
    return 1 / 365 if unit.startswith("day") else 1.0


def _chinese_years(match: re.Match[str]) -> float:
    said = {key: value for key, value in match.groupdict().items() if value}
    half = 0.5 if {"half", "months_half", "child_half"} & said.keys() else 0.0
    if "years" in said:
        return number_of(said["years"]) + half + number_of(said.get("rest", "0")) / 12
    if "month" in said:
        return 1 / 12
    if "born" in said:
        return number_of(said["born"]) * _UNIT_YEARS[said["born_unit"]]
    if "days" in said:
        return number_of(said["days"]) / 365
    months = said.get("months") or said.get("child_months")
    return (number_of(months) + half) / 12 if months else number_of(said["bare"])


def read_sex(text: str) -> Sex | None:
    """The sex named first ("a 30-year-old man whose mother …" is a man), else the sex implied."""
    female, male = _FEMALE.search(text), _MALE.search(text)
    if female and (not male or female.start() < male.start()):
        return Sex.FEMALE
    if male:
        return Sex.MALE
    return _implied_sex(text) or _spoken_of(text)


def _spoken_of(text: str) -> Sex | None:
    """In English, of the person a text tells of without an "I"."""
    if _FIRST_PERSON.search(text) and not _OF_ANOTHER.search(text):
        return None
    she, he = _SHE.search(text), _HE.search(text)
    if she and (not he or she.start() < he.start()):
        return Sex.FEMALE
    return Sex.MALE if he else None


def _implied_sex(text: str) -> Sex | None:
    """From whose symptoms they are ("我老公腰疼"), or from organs that only one sex has."""
    for female, male in ((_MOTHER, _SON), (_ONLY_WOMEN, _ONLY_MEN)):
        if female is _MOTHER and SELF.search(text):
            continue
        is_female, is_male = female.search(text), male.search(text)
        if bool(is_female) != bool(is_male):
            return Sex.FEMALE if is_female else Sex.MALE
    return None


def is_of_another(text: str) -> bool:
    """Whether a text in the first person tells of "my husband" or "our baby" as the patient."""
    return _OF_ANOTHER.search(text) is not None


def read_pregnancy(text: str) -> Presence:
    """Whether she is pregnant, where the text says so for certain."""
    if _NOT_PREGNANT.search(text):
        return Presence.ABSENT
    certain = _MAYBE_PREGNANT.sub(" ", text)
    return Presence.PRESENT if _PREGNANT.search(certain) else Presence.UNKNOWN
