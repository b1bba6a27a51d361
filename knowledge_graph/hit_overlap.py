"""Which of the hits on one text stand, when several want the same words."""

from collections.abc import Collection, Iterable

from knowledge_graph.loose_match import Hit


def _best_first(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-len(hit.positions), _spread(hit), hit.positions))


def in_order(hits: Iterable[Hit]) -> list[Hit]:
    """As they stand in the text."""
    return sorted(hits, key=lambda hit: hit.positions)


def _spread(hit: Hit) -> int:
    return hit.positions[-1] - hit.positions[0]


def positions_of(hits: Iterable[Hit]) -> set[int]:
    """Every token that one of the hits takes."""
    return {at for hit in hits for at in hit.positions}


def without_overlap(hits: Iterable[Hit], taken: Collection[int] = ()) -> list[Hit]:
    """The hits of most words first; none takes a word of another or of `taken`."""
    taken = set(taken)
    chosen: list[Hit] = []
    for hit in _best_first(hits):
        if taken.isdisjoint(hit.positions):
            taken.update(hit.positions)
            chosen.append(hit)
    return chosen


def with_loose(chosen: list[Hit], hits: Iterable[Hit]) -> list[Hit]:
    """Also the loose hits: "pain and swelling in the knee" says two things of one knee."""
    added = list(chosen)
    for hit in _best_first(hits):
        own = set(hit.positions)
        swallowed = {known for known in added if own > set(known.positions)}
        others = [known for known in added if known not in swallowed]
        shared = own & {at for known in others for at in known.positions}
        same = any(
            known.concept_id == hit.concept_id and own & set(known.positions) for known in others
        )
        if same or 2 * len(shared) > len(own) or any(own <= set(k.positions) for k in others):
            continue
        added = [*others, hit]
    return added
