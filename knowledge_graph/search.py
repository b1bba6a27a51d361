"""Hybrid search: words, vectors and the graph's neighbourhood → ranked, cited passages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import (
    Citation,
    Document,
    EvidenceClass,
    Passage,
    PassageId,
)
from knowledge_graph.knowledge import Knowledge
from knowledge_graph.language import detect_language
from knowledge_graph.lexical import aspects_in_english, coverage

_EACH = 60
"""How many passages each way of searching may propose."""
_FUSION = 60.0
"""Constant of reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009)."""
_WORDS, _NAMES, _VECTOR, _GRAPH = 1.0, 0.3, 2.5, 0.1
"""Weights of the question's words, its concepts' names, its meaning and mentions, chosen on questions
about MedQuAD's subjects put in other words: the right answer is first for 59 %, in five for 77 %."""
_OWN_LANGUAGE = 2.5
"""Passages a reader can read come before others that are about as good."""
# Below these a passage does not bear on the question; each is enough alone.
_LEAST_COSINE = 0.5
_LEAST_COVERAGE = 0.6
# A passage that speaks of a concept of the question needs less of the rest.
_LEAST_COSINE_WITH_WORDS = 0.28
_LEAST_COSINE_WITH_CONCEPT = 0.35
_LEAST_COVERAGE_WITH_CONCEPT = 0.4
_MOST = 0.5
"""Of a question's words, as parts of concepts' names: then any passage on the concepts will do."""
_NAMES_PER_CONCEPT = 2
_QUOTE_LENGTH = 240

Ranking = Sequence[PassageId]


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found. `score` orders the hits of one search; it has no meaning across two."""

    passage: Passage
    document: Document
    score: float
    citation: Citation


@dataclass(frozen=True, slots=True)
class _Question:
    """A query, the concepts in it, and what to look for in English."""

    text: str
    language: str
    concept_ids: tuple[ConceptId, ...]
    names: str
    meaning: str
    terms: Mapping[str, float]
    name_terms: Mapping[str, float]
    is_about_concepts: bool


@dataclass(frozen=True, slots=True)
class _Proposals:
    """What the ways of searching propose: rankings with weights, cosines, mentioning passages."""

    rankings: tuple[tuple[float, Ranking], ...]
    cosines: Mapping[PassageId, float]
    mentioning: frozenset[PassageId]

    def scores(self) -> dict[PassageId, float]:
        """Reciprocal rank fusion of all rankings."""
        fused: dict[PassageId, float] = {}
        for weight, ranking in self.rankings:
            for rank, passage_id in enumerate(ranking):
                fused[passage_id] = fused.get(passage_id, 0.0) + weight / (_FUSION + rank)
        return fused

    def is_relevant(self, question: _Question, document: Document, passage: Passage) -> bool:
        """Whether a passage is near enough in meaning, or holds enough of the question's words."""
        is_on_concept = passage.id in self.mentioning
        if is_on_concept and question.is_about_concepts:
            return True
        text = f"{document.title} {passage.section} {passage.text}"
        held = max(coverage(question.terms, text), coverage(question.name_terms, text))
        cosine = self.cosines.get(passage.id)
        if cosine is None:  # no vector: the model cannot read the passage or the question
            return held >= _LEAST_COVERAGE
        enough, with_words = (
            (_LEAST_COSINE_WITH_CONCEPT, _LEAST_COVERAGE_WITH_CONCEPT)
            if is_on_concept
            else (_LEAST_COSINE, _LEAST_COVERAGE)
        )
        return cosine >= enough or (cosine >= _LEAST_COSINE_WITH_WORDS and held >= with_words)


