"""What an illness of a relative is called as a risk factor of one's own.

Names of family histories say which illness they mean ("mother has lupus", "糖尿病家族史"). The same
illness said of any other relative, in any other turn, then means the same risk factor.
"""

import re
from collections.abc import Iterable, Mapping

from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.normal_form import tokens_of

_ENGLISH = re.compile(
    r"^(?:strong )?family history of (?P<of>.+)$"
    r"|^(?:my )?(?:father|mother|brother|sister|sibling|aunt|uncle|cousin|parents|grand(?:father|mother)) "
    r"(?:has|have|had|with|is|died of|suffers from) (?:an? )?(?P<has>.+)$"
    r"|^(?P<runs>.+) runs? in the family$|^(?P<within>.+) in (?:the|my) family$"
)
_CHINESE = re.compile(
    r"^(?P<before>.{2,8})家族史$|^家族(?P<between>.{2,8}?)病?史$"
    r"|^(?:父亲|母亲|爸爸|妈妈|父母|哥哥|姐姐|弟弟|妹妹|兄弟|奶奶|家里|家族)(?:有人|得过|患过|有|患|得)+(?P<after>.{2,8})$"
)


def family_histories(
    names: Iterable[tuple[str, ConceptId]], owner_of: Mapping[tuple[str, ...], ConceptId]
) -> dict[ConceptId, ConceptId]:
    """Illness → the risk factor that it is in a relative; not what several risk factors name.

    `owner_of`: the concept of each name, as token forms.
    """
    found: dict[ConceptId, set[ConceptId]] = {}
    for name, concept_id in names:
        match = _ENGLISH.match(name.lower()) or _CHINESE.match(name)
        illness = next(filter(None, match.groups()), None) if match else None
        if illness is None:
            continue
        owner = owner_of.get(tuple(token.form for token in tokens_of(illness)))
        if owner is not None and owner != concept_id:
            found.setdefault(owner, set()).add(concept_id)
    known = {illness: next(iter(of)) for illness, of in found.items() if len(of) == 1}
    return known | {history: history for histories in found.values() for history in histories}
