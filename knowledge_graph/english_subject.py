"""Whose finding an English sentence tells of: the person's, or that of somebody around them."""

import re

_ONE = (
    r"(?:father|mother|dad|mum|mom|brother|sister|sibling|twin|uncle|aunt|cousin|nephew|niece|"
    r"grand(?:father|mother|parent|son|daughter|pa|ma)|husband|wife|spouse|partner|boyfriend|"
    r"girlfriend|son|daughter|parent|relative|family member|friend|colleague|co-?worker|"
    r"neighbou?r|room-?mate|classmate|flat-?mate)s?"
)
_ONES = rf"{_ONE}(?:\s*(?:,|and|or|&)\s*(?:(?:his|her|my|their|an?|one|the)\s+)?{_ONE})*"
# "Mother is worried that he has a fever", "his wife has noticed": the relative only tells of it.
_TELLS = (
    r"(?!\s+(?:been\s+)?(?:very\s+|also\s+|just\s+)?(?:worried|concerned|anxious|afraid|scared|sure|unsure|"
    r"brought|bring|taken|noticed|noted|observed|seen|found|felt|reported|told|said|called|tried|"
    r"given|giving|giv|kept|heard|present|here|calling|asking|unable to wake|not able to)\b)"
)
_DOES = (
    r"(?:has|have|had|is|are|was|were|suffers?|suffered|died|dies|smokes?|smoked|drinks|drank|"
    r"takes|took|developed|underwent|got|gets|caught)"
)
_THEIRS = re.compile(
    rf"\b{_ONES}\s+(?:who\s+|also\s+|both\s+|all\s+|recently\s+|now\s+|just\s+)*{_DOES}\b{_TELLS}"
    rf"|\b(?:has|have|had|with|one|two|an?|older|younger|maternal|paternal)\s+{_ONE}\s+with\b"
    # "Father smokes", "mother is anxious": the finding itself is the verb, or follows it.
    rf"|(?:^\s*|[,;:]\s*|\b(?:my|his|her|their)\s+){_ONE}(?:\s+(?:is|was|are|were)(?:\s+(?:very|so|also))?)?\s*$"
    r"|\bfamily (?:medical )?history\b|\b(?:fh|fhx|fam hx)\b\s*:?"
)
# "His father had gout; he has …": from there on it is the person again.
_BACK = re.compile(
    r"(?<!when )(?<!while )(?<!that )(?<!whom )"
    r"\b(?:i|he|she|the patient|patient|the (?:child|boy|girl|baby|man|woman)|mine|myself)\s+"
    r"(?:am|has|have|had|is|was|feels?|complains?|reports?|presents?|denies|does|started|developed|now|also|"
    r"noticed|gets?|got|cannot|can't|can|says|describes|takes|smokes|drinks)\b|\bi'(?:m|ve)\b"
    r"|\b(?:social|medical|surgical|drug) history\b|\bon examination\b|\bmedications?\s*:"
)
# "Brought by her mother", "lives with his wife": named beside what happens; "she and her partner": both.
_BY = re.compile(
    r"\b(?:by|to|from|with|for)\s+(?:the\s+)?\Z|\b(?:i|he|she|we|patient) and (?:my|his|her|our)\s+\Z"
)
_NOT_BY_BLOOD = re.compile(
    r"\b(?:husband|wife|spouse|partner|boyfriend|girlfriend|friend|colleague|co-?worker|neighbou?r|"
    r"room-?mate|classmate|flat-?mate)s?\b"
)


_FAMILY_WITHIN = re.compile(rf"\bfamily history of (?:(?:his|her|my|the)\s+)?{_ONE}\b[^,;]*\Z")


def is_someone_elses(before: str, told: str = "") -> bool:
    """`before`: the folded sentence up to what it tells; `told`: the words of that."""
    if _FAMILY_WITHIN.search(before + told) and "family" not in told:
        return True  # "family | history of mother gallstones"
    cues = [cue for cue in _THEIRS.finditer(before) if not _BY.search(before, 0, cue.start())]
    return bool(cues) and not _BACK.search(before, cues[-1].end())


def is_by_marriage_or_friend(before: str) -> bool:
    """Whether the sentence speaks of people whose illnesses are not inherited."""
    return _NOT_BY_BLOOD.search(before) is not None
