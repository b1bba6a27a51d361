"""The regular turns that people give a name, and which names say too little to be met anywhere."""

from knowledge_graph.normal_form import is_ideograph, words_of

# What "sore" or "aching" becomes: alone it says nothing of where.
_TOO_GENERAL = {("pain",)}
# Words the normal form leaves out that change what a name of two words means.
_SAYS_MORE = frozenset("bit little lots terribly constantly".split())


def variants(name: str) -> tuple[str, ...]:
    """A name and the regular ways people turn it: 'chest pain', 'pain in chest', 'chest hurts'."""
    folded = name.strip().lower()
    if folded.endswith("征阳性"):
        return name, folded.removesuffix("阳性")  # the text says whether: "墨菲征（-）"
    if not folded.endswith(" pain") or len(folded.split()) > 4:
        return (name,)
    site = folded.removesuffix(" pain")
    return (
        name,
        f"pain in {site}",
        f"pains in {site}",
        f"{site} hurts",
        f"{site} aches",
        f"{site} is hurting",
        f"{site} is painful",
        f"{site} is sore",
        f"painful {site}",
        f"sore {site}",
        f"aching {site}",
    )


def is_too_general(forms: tuple[str, ...], name: str) -> bool:
    """Whether too little of a name is left to go by: "aching", or 头 of 头着."""
    if len(forms) != 1:
        return False
    if is_ideograph(forms[0]):
        # 吐了 is met as written.
        return len(name.strip()) > 1 and not name.endswith("了")
    words = [word for word, _, _ in words_of(name)]
    # "Very sleepy" is sleepy, but "bit my tongue" is no tongue, nor "hepatitis A" any hepatitis.
    says_more = not _SAYS_MORE.isdisjoint(words) or words[-1] == "a"
    return forms in _TOO_GENERAL or (len(words) > 1 and says_more)


def is_mostly_particles(forms: tuple[str, ...], name: str) -> bool:
    """Whether a Chinese name must be met as written: 一了百了 is not 一百."""
    if len(forms) > 2 or not all(is_ideograph(form) for form in forms):
        return False
    return len(name) - len(forms) >= 2 or len(forms) < len(name) == 2
