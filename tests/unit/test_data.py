from __future__ import annotations

import dataclasses
import inspect
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.engine import data
from dlcore.engine.data import prepare, prepared_arrays, scaled, scaling_constants, split_rows, with_wrong_labels
from dlcore.errors import Invalid
from dlcore.experiment import Experiment, Part


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    data._cache.clear()


def of(dataset: str, settings: dict[str, Any] | None = None, **changes: Any) -> Experiment:
    return Experiment(dataset=Part(dataset, settings or {}), **changes)


def shares(labels: np.ndarray) -> np.ndarray:
    return np.bincount(labels.reshape(-1).astype(int)) / len(labels)


def test_same_seed_gives_bitwise_the_same_arrays_and_another_seed_does_not() -> None:
    first = prepare(of("digits", seed=3, label_noise=0.2))
    data._cache.clear()
    again, other = prepare(of("digits", seed=3, label_noise=0.2)), prepare(of("digits", seed=4, label_noise=0.2))
    assert again is not first and all(np.array_equal(again.arrays[name], array) for name, array in first.arrays.items())
    assert not np.array_equal(first.x_train, other.x_train)


def test_every_row_is_in_one_set_only() -> None:
    labels = np.arange(101) % 4
    parts = split_rows(labels, 4, 0, 0.2, 0.1, seed=0)
    assert [len(part) for part in parts] == [71, 20, 10]
    assert sorted(np.concatenate(parts)) == list(range(101))


@pytest.mark.parametrize("seed", range(5))
def test_each_set_holds_the_classes_in_proportion(seed: int) -> None:
    labels = np.repeat([0, 1, 2], [500, 90, 10])
    for part in split_rows(labels, 3, 0, 0.2, 0.1, seed):
        expected = np.array([500, 90, 10]) / 600 * len(part)
        assert np.all(np.abs(np.bincount(labels[part], minlength=3) - expected) <= 1)


def test_rows_used_are_limited_in_proportion_too() -> None:
    prepared = prepare(of("breast_cancer", examples=100))
    assert (len(prepared.x_train), len(prepared.x_val), len(prepared.x_test)) == (70, 20, 10)
    whole = np.concatenate([prepared.y_train, prepared.y_val, prepared.y_test])
    assert shares(whole) == pytest.approx([212 / 569, 357 / 569], abs=0.02)


def test_a_training_set_is_not_sorted_by_class() -> None:
    labels = np.repeat([0, 1], 500)
    train, _, _ = split_rows(labels, 2, 0, 0.2, 0.1, seed=0)
    changes = np.count_nonzero(np.diff(labels[train]))
    assert 250 < changes < 450  # a fair coin: about half of 699


def test_a_validation_share_of_zero_leaves_no_validation_rows() -> None:
    prepared = prepare(of("iris", validation=0.0, test=0.0))
    assert prepared.x_val.shape == (0, 4) and prepared.x_test.shape == (0, 4) and len(prepared.x_train) == 150


def test_a_small_share_of_few_rows_is_one_row() -> None:
    assert [len(part) for part in split_rows(np.arange(3.0), 0, 0, 0.05, 0.05, seed=0)] == [1, 1, 1]


def test_shares_that_leave_nothing_to_train_on_are_refused_with_the_numbers() -> None:
    with pytest.raises(Invalid, match="2 rows, of which 1 for validation and 1 for the test, leave none") as refused:
        prepare(of("iris", examples=2))
    assert "more rows" in refused.value.hint


def test_statistics_come_from_training_rows_only() -> None:
    raw = {"x": np.arange(40, dtype="float32").reshape(20, 2), "y": np.arange(20) % 2}
    arguments = {"task": "classes", "classes": 2, "scaling": "standardize", "examples": 0, "test": 0.2, "label_noise": 0.0, "seed": 0}
    made = prepared_arrays(raw, validation=0.2, **arguments)
    train, val, _ = split_rows(raw["y"], 2, 0, 0.2, 0.2, seed=0)
    moved = {"x": raw["x"].copy(), "y": raw["y"]}
    moved["x"][val] += 1000
    assert made["constants"] == prepared_arrays(moved, validation=0.2, **arguments)["constants"]
    assert made["constants"]["mean"] == pytest.approx(raw["x"][train].mean(axis=0))
    assert made["x_train"].mean(axis=0) == pytest.approx([0, 0], abs=1e-6) and made["x_train"].std(axis=0) == pytest.approx([1, 1])


def test_a_constant_feature_is_centred_and_not_blown_up() -> None:
    x = np.stack([np.full(30, 0.1), np.linspace(0, 1, 30)], axis=1).astype("float32")
    constants = scaling_constants(x, "standardize")
    assert constants["scale"][0] == 1.0 and np.all(np.abs(scaled(x, constants)[:, 0]) < 1e-6)


def test_bytes_become_exactly_x_over_255() -> None:
    x = np.arange(256, dtype="uint8").reshape(1, 16, 16, 1)
    assert np.array_equal(scaled(x, scaling_constants(x, "bytes")), x.astype("float32") / np.float32(255))


def test_constants_survive_json_bitwise() -> None:
    prepared = prepare(of("wine"))
    assert np.array_equal(np.float32(json.loads(json.dumps(prepared.constants))["scale"]), np.float32(prepared.constants["scale"]))


def test_wrong_labels_are_exactly_the_share_and_never_the_old_label() -> None:
    labels = np.arange(1000) % 5
    noisy = with_wrong_labels(labels, 0.3, 5, seed=1)
    wrong = noisy != labels
    assert wrong.sum() == 300 and set(noisy) == {0, 1, 2, 3, 4}
    assert np.bincount((noisy - labels)[wrong] % 5, minlength=5)[1:].min() > 50  # each other class about equally often


