"""Whose finding a Chinese sentence tells of: the person's, or that of somebody around them.

"我妈头晕" asks about the mother. "我妈头晕，我也恶心" asks about me: where a text tells of the writer's
own findings, those of the people it names are theirs. Records name relatives in the family history.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from knowledge_graph.cue_spans import Span, cue_spans

_KIN = "妈爸爷奶公婆姥哥姐弟妹叔舅姑姨儿女孙爱媳老男家岳父母妻丈孩宝娃同室朋邻们亲闺小侄表堂"
_ASKS = (
    "想|要|问|咨询|发现|看|给|带|担心|着急|害怕|怀疑|该|应该|需要|不知道|用|把|让|听|摸|量|怕|觉得[他她]|"
    "是[^,。]{0,6}(?:妈|爸|家长|母亲|父亲)|说|跟|和|们"
)
SELF = re.compile(
    rf"(?:我|俺)(?:自己|本人)|(?:我|俺)(?!的?[{_KIN}])(?!(?:今天|昨天|也|很|就|都|真|好|有点|现在|刚)*(?:{_ASKS}))"
    "|本人|患者(?!家)|病人(?!家)"
)
_FAMILY_HISTORY = re.compile(r"家族史|家族[中里内]|家族遗传史|遗传史|家人[中里]")
_NOT_SUBJECT = re.compile("[说让叫带给问看陪去认骂打照]|认为|觉得|发现")
# "不认识家人，抽搐一次": the family is whom the patient no longer knows.
_KNOWN = re.compile("(?:认识|认得|认不出|认不得|不认)(?:自己|我)?的?$")
# Records name them outright; the writer of a question says "我爸" or speaks of the child.
_OF_RECORDS = re.compile("[父母兄姐弟妹亲]|同事|室友|舍友|邻居|同学|家里?人")
_OPENING = re.compile(
    r"^(?:医生|大夫|您好|你好|请问|您|好|,|\s|!|、|我家|我们|我|俺|家里|的|一下)*$"
)
_MANY_TIMES = 3


def is_someone_elses(
    text: str, sentence_start: int, span: Span, kin: tuple[str, ...], mentions: Sequence[Span]
) -> bool:
    """`span` and `mentions` are places in `text`; `kin`: the language's words for other people."""
    before = text[sentence_start : span.start]
    if _FAMILY_HISTORY.search(before) and not SELF.search(before):
        return True
    others = [
        s
        for s in cue_spans(kin, before)
        if not _NOT_SUBJECT.match(before, s.end) and not _KNOWN.search(before[: s.start])
    ]
    own = [match.end() for match in SELF.finditer(before)]
    if not others or (own and own[-1] > others[-1].end):
        return False
    last = others[-1]
    opens = _OPENING.match(text[: sentence_start + last.start]) or _is_mine(before, last)
    if not opens and _OF_RECORDS.match(before, last.start):
        return True
    return _tells_more_of_self(text, kin, mentions)


def _is_mine(before: str, other: Span) -> bool:
    """ "我爸": named from the writer's side, as in a question asked for him."""
    return before[: other.start].rstrip("的家").endswith(("我", "俺"))


def _tells_more_of_self(text: str, kin: tuple[str, ...], mentions: Sequence[Span]) -> bool:
    """Whether the writer is the patient: has findings, and others have not many times as many."""
    own_subjects = {match.end() for match in SELF.finditer(text)}
    edges = sorted(own_subjects | {span.end for span in cue_spans(kin, text)})
    own = others = 0
    for mention in mentions:
        at = bisect_right(edges, mention.start) - 1
        if at >= 0 and edges[at] in own_subjects:
            own += 1
        elif at >= 0:
            others += 1
    return own > 0 and others < _MANY_TIMES * own
