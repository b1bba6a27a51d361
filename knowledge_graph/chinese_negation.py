"""How far a Chinese negation reaches.

Everyday negations (不, 没, 没有) deny what follows at once, with nothing but words of degree and
perception between: 不规则发热 is a fever, 没吃饭肚子疼 a pain, 不痒的红疹 a rash. Those of records (无,
未见, 否认) also reach over a few words that name a site. Either then runs through an enumeration,
whose items need not all be known. A result after a finding ("（-）", 阴性) runs through it backwards.
"""

import re
from collections.abc import Sequence

from knowledge_graph.cue_spans import Span

_FILLER = re.compile(
    "(?:明显|任何|什么|显著|特别|怎么|那么|这么|那种|这种|出现|发现|发生|感觉到?|感到|觉得|其他|其它|别的|伴有?|伴随|"
    "典型|严重|剧烈|反复|持续|频繁|类似|相关|确切|明确|上述|突然|自觉|近期|目前|既往|以前|经常|触及|闻及|扪及|引出|"
    "一点儿?|半点|丝毫|患有?|主诉|[太很大再过的有是会得算啥受曾常总诉见及到\\s])*"
)
_OF_RECORDS = re.compile("[无未否排除伴]")
_SITE = 4
_ITEM = 8
# A clause of its own begins: 没有吃饭就头晕, 无诱因出现.
_OWN_VERB = re.compile("[吃喝睡休息治疗药医查就走动看打用办法想力劲便才故因]|处理|注意|重视")
_LISTED = re.compile(r"^[\s、和及或与跟/]*(?:也|还|者|是)?\s*$")
_ITEMS = re.compile(rf"^[^,、:]{{0,4}}(?:[、及或和][^,、:]{{0,{_ITEM}}})+$")
_CLAUSE_END = re.compile(r"[，,：:]")
_RESULT = re.compile(r"\(\s*[-—–]+\s*\)|(?:均为?|皆|检测|试验)?阴性|(?:均|都)(?:没有|无|消失|正常)")
# "发烧没有，咳嗽有"
_NONE_OF_IT = re.compile(
    r"^(?:倒是?|也|都|是|均|并|则|就|已经?|目前|现在)*(?:没有|没|无|未见|未引出|未触及|未闻及|未及)(?:了|过|的|出现)?(?=$|[,、;!?)\s])"
)
# 发不发烧, 有没有发烧: asked, not said.
ASKED = re.compile(r"(?:有没有|有无|是否有?|会不会有?|是不是有)\s*(?:明显|出现|过|点)*$")


def is_denied(
    sentence: str,
    span: Span,
    cues: Sequence[Span],
    scope_ends: Sequence[Span],
    mentions: Sequence[Span],
) -> bool:
    """Whether a cue before the mention reaches it, or a result after it denies it."""
    others = sorted(set(mentions))
    for cue in cues:
        start = _after_fillers(sentence, cue)
        if start > span.start:
            start = cue.end
        if cue.end > span.start or any(start <= stop.start < span.start for stop in scope_ends):
            continue
        if _reaches(sentence, cue, span, others):
            return True
    return _is_denied_after(sentence, span, others)


def _after_fillers(sentence: str, cue: Span) -> int:
    match = _FILLER.match(sentence, cue.end)
    return match.end() if match else cue.end


def _reaches(sentence: str, cue: Span, span: Span, mentions: Sequence[Span]) -> bool:
    """Whether a cue stands right before the mention, or before a list that it belongs to."""
    position = cue.end
    for mention in mentions:
        if mention.start < position:
            continue
        gap = sentence[position : mention.start]
        first = position == cue.end
        if not (_opens(sentence, cue, gap) if first else _goes_on(gap)):
            return False
        if mention.start == span.start:
            return True
        position = mention.end
    return False


def _opens(sentence: str, cue: Span, gap: str) -> bool:
    """Whether a cue reaches over what stands between it and the first finding."""
    if _CLAUSE_END.search(gap):
        return False
    left = gap[_FILLER.match(gap).end() :]  # type: ignore[union-attr]
    if not left:
        return True
    if _OWN_VERB.search(left) or not _OF_RECORDS.search(sentence[cue.start : cue.end]):
        return False
    return len(left) <= _SITE or _ITEMS.match(left) is not None


def _goes_on(gap: str) -> bool:
    """Whether what stands between two findings only lists: 、 or items that are not known."""
    if _CLAUSE_END.search(gap):
        return False
    return bool(_LISTED.match(gap) or (_ITEMS.match(gap) and not re.search("有|的", gap)))


def _is_denied_after(sentence: str, span: Span, mentions: Sequence[Span]) -> bool:
    if _NONE_OF_IT.match(sentence[span.end :]):
        return True
    position = span.end
    for mention in (m for m in mentions if m.start >= span.end):
        if not _goes_on(sentence[position : mention.start]):
            break
        position = mention.end
    tail = sentence[position:]
    result = _RESULT.search(tail)
    return bool(
        result and result.start() <= _SITE and not _CLAUSE_END.search(tail[: result.start()])
    )
