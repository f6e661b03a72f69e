"""t-SNE of a layer: the arithmetic of neighbours against scikit-learn's own, the job against scikit-learn on the layer's numbers."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.services import embedding
from dlcore.theory import neighbours

SMALL = Experiment().with_(examples=200, validation=0.5, layers=(16, 8), epochs=1)


@pytest.mark.parametrize("perplexity", [2.0, 10.0, 40.0])
def test_affinities_are_those_of_scikit_learn(perplexity: float) -> None:
    from sklearn.manifold import _utils

    points, _ = neighbours.clumps(0)
    squared = np.sum((points[:, None] - points[None]) ** 2, axis=-1)
    others = squared[~np.eye(len(points), dtype=bool)].reshape(len(points), -1).astype("float32")
    expected = _utils._binary_search_perplexity(others, perplexity, 0)
    for row in (0, 40, 89):
        p, _ = neighbours.affinities(others[row], perplexity)
        np.testing.assert_allclose(p, expected[row], rtol=2e-3, atol=1e-6)


def test_perplexity_is_what_was_asked_for_and_sigma_grows_with_it() -> None:
    squared = np.linspace(0.1, 5, 60) ** 2
    found = [neighbours.affinities(squared, perplexity) for perplexity in (2, 5, 20, 50)]
    assert [neighbours.effective(p) for p, _ in found] == pytest.approx([2, 5, 20, 50], rel=1e-6)
    assert np.all(np.diff([sigma for _, sigma in found]) > 0)
    assert neighbours.effective(np.full(8, 1 / 8)) == pytest.approx(8)


def test_more_perplexity_than_neighbours_weighs_all_alike() -> None:
    p, _ = neighbours.affinities(np.array([1.0, 2.0, 3.0]), 50)
    assert p == pytest.approx([1 / 3] * 3)


def test_layers_are_counted_as_the_job_counts_them() -> None:
    assert embedding.layers(SMALL) == ["inputs, 64 values", "layer 1, 16 units", "layer 2, 8 units", "logits, 10 values"]
    normal = SMALL.with_(batch_norm=True, dropout=0.3, activation="leaky_relu")
    assert embedding.layers(normal) == embedding.layers(SMALL)
    assert embedding.layers(Experiment().with_(model="cnn", filters=(4,)))[1] == "layer 1, 4 filters"


def laid_out(experiment: Experiment, **inputs: Any) -> tuple[dict[str, Any], dict[str, np.ndarray], list[float]]:
    from dlcore.engine import build, checkpoint

    arrays = {path: np.asarray(variable) for path, variable in build.variables_of(build.model_of(experiment)).items()}
    told: list[float] = []
    asked = {"experiment": json.loads(experiment.to_json()), "layer": 1, "perplexity": 10, "seed": 3, "points": 60, **inputs}
    result, artefact = registry.find("jobs", "tsne").perform(asked, {"checkpoint": checkpoint.pack(arrays, {})}, told.append)
    assert artefact
    with np.load(io.BytesIO(artefact), allow_pickle=False) as found:
        return result, dict(found), told


@pytest.mark.keras
def test_layout_is_scikit_learns_of_the_layers_own_numbers() -> None:
    from sklearn.manifold import TSNE, trustworthiness

    from dlcore.engine import build
    from dlcore.engine.data import prepare

    made, rows = build.model_of(SMALL), prepare(SMALL)
    x = rows.x_val[:60]
    hidden = np.asarray(made.layers[1](made.layers[0](x)))
    result, arrays, told = laid_out(SMALL)
    plane = TSNE(perplexity=10, random_state=3, init="pca").fit_transform(hidden)
    np.testing.assert_allclose(arrays["plane"], plane, rtol=1e-3, atol=1e-2)
    assert result["trustworthiness"] == pytest.approx(trustworthiness(hidden, plane, n_neighbors=5), abs=1e-3)
    assert (result["rows"], result["values"], result["perplexity"]) == (60, 16, 10)
    np.testing.assert_allclose(arrays["x"], x, atol=1e-6)
    assert arrays["y"].tolist() == rows.y_val[:60].tolist() and arrays["said"].shape == (60,)
    assert told == sorted(told) and told[-1] < 1


@pytest.mark.keras
def test_inputs_and_logits_are_layers_too_and_perplexity_fits_the_rows() -> None:
    assert laid_out(SMALL, layer=0, points=12)[0]["values"] == 64
    result, _, _ = laid_out(SMALL, layer=3, points=31, perplexity=100)
    assert result["values"] == 10 and result["perplexity"] == 10


@pytest.mark.keras
@pytest.mark.parametrize(
    ("settings", "inputs", "says"),
    [({}, {"layer": 4}, "layer = 4 is not allowed"), ({}, {"points": 5}, "too few"), ({"bias": -10.0}, {"layer": 2}, "same numbers")],
)
def test_what_cannot_be_laid_out_is_refused(settings: dict[str, Any], inputs: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        laid_out(SMALL.with_(**settings), **inputs)
