"""A deterministic stand-in for the embedding model: texts that share words are near."""

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from knowledge_graph.embedding import Vectors
from knowledge_graph.language import detect_language


class WordEmbedder:
    """A bag of words hashed into 384 dimensions; like the real model it cannot read Chinese."""

    name = "words-for-tests"
    dimensions = 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            if detect_language(text) == "en":
                for word in re.findall(r"[a-z0-9]+", text.lower()):
                    digest = blake2b(word.encode(), digest_size=4).digest()
                    vectors[row, int.from_bytes(digest) % self.dimensions] += 1.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
