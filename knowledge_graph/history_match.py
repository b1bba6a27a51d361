"""Illnesses in a list that is a history as a whole: 否认高血压、糖尿病、冠心病史.

Names of histories say so themselves (高血压病史, 有高血压). In a list the word is said once, before or
after all of them: there the bare illness is enough.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import ahocorasick

from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.loose_match import Hit
from knowledge_graph.normal_form import Token, is_ideograph

_WITH_HISTORY = re.compile(r"^(?:有|得过?|患有?)([^有得患]{2,6})$|^(.{2,6})史$|^(.{3,6})病史$")
_AN_ILLNESS = tuple("病症压癌瘤梗衰颤喘肺肝石栓松炎敏")
_SAYS_HISTORY = re.compile("史|有|否认|患|无|既往|合并|得过|基础|没")
_CLAUSE_END = re.compile(r"[,.;:!?。，；：！？\n]")


class HistoryMatcher:
    """Finds bare illnesses in clauses that speak of a history."""

    def __init__(self, names: Iterable[tuple[tuple[str, ...], ConceptId]]) -> None:
        """`names`: the token forms of each name and its concept."""
        owners: dict[str, set[ConceptId]] = {}
        whole: set[str] = set()
        for forms, concept_id in names:
            if not all(is_ideograph(form) for form in forms):
                continue
            name = "".join(forms)
            whole.add(name)
            match = _WITH_HISTORY.match(name)
            for illness in match.groups() if match else ():
                if illness and illness.endswith(_AN_ILLNESS) and "家族" not in illness:
                    owners.setdefault(illness, set()).add(concept_id)
        self._illnesses = ahocorasick.Automaton()
        for illness, concept_ids in owners.items():
            if illness not in whole and len(concept_ids) == 1:
                self._illnesses.add_word(illness, (len(illness), next(iter(concept_ids))))
        self._illnesses.make_automaton()

    def find(self, text: str, tokens: Sequence[Token]) -> Iterator[Hit]:
        """Hits on illnesses whose clause says that it is a history."""
        if not len(self._illnesses):
            return
        searchable = "".join(t.form if is_ideograph(t.form) else "\n" for t in tokens)
        for last, (length, concept_id) in self._illnesses.iter(searchable):
            positions = tuple(range(last - length + 1, last + 1))
            if _SAYS_HISTORY.search(_clause(text, tokens[positions[0]].start)):
                yield Hit(positions, concept_id)


def _clause(text: str, at: int) -> str:
    starts = [match.end() for match in _CLAUSE_END.finditer(text, 0, at)]
    end = _CLAUSE_END.search(text, at)
    return text[starts[-1] if starts else 0 : end.start() if end else len(text)]
