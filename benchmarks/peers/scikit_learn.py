"""scikit-learn's MLPClassifier, for the multilayer perceptrons."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from benchmarks.families import LEARNING_RATE, Family
from benchmarks.peers import Missing

PEERS = ("scikit-learn",)


def prepare(peer: str, family: Family) -> Callable[[int], None]:
    if family.kind != "mlp":
        raise Missing(f"scikit-learn has no {family.kind.upper()}")
    if family.dropout:
        raise Missing("scikit-learn has no dropout")
    from sklearn.neural_network import MLPClassifier

    x, y = family.arrays()
    net = MLPClassifier(
        family.units, batch_size=family.batch, learning_rate_init=LEARNING_RATE, alpha=0.0, tol=0.0, n_iter_no_change=1_000_000,
        warm_start=True, random_state=0,
    )  # fmt: skip
    warnings.filterwarnings("ignore", message="Stochastic Optimizer: Maximum iterations")

    def train(epochs: int) -> None:
        net.set_params(max_iter=epochs)
        net.fit(x, y)

    return train