def search(
    knowledge: Knowledge,
    query: str,
    language: str,
    limit: int = 10,
    sources: Sequence[str] | None = None,
    proposed: int = _EACH,
) -> tuple[Hit, ...]:
    """Passages that bear on a question, best first; () when nothing does.

    `proposed`: how many passages each way of searching may propose. `language`: the reader's;
    passages in it are preferred. Without `sources`, everything but
    patients' records is searched: those must be asked for by name.
    """
    wanted = _searched_sources(knowledge, sources)
    if limit < 1 or not wanted or not query.strip():
        return ()
    question = _read(knowledge, query)
    proposals = _propose(knowledge, question, wanted, proposed)
    scores = proposals.scores()
    passages = knowledge.passages.passages_of(scores)
    for passage_id, passage in passages.items():
        if passage.language == language:
            scores[passage_id] *= _OWN_LANGUAGE
    order = sorted(passages.values(), key=lambda item: (-scores[item.id], item.id))
    found = (
        Hit(passage, document, scores[passage.id], cite(document, passage))
        for passage in order
        for document in [knowledge.passages.document(passage.document_id)]
        # The graph proposes passages of every source.
        if document is not None and document.source in wanted
        if proposals.is_relevant(question, document, passage)
    )
    return tuple(islice(found, limit))


def _searched_sources(knowledge: Knowledge, sources: Sequence[str] | None) -> tuple[str, ...]:
    known = knowledge.passages.sources()
    if sources is not None:
        return tuple(name for name in sources if name in known)
    public = (name for name, (kind, _) in known.items() if kind is not EvidenceClass.RECORDS)
    return tuple(public)


def _read(knowledge: Knowledge, query: str) -> _Question:
    language = detect_language(query)
    text = knowledge.speller.correct(query) if language == "en" else query
    mentions = knowledge.finder.find(text, language)
    concept_ids = tuple(dict.fromkeys(mention.concept_id for mention in mentions))
    described = [knowledge.graph.concept(concept_id) for concept_id in concept_ids]
    own_names = [
        name
        for concept in described
        if concept is not None
        for name in concept.names.get("en", ())[:_NAMES_PER_CONCEPT]
    ]
    names = " ".join(dict.fromkeys(own_names))
    meaning = text
    if language != "en":
        # The embedding model reads English only, and most passages are in English.
        names = meaning = " ".join(filter(None, (names, names and aspects_in_english(text))))
    weigh = knowledge.passages.term_weights
    terms = weigh(text)
    return _Question(
        text=text,
        language=language,
        concept_ids=concept_ids,
        names=names,
        meaning=meaning,
        terms=terms,
        name_terms=weigh(names),
        is_about_concepts=coverage(terms, " ".join(item.text for item in mentions)) >= _MOST,
    )


def _propose(
    knowledge: Knowledge, question: _Question, sources: Collection[str], each: int
) -> _Proposals:
    passages = knowledge.passages
    vector = knowledge.embedder.embed([question.meaning])[0]
    near = passages.search_vector(vector, each, sources)
    mentioning = [key for key, _ in knowledge.graph.passages_mentioning(question.concept_ids, each)]
    words = passages.search_text(question.text, each, question.language, sources)
    # Names that are the question's own words would only propose the same passages again.
    is_told_apart = set(question.name_terms) != set(question.terms)
    names = passages.search_text(question.names, each, "en", sources) if is_told_apart else []
    is_english = question.language == "en"
    rankings = (
        (_WORDS, [key for key, _ in words]),
        (_NAMES if is_english else _WORDS, [key for key, _ in names]),
        # The meaning of a Chinese question is only guessed, from the names of its concepts.
        (_VECTOR if is_english else _WORDS, [key for key, _ in near]),
        (_GRAPH, mentioning),
    )
    proposed = {key for _, ranking in rankings for key in ranking}
    cosines = passages.cosines(vector, proposed)
    return _Proposals(rankings, cosines, frozenset(mentioning))


def cite(document: Document, passage: Passage) -> Citation:
    """The citation of a passage, with its beginning as the quote."""
    return Citation(
        document_id=document.id,
        title=document.title,
        source=document.source,
        url=document.url,
        year=document.published.year if document.published else None,
        passage_id=passage.id,
        quote=_beginning(passage.text),
    )


def _beginning(text: str) -> str:
    """The first sentences that fit, else as many words as fit."""
    flat = " ".join(text.split())
    if len(flat) <= _QUOTE_LENGTH:
        return flat
    head = flat[:_QUOTE_LENGTH]
    end = max(head.rfind(mark) for mark in (". ", "? ", "! ", "。", "？", "！"))
    if end > _QUOTE_LENGTH // 3:
        return head[: end + 1]
    return head.rsplit(" ", 1)[0] + " …"
