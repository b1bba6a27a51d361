"""The regular turns that people give a name, so that no name has to be listed with each."""


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
