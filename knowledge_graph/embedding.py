"""Text → vector. One Protocol; the shipped model is all-MiniLM-L6-v2 on ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge_graph.domain.errors import KnowledgeMissing
from knowledge_graph.domain.evidence import Document, EvidenceClass, Extract, Passage
from knowledge_graph.embedding_model import MODEL_FILE, TOKENIZER_FILE, build_model
from knowledge_graph.language import detect_language

__all__ = ["Embedder", "MiniLmEmbedder", "Vectors", "build_model", "embed_passages"]

Vectors = NDArray[np.float32]

_WORDS_OF_A_TERM = 20
_LONGEST = 128
"""Tokens read of each text. The model was trained on 128; the rest is left to the word index."""


class Embedder(Protocol):
    """Texts to vectors of unit length. A text the model cannot read gets a row of zeros."""

    @property
    def name(self) -> str:
        """Names model and settings: vectors of different names are never compared."""

    @property
    def dimensions(self) -> int:
        """Length of each vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 [len(texts), dimensions]."""


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 on ONNX Runtime. English only: Chinese texts get a row of zeros."""

    def __init__(self, model_folder: Path, threads: int = 0) -> None:
        """`model_folder`: what build_model wrote. `threads`: 0 lets the runtime decide.

        Raises KnowledgeMissing when the model has not been built there.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        if not (model_folder / MODEL_FILE).is_file():
            raise KnowledgeMissing(
                f"No embedding model in {model_folder}; build it with build_model(folder)"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Waiting threads sleep: the cores belong to the extraction that runs beside.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            str(model_folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(model_folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(max_length=_LONGEST)
        self._tokenizer.enable_padding()

    @property
    def name(self) -> str:
        """The model and how much of a text it reads."""
        return f"all-MiniLM-L6-v2/int8/{_LONGEST}"

    @property
    def dimensions(self) -> int:
        """384."""
        return 384

    def embed(self, texts: Sequence[str], batch: int = 16) -> Vectors:
        """One unit row per text. Texts of like length share a batch, so little is padded."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        readable = [row for row, text in enumerate(texts) if detect_language(text) == "en"]
        readable.sort(key=lambda row: len(texts[row]))
        for start in range(0, len(readable), batch):
            rows = readable[start : start + batch]
            vectors[rows] = self._run([texts[row] for row in rows])
        return vectors

    def _run(self, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(list(texts))
        inputs = {
            "input_ids": np.array([item.ids for item in encoded], dtype=np.int64),
            "attention_mask": np.array([item.attention_mask for item in encoded], dtype=np.int64),
        }
        vectors: Vectors = self._session.run(None, inputs)[0]
        return vectors


def passage_text(document: Document, passage: Passage) -> str:
    """What is embedded of a passage: its title first, because a question resembles a title."""
    heading = (
        document.title
        if passage.section in ("", document.title)
        else (f"{document.title}. {passage.section}")
    )
    text = passage.text
    if document.evidence is EvidenceClass.VOCABULARY:
        # A term is looked up by its name and the first words of its definition; its words are all
        # in the word index. Embedding every word of 31,000 terms would double the first start.
        text = " ".join(text.split(maxsplit=_WORDS_OF_A_TERM)[:_WORDS_OF_A_TERM])
    return f"{heading}. {text}"


def embed_passages(embedder: Embedder, extracts: Sequence[Extract]) -> Vectors:
    """Vectors of all passages of the extracts, in order: what PassageStore.write takes."""
    return embedder.embed(
        [
            passage_text(extract.document, passage)
            for extract in extracts
            for passage in extract.passages
        ]
    )
