"""Bayes and information in one place: the core's model and imported models reason with the same."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def normalise(log_weights: Vector) -> Vector:
    """Probabilities out of natural-log weights of any size."""
    weights = np.exp(log_weights - np.max(log_weights))
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def binary_information(weights: Vector, chance: Matrix) -> Vector:
    """Mutual information, in bits, between each yes/no answer and the conditions.

    `weights`: probability of each condition. `chance`: P(yes | condition), answers by conditions.
    """
    return _binary_entropy(chance @ weights) - _binary_entropy(chance) @ weights


def information(weights: Vector, chances: NDArray[np.float64]) -> Vector:
    """The same for answers with several outcomes: `chances` is outcomes by answers by conditions."""
    expected = chances @ weights
    return np.asarray(_entropy(expected) - _entropy(chances) @ weights, dtype=np.float64)


def _binary_entropy(p: NDArray[np.float64]) -> NDArray[np.float64]:
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)), dtype=np.float64)


def _entropy(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the first axis."""
    p = np.clip(p, 1e-12, 1.0)
    return np.asarray(-(p * np.log2(p)).sum(axis=0), dtype=np.float64)
