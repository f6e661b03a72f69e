"""The description of a data set: what a run would get, and nothing else."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.charts.balance import balance
from dlcore.charts.distributions import distribution
from dlcore.charts.points import points
from dlcore.charts.samples import as_bytes, images
from dlcore.charts.sequences import sequences
from dlcore.datasets._files import is_available
from dlcore.engine.data import prepare
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs.describe import GRID, _edges, perform
from dlcore.services.describing import only_data

OFFLINE = [name for name, spec in registry.built_in("datasets").items() if spec.origin != "download" and spec.origin != "file"]


def _described(**changes: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    fractions: list[float] = []
    experiment = Experiment().with_(**{"model": "mlp"} | changes)
    facts, artefact = perform({"experiment": json.loads(experiment.to_json())}, {}, fractions.append)
    assert artefact is not None and fractions == sorted(fractions) and 0 <= fractions[0] <= fractions[-1] <= 1
    json.dumps(facts, allow_nan=False)
    with np.load(io.BytesIO(artefact), allow_pickle=False) as arrays:
        return facts, dict(arrays)


@pytest.mark.parametrize("name", OFFLINE)
def test_every_offline_data_set_is_described_as_a_run_gets_it(name: str) -> None:
    data = registry.find("datasets", name)
    shape = data.shape({field.name: field.default for field in data.fields})
    model = next(one.name for one in registry.members("models").values() if shape.kind in one.accepts and one.fits(shape))
    facts, samples = _described(dataset=name, model=model, label_noise=0.1)
    prepared = prepare(Experiment().with_(dataset=name, model=model, label_noise=0.1))
    assert [tuple(array["shape"]) for array in facts["arrays"]] == [
        prepared.arrays[f"{letter}_{part}"].shape for part in ("train", "val", "test") for letter in ("x", "y")
    ]
    assert [array["bytes"] for array in facts["arrays"]] == [prepared.arrays[array["name"]].nbytes for array in facts["arrays"]]
    assert facts["scaling"] == prepared.constants
    assert len(samples["x"]) == len(samples["y"]) == len(samples["true"]) == len(samples["part"])
    if facts["classes"]:
        y = prepared.y_train[:, -1] if shape.per_step else prepared.y_train  # of a sequence the last step stands for it
        assert facts["balance"]["train"] == np.bincount(y.reshape(-1).astype(int), minlength=len(facts["classes"])).tolist()
        assert facts["wrong"] == pytest.approx(0.1 * len(y), rel=0.3 if shape.per_step else 0, abs=0.5)


def test_wrong_labels_are_in_the_training_part_only() -> None:
    facts, samples = _described(dataset="moons", label_noise=0.3, **{"dataset.rows": 500})
    wrong = samples["y"] != samples["true"]
    assert len(samples["y"]) == 500 and wrong.sum() == facts["wrong"] == 105
    assert set(samples["part"][wrong]) == {0}


def test_without_noise_no_label_is_wrong() -> None:
    facts, samples = _described(dataset="iris")
    assert facts["wrong"] == 0 and (samples["y"] == samples["true"]).all()


def test_samples_show_all_classes_alike() -> None:
    _, samples = _described(dataset="digits")
    assert set(np.bincount(samples["true"])) == {24}
    assert samples["means"].shape == (10, 8, 8, 1)


def test_histograms_count_every_training_row_once() -> None:
    facts, _ = _described(dataset="wine")
    for histogram in facts["histograms"]:
        assert np.sum(histogram["counts"]) == facts["rows"]["train"] == facts["counted"]
        assert len(histogram["counts"]) == 3 and len(histogram["counts"][0]) == len(histogram["edges"]) - 1


def test_summary_is_of_the_raw_values() -> None:
    facts, _ = _described(dataset="iris", validation=0, test=0)
    from sklearn.datasets import load_iris

    raw = load_iris().data
    for feature, column in zip(facts["features"], raw.T, strict=True):
        assert feature["mean"] == pytest.approx(column.mean(), rel=1e-5) and feature["std"] == pytest.approx(column.std(), rel=1e-4)
        assert (feature["least"], feature["most"]) == pytest.approx((column.min(), column.max()))


def test_values_on_a_grid_get_a_bin_each() -> None:
    assert np.allclose(_edges(np.array([0.0, 0.25, 1.0, 0.5])), [-0.125, 0.125, 0.375, 0.625, 0.875, 1.125])
    assert len(_edges(np.linspace(0, 1, 10 * GRID))) == 25
    assert len(_edges(np.array([0.0, 1.0, np.pi]))) == 25
    assert _edges(np.array([3.0, 3.0]))[0] < 3 < _edges(np.array([3.0]))[-1]


def test_shares_that_leave_nothing_are_refused_in_a_sentence() -> None:
    with pytest.raises(Invalid, match="leave none to train on"):
        _described(dataset="iris", examples=2, validation=0.45, test=0.45)


def test_experiments_with_the_same_data_are_described_by_the_same_job() -> None:
    one = Experiment().with_(dataset="moons", layers=[4], epochs=3, learning_rate=0.1, label_noise=0.2)
    other = Experiment().with_(dataset="moons", model="mlp", optimizer="sgd", label_noise=0.2)
    assert only_data(one) == only_data(other) != only_data(one.with_(label_noise=0.1))
    assert only_data(Experiment().with_(dataset="sines", model="rnn", loss="mae")).dataset.name == "sines"


def test_balance_lies_for_few_classes_and_stands_for_many() -> None:
    few = balance({"training": [3, 4]}, ["a", "b"]).to_dict()
    many = balance({"training": list(range(100))}, [f"c{number}" for number in range(100)]).to_dict()
    assert few["encoding"]["y"]["field"] == many["encoding"]["x"]["field"] == "class"


def test_distribution_stacks_the_classes_it_has() -> None:
    chart = distribution({"edges": [0, 1, 2], "counts": [[1, 2], [3, 0]]}, "age", ["a", "b"], ["#000000"]).to_dict()
    (rows,) = chart["datasets"].values()
    assert [(row["class"], row["rows"]) for row in rows] == [("a", 1), ("a", 2), ("b", 3)]
    assert distribution({"edges": [0, 1], "counts": [[5]]}, "age", (), ["#000000"]).to_dict()["encoding"]["color"]["legend"] is None


def test_points_ring_wrong_labels() -> None:
    x, y = np.zeros((3, 2)), np.array([0, 1, 1])
    known = {"axes": ("x1", "x2"), "classes": ["a", "b"], "colours": ["#000000", "#ffffff"], "parts": ["training"]}
    part = np.zeros(3, int)
    assert "layer" not in points(x, y, y, part, **known).to_dict()  # type: ignore[arg-type]
    ringed = points(x, y, np.array([0, 1, 0]), part, **known).to_dict()  # type: ignore[arg-type]
    assert min(len(rows) for rows in ringed["datasets"].values()) == 1


def test_sequences_end_in_their_target() -> None:
    chart = sequences(np.zeros((2, 5, 1)), np.array([1.0, 2.0]), names=["a", "b"], colours=["#000000"], target="next").to_dict()
    assert sorted(len(rows) for rows in chart["datasets"].values()) == [2, 10]


def test_images_say_what_they_are_and_what_they_are_called() -> None:
    drawn = images(np.zeros((2, 4, 4, 1), "uint8"), ["cat", "<dog>"], ["cat", "owl"])
    assert drawn.count("<img") == 2 and 'alt="cat"' in drawn and "called &lt;dog&gt;, is owl" in drawn


def test_pixels_of_any_range_become_bytes() -> None:
    assert as_bytes(np.array([[[[0.0], [1.0]]]]))[0, 0, :, 0].tolist() == [0, 255]
    assert as_bytes(np.array([[[[0.0], [255.0]]]], "float32"))[0, 0, :, 0].tolist() == [0, 255]
    assert as_bytes(np.array([[[[-2.0], [2.0]]]]))[0, 0, :, 0].tolist() == [0, 255]
    assert as_bytes(np.zeros((1, 2, 2, 4))).shape == (1, 2, 2, 1)


@pytest.mark.skipif(not is_available("fashion_mnist"), reason="needs the files of Fashion-MNIST")
@pytest.mark.keras
def test_test_set_that_comes_with_the_data_is_described_whole() -> None:
    facts, samples = _described(dataset="fashion_mnist", examples=1000)
    assert facts["rows"] == {"train": 800, "val": 200, "test": 10_000}
    assert set(samples["part"]) == {0, 1, 2} and samples["x"].dtype == np.uint8
