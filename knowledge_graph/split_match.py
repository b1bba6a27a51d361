"""Chinese names with something said inside them: 发了三天烧, 头有点晕, 肚子一直在疼, 头不疼.

Speakers put aspect, amount, degree and time between the parts of a name, and the negation too.
Such insertions form a small closed grammar, so they are read past: the text without them is
searched for the same names. A name found across a negation is denied by it. Names of a pain are
also found with the site last (疼得厉害的是右下腹). Used for what people type.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import ahocorasick

from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.loose_match import Hit
from knowledge_graph.normal_form import Token, is_ideograph

_NUMBER = r"(?:\d+(?:\.\d)?|[一二两三四五六七八九十几半数]+)"
_UNIT = (
    "天|日|周|星期|礼拜|月|年|小时|分钟|晚上|早上|上午|下午|夜|整天|"
    "次|回|趟|遍|阵|场|下|身|脸|嘴|手|腿|背|口|大口|堆|片|圈"
)
_AMOUNT = rf"(?:好|整整|大概|差不多|快|有)?{_NUMBER}(?:余|多|来)?个?半?(?:多|余)?(?:{_UNIT})(?:多|半|来)?|[了过]好?{_NUMBER}(?!个|{_UNIT})"
_DAY_PART = "早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|半夜|凌晨|夜间"
_WHEN = (
    rf"(?:从|自|打)?(?:(?:大前天|前天|昨天|今天|昨日|今日|昨晚|今早|上周|上个月|这几天|这两天|这段时间|这阵子|前几天|"
    rf"最近|近来|近期|刚才|刚刚|现在|目前|平时)(?:{_DAY_PART})?|{_DAY_PART})(?:开始|起)?"
)
_MANNER = (
    "一直|总是|总会|总|老是|老|经常|常常|时常|常|有时候|有时|偶尔|时不时|不时|反复|持续|突然|忽然|突发|"
    "有点儿?|有些|有一点点?|一点点?|稍微|略微|略|非常|十分|特别|格外|很|好|挺|真|超级|超|太|更|最|"
    "越来越|逐渐|渐渐|慢慢|开始|已经|还是|还|仍然|仍旧|仍|也|都|就|又|再|正在|在|是|会|感觉|觉得|感到|感|"
    "好像|似乎|可能|不停地?|不断地?|不住地?|止不住地?|一阵一阵地?|一阵阵地?|阵阵|隐隐约约|隐隐|莫名其妙地?|"
    "这里|那里|这边|那边|这块|那块|里面|里边|上面|上边|地方|很多|好多|许多|大量|不少|[的得地了着过些]"
)
# 脐周阵发性疼痛, 下腹隐痛: what kind of pain it is stands before the word.
_KIND = (
    "(?:阵发|持续|间断|间歇|压榨|压迫|紧缩|撕裂|针刺|刺|刀割|烧灼|搏动|进行|游走|弥漫|反复|发作|对称|放射)[性样状]地?|"
    "[隐胀坠钝刺酸闷肿剧](?=[痛疼])"
)
# Longest first: 好像 before 好.
_MANNER = "|".join(sorted(_MANNER.split("|"), key=len, reverse=True))
_INSERTED = re.compile(rf"(?:{_AMOUNT}|{_WHEN}|{_KIND}|{_MANNER})+")
_DENIED = re.compile(
    rf"(?:{_AMOUNT}|{_WHEN}|{_MANNER}|从来|一点儿?|并|完全|根本|均|暂)*"
    r"(?:不(?:怎么|是很|是|太|大|再|会|觉得|感觉)?|没(?:有|再|怎么|太|见)?|未(?:见|触及|闻及|扪及|及|诉)?(?:明显)?|无(?:明显)?)"
    rf"(?:{_MANNER})*"
)
# Between a pain and its site: "疼得厉害的是…", "疼痛主要在…".
_SITE_LAST = re.compile(
    r"(?:得(?:最|很|比较)?(?:厉害|明显|严重|要命|很))?的?(?:地方|部位|位置|主要|大概|好像|最明显|最厉害|感觉|集中|固定|局限)*"
    r"(?:是在|是|在|位于|以)"
)
_CLAUSE_END = re.compile(r"[,.;:!?。，；：！？、\n()（）]")
_PAIN = ("疼痛", "疼", "痛")
_SHORTEST_ROTATED = 3
_GAP = "\n"
# "痰不多" still has phlegm.
_MUCH = "多"


class SplitMatcher:
    """Finds Chinese names across what speakers put inside them."""

    def __init__(self, names: Iterable[tuple[tuple[str, ...], ConceptId]]) -> None:
        """`names`: the token forms of each name and its concept."""
        self._names = ahocorasick.Automaton()
        self._rotated = ahocorasick.Automaton()
        for forms, concept_id in names:
            if len(forms) < 2 or not all(is_ideograph(form) for form in forms):
                continue
            name = "".join(forms)
            self._names.add_word(name, (len(name), concept_id))
            pain = next((word for word in _PAIN if name.endswith(word)), None)
            if pain and len(name) >= _SHORTEST_ROTATED:
                turned = pain + name.removesuffix(pain)
                self._rotated.add_word(turned, (len(turned), concept_id))
        self._names.make_automaton()
        self._rotated.make_automaton()

    def find(self, text: str, tokens: Sequence[Token], exact: Sequence[Hit]) -> Iterator[Hit]:
        """Hits across an insertion. `text` is folded; `exact` says what stands there unsplit."""
        line = _Line(text, tokens)
        yield from line.across(_INSERTED, self._names)
        for hit in line.across(_DENIED, self._names):
            # "肚子胀不痛": the bloating is there, only the pain is denied.
            left = set(_left_part(hit.positions))
            much = tokens[hit.positions[len(left)]].form in _MUCH
            if not much and not any(left.issuperset(known.positions) for known in exact):
                yield replace(hit, negated=True)
        yield from line.across(_SITE_LAST, self._rotated)


class _Line:
    """A text as ideographs to search, with a gap where a clause ends or a word stands."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._starts = [token.start for token in tokens]
        self._searchable = ""
        self._tokens: list[int] = []
        self._after_gap: list[int] = []
        self._before_gap: list[int] = []
        characters: list[str] = []
        previous_end = 0
        for at, token in enumerate(tokens):
            self._before_gap.append(len(characters))
            start = token.start
            if start > previous_end and _CLAUSE_END.search(text, previous_end, start):
                characters.append(_GAP)
                self._tokens.append(at)
            self._after_gap.append(len(characters))
            characters.append(token.form if is_ideograph(token.form) else _GAP)
            self._tokens.append(at)
            previous_end = token.end
        self._before_gap.append(len(characters))
        self._searchable = "".join(characters)

    def across(self, inserted: re.Pattern[str], names: ahocorasick.Automaton) -> Iterator[Hit]:
        """Hits on names that go on after something inserted."""
        kept: list[int] = []
        searchable: list[str] = []
        at = 0
        for match in inserted.finditer(self._text):
            first, after = (bisect_left(self._starts, edge) for edge in match.span())
            if first < after:
                stop = self._after_gap[first]
                kept += self._tokens[at:stop]
                searchable.append(self._searchable[at:stop])
                at = self._before_gap[after]
        if not at or not len(names):
            return
        kept += self._tokens[at:]
        searchable.append(self._searchable[at:])
        for last, (length, concept_id) in names.iter("".join(searchable)):
            positions = tuple(kept[last - length + 1 : last + 1])
            if positions[-1] - positions[0] >= length:
                yield Hit(positions, concept_id)


def _left_part(positions: Sequence[int]) -> tuple[int, ...]:
    """The positions before the first break."""
    for index in range(1, len(positions)):
        if positions[index] != positions[index - 1] + 1:
            return tuple(positions[:index])
    return tuple(positions)