def test_wrong_binary_labels_are_flipped() -> None:
    labels = (np.arange(100) % 2).astype("float32").reshape(-1, 1)
    noisy = with_wrong_labels(labels, 0.25, 2, seed=1)
    assert noisy.dtype == np.float32 and set(noisy.ravel()) == {0.0, 1.0} and (noisy != labels).sum() == 25


def test_blurred_targets_move_by_the_share_of_their_spread() -> None:
    targets = np.random.default_rng(0).normal(5, 2, (5000, 1)).astype("float32")
    noisy = with_wrong_labels(targets, 0.5, 0, seed=1)
    assert (noisy - targets).std() == pytest.approx(0.5 * targets.std(), rel=0.05)


@pytest.mark.parametrize("dataset", ["digits", "moons", "diabetes"])
def test_label_noise_touches_training_labels_only(dataset: str) -> None:
    clean, noisy = prepare(of(dataset)), prepare(of(dataset, label_noise=0.5))
    for name, array in clean.arrays.items():
        assert np.array_equal(array, noisy.arrays[name]) == (name != "y_train")


@pytest.mark.parametrize(
    ("dataset", "dtype", "shape"),
    [("digits", "int64", ()), ("xor", "float32", (1,)), ("diabetes", "float32", (1,)), ("sines", "float32", (1,))],
)
def test_targets_have_the_form_that_keras_losses_want(dataset: str, dtype: str, shape: tuple[int, ...]) -> None:
    prepared = prepare(standing_in_for(dataset))
    for y in (prepared.y_train, prepared.y_val, prepared.y_test):
        assert y.dtype == dtype and y.shape[1:] == shape
    assert prepared.x_train.dtype == np.float32


def standing_in_for(dataset: str) -> Any:
    """What `prepare` reads of an experiment, without a model that must accept the input."""
    spec = registry.find("datasets", dataset)
    settings = {field.name: field.default for field in spec.fields}
    return SimpleNamespace(
        dataset_spec=spec, dataset=Part(dataset, settings), shape=spec.shape(settings), examples=0, validation=0.2, test=0.1,
        label_noise=0.0, seed=0, data_seed=0,
    )  # fmt: skip


def test_a_test_set_that_comes_with_the_data_is_used_whole() -> None:
    raw = {"x": np.zeros((50, 3)), "y": np.arange(50) % 2, "x_test": np.ones((7, 3)), "y_test": np.ones(7, "int64")}
    made = prepared_arrays(raw, task="classes", classes=2, scaling="none", examples=10, validation=0.2, test=0.5, label_noise=0.0, seed=0)
    assert [len(made[name]) for name in ("x_train", "x_val", "x_test")] == [8, 2, 7]
    assert np.all(made["x_test"] == 1) and np.all(made["y_test"] == 1)


def test_the_same_data_are_prepared_once() -> None:
    first = prepare(of("digits", epochs=3))
    assert prepare(of("digits", epochs=7, batch_size=8)) is first
    assert prepare(of("digits", validation=0.3)) is not first


def test_prepared_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        prepare(of("iris")).x_train[0, 0] = 5


def test_the_cache_drops_what_was_used_longest_ago() -> None:
    cache = data._Cache(10)
    made: list[str] = []

    def get(key: str, size: int = 4) -> None:
        cache.get(key, lambda: made.append(key), lambda _: size)

    for key in ("a", "b", "a", "c", "a", "b"):
        get(key)
    assert made == ["a", "b", "c", "b"]
    get("larger than the cache", 99)
    get("larger than the cache", 99)
    assert made.count("larger than the cache") == 1


def test_the_hash_tells_data_apart_and_not_splits() -> None:
    assert prepare(of("digits")).hash == prepare(of("digits", validation=0.4, seed=9)).hash
    assert prepare(of("moons", seed=1)).hash != prepare(of("moons", seed=2)).hash


def test_class_names_are_there_for_every_class() -> None:
    assert prepare(of("spirals", {"classes": 4})).class_names == ("0", "1", "2", "3")
    assert prepare(of("breast_cancer")).class_names == ("malignant", "benign")
    assert prepare(of("diabetes")).class_names == ()


@pytest.mark.parametrize("dataset", ["digits", "breast_cancer", "diabetes", "blobs"])
def test_the_copied_sources_alone_make_bitwise_the_same_arrays(dataset: str) -> None:
    experiment = of(dataset, examples=120, label_noise=0.1, seed=5)
    names: dict[str, Any] = {}
    script = ["from __future__ import annotations", "import numpy as np", *map(inspect.getsource, data.SOURCES)]
    exec("\n".join([*script, inspect.getsource(experiment.dataset_spec.load).replace("Any", "object")]), names)
    made = names["prepared_arrays"](names["load"](seed=5, **experiment.dataset.settings), **data.preparation(experiment))
    prepared = prepare(experiment)
    for name, array in prepared.arrays.items():
        assert made[name].dtype == array.dtype and np.array_equal(made[name], array)
    assert made["constants"] == prepared.constants


def test_preparation_names_every_field_that_decides_the_arrays() -> None:
    fields = {field.name for field in dataclasses.fields(Experiment)}
    assert set(data.preparation(of("iris"))) - {"task", "classes", "scaling"} <= fields


def test_runs_of_other_seeds_can_share_one_split() -> None:
    first, second = (prepare(Experiment(seed=seed, split_seed=7)) for seed in (1, 2))
    assert first.x_val is second.x_val
    assert not np.array_equal(prepare(Experiment(seed=1)).x_val, first.x_val)
    assert np.array_equal(prepare(Experiment(seed=7)).x_val, first.x_val)
