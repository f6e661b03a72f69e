"""Accuracy as the compiled loop counts it."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("shape", [(64, 10), (32, 5, 7), (16, 2)])
def test_unrolled_accuracy_is_that_of_keras_ties_included(shape: tuple[int, ...]) -> None:
    import keras

    from dlcore.engine.accuracy import UnrolledAccuracy

    draw = np.random.default_rng(3)
    predicted = draw.integers(0, 4, shape).astype("float32")  # few values: many ties
    true = draw.integers(0, shape[-1], shape[:-1])
    ours, theirs = UnrolledAccuracy(), keras.metrics.SparseCategoricalAccuracy()
    for half in (slice(None, 10), slice(10, None)):
        ours.update_state(true[half], predicted[half])
        theirs.update_state(true[half], predicted[half])
    assert float(ours.result()) == float(theirs.result())


def test_a_column_of_targets_is_as_good_as_a_row() -> None:
    from dlcore.engine.accuracy import hits

    predicted = np.array([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]], "float32")
    assert np.asarray(hits(np.array([[1], [1], [0]]), predicted)).tolist() == [1.0, 0.0, 1.0]


def test_a_live_net_counts_unrolled_and_its_script_as_keras_does() -> None:
    import keras

    from dlcore.engine import build
    from dlcore.experiment import Experiment

    live, stock = (build.model_of(Experiment(), live) for live in (True, False))
    for model in (live, stock):
        model._compile_metrics.build(keras.KerasTensor((2,), "int64"), keras.KerasTensor((2, 10)))
    assert [type(m).__name__ for m in live._compile_metrics.metrics] == ["UnrolledAccuracy"]
    assert [type(m).__name__ for m in stock._compile_metrics.metrics] == ["SparseCategoricalAccuracy"]
