"""Data sets for recurrent nets: each target is what its summary says, and ignorance scores what its baseline says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import Experiment, registry
from dlcore.datasets._verses import verses
from dlcore.engine.data import prepare, prepared_arrays, split_rows
from dlcore.errors import Invalid

DATASETS = registry.built_in("datasets")


def loaded(name: str, **given: Any) -> dict[str, np.ndarray]:
    spec = DATASETS[name]
    return spec.load(seed=3, **({field.name: field.default for field in spec.fields} | given))


def baseline(name: str, **given: Any) -> float:
    spec = DATASETS[name]
    assert spec.baseline
    return spec.baseline({field.name: field.default for field in spec.fields} | given).value


def test_the_sum_of_the_marked_numbers_is_to_be_said() -> None:
    found = loaded("adding", rows=4000, steps=20)
    values, marks = found["x"][..., 0], found["x"][..., 1]
    assert (marks[:, :10].sum(axis=1) == 1).all() and (marks[:, 10:].sum(axis=1) == 1).all()
    np.testing.assert_allclose((values * marks).sum(axis=1), found["y"], atol=1e-6)
    assert np.square(found["y"] - 1).mean() == pytest.approx(baseline("adding"), rel=0.06)


def test_symbols_are_to_be_said_again_after_the_signal() -> None:
    found = loaded("copy", rows=500, length=3, delay=4, symbols=6)
    x, y = found["x"][..., 0], found["y"]
    assert (x[:, :3] == y[:, -3:]).all() and (x[:, 7] == 7).all() and not x[:, 3:7].any() and not y[:, :-3].any()
    guessed = np.zeros_like(y)
    guessed[:, -3:] = 1
    assert (guessed == y).mean() == pytest.approx(baseline("copy", length=3, delay=4, symbols=6), abs=0.01)


def test_parity_counts_the_ones_so_far() -> None:
    every, last = loaded("parity", every_step=True), loaded("parity", every_step=False)
    assert (every["x"][..., 0].cumsum(axis=1) % 2 == every["y"]).all() and (every["y"][:, -1] == last["y"]).all()


def test_what_comes_later_is_to_be_said_now() -> None:
    found = loaded("look_ahead", rows=2000, steps=20, ahead=3)
    assert (found["y"][:, :-3] == found["x"][:, 3:, 0]).all() and not found["y"][:, -3:].any()
    assert (found["y"] == 0).mean() == pytest.approx(baseline("look_ahead", steps=20, ahead=3), abs=0.01)


@pytest.mark.parametrize("tree", ["random", "balanced", "chain"])
def test_an_expressions_value_is_its_trees(tree: str) -> None:
    spec = DATASETS["expressions"]
    found = loaded("expressions", rows=4000, leaves=5, tree=tree, modulus=3)
    assert spec.vocabulary
    names = spec.vocabulary({"modulus": 3})
    for tokens, value in zip(found["x"][:200, :, 0].astype(int), found["y"], strict=False):
        stack: list[str] = []
        for token in tokens:
            if token < 3:
                stack.append(names[token])
                continue
            right, left = stack.pop(), stack.pop()
            stack.append(f"({left}{names[token]}{right})")
        assert eval(stack[0].replace("×", "*").replace("−", "-")) % 3 == value
    most = np.bincount(found["y"]).max() / len(found["y"])
    assert most == pytest.approx(baseline("expressions", leaves=5, tree=tree, modulus=3), abs=0.02)


def test_a_balanced_tree_is_as_deep_as_the_logarithm_and_a_chain_as_long_as_it_is() -> None:
    deepest = {}
    for tree in ("balanced", "chain"):
        tokens = loaded("expressions", rows=50, leaves=16, tree=tree, modulus=3)["x"][0, :, 0]
        stack: list[int] = []
        for token in tokens:
            stack.append(0 if token < 3 else 1 + max(stack.pop(), stack.pop()))
        deepest[tree] = stack[0]
    assert deepest == {"balanced": 4, "chain": 15}


def test_words_end_in_three_ways_and_are_the_same_words() -> None:
    symbol, halt, length = (loaded("words", ending=ending) for ending in ("symbol", "halt", "length"))
    assert (symbol["y"] == halt["y"]).all() and (symbol["x"] == halt["x"]).all()
    assert (symbol["x"][:, 1:, 0] == symbol["y"][:, :-1]).all() and (symbol["x"][:, 0] == 27).all()
    sizes = (symbol["y"] < 26).sum(axis=1)
    assert (length["y"][:, 0] == 26 + sizes).all() and (length["y"][:, 1:] == symbol["y"][:, :-1]).all()
    assert (length["x"][:, 1, 1] == sizes).all() and (np.diff(length["x"][:, 1:, 1]) >= -1).all() and not length["x"][:, 0, 1].any()
    first = "".join(chr(97 + token) for token in symbol["y"][0][: sizes[0]])
    assert first in verses().lower().replace("'", " ").split()


def test_each_letter_is_followed_by_the_next() -> None:
    found, spec = loaded("characters", steps=10, stride=7), DATASETS["characters"]
    assert spec.vocabulary
    names = spec.vocabulary({})
    text = verses()
    assert "".join(names[int(token)] for token in found["x"][2, :, 0]) == text[14:24]
    assert "".join(names[token] for token in found["y"][2]) == text[15:25]
    assert text.count(" ") / len(text) == pytest.approx(baseline("characters"))


def test_a_series_is_cut_into_windows_in_the_order_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(1.0, 21.0)
    rows = "\n".join(f'"day {number}",{value}' for number, value in enumerate(values))
    (tmp_path / "monthly-sunspots.csv").write_text(f'"Month","Sunspots"\n{rows}\n')
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    found = loaded("time_series", series="sunspots", steps=4, ahead=2)
    mean = values.mean()
    np.testing.assert_allclose(found["x"][3, :, 0] * mean, [4, 5, 6, 7], rtol=1e-6)
    np.testing.assert_allclose(found["y"] * mean, values[5:], rtol=1e-6)
    relative = loaded("time_series", series="sunspots", steps=4, ahead=2, relative=True)
    np.testing.assert_allclose(relative["x"][3, :, 0] * mean, [-3, -2, -1, 0], atol=1e-5)
    np.testing.assert_allclose(relative["y"] * mean, np.full(15, 2.0), atol=1e-5)


@pytest.mark.parametrize("series", ["sea", "airline"])
def test_series_that_come_with_the_lab_need_no_file_and_are_of_the_length_and_mean_that_is_said(series: str) -> None:
    from dlcore.datasets import _series, time_series

    values = {"sea": _series.sea, "airline": _series.passengers}[series]()
    assert len(values) == time_series.LENGTHS[series] and values.mean() == pytest.approx(time_series.UNITS[series][0])
    assert Experiment().with_(**{"dataset": "time_series", "dataset.series": series}).dataset_spec.origin == "bundled"
    assert Experiment().with_(**{"dataset": "time_series", "dataset.series": "sunspots"}).dataset_spec.files


def test_a_made_up_review_is_for_the_film_where_most_of_its_own_opinions_are() -> None:
    found, spec = loaded("reviews", rows=300, opinions=5), DATASETS["reviews"]
    assert spec.vocabulary
    names = spec.vocabulary({})
    good, bad = (set(names[names.index(first) : names.index(first) + 10]) for first in ("great", "dull"))
    for tokens, liked in zip(found["x"][..., 0].astype(int), found["y"], strict=True):
        total = 0
        for opinion in " ".join(names[token] for token in tokens if token).replace(" but the", " and the").split(" and "):
            if not opinion.startswith("critics"):
                word = opinion.split()[-1]
                assert word in good | bad
                total += (1 if word in good else -1) * (-1 if set(opinion.split()) & {"not", "never", "hardly"} else 1)
        assert total % 2 and (total > 0) == liked


def test_reviews_are_read_from_a_file_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dlcore.datasets._files import is_available

    reviews = {
        "tokens": np.array([1, 7, 9, 1, 5, 6, 250, 8], "uint16"),
        "offsets": np.array([0, 3, 8], "uint32"),
        "labels": np.array([1, 0]),
    }
    parts = {f"{part}_{name}": array for part in ("train", "test") for name, array in reviews.items()}
    words = np.frombuffer("\n".join(f"w{k}" for k in range(300)).encode(), "uint8")
    np.savez(tmp_path / "imdb_acl_10k.npz", allow_pickle=False, vocab=words, **parts)
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    assert is_available("imdb")
    found = loaded("imdb", words=200, steps=4)
    assert found["x"][..., 0].tolist() == [[0, 1, 7, 9], [5, 6, 2, 8]] and found["y_test"].tolist() == [1, 0]
    spec = DATASETS["imdb"]
    assert spec.vocabulary
    names = spec.vocabulary({"words": 200, "steps": 4})
    assert len(names) == 200 and names[4] == "w0" and names[199] == "w195"
    monkeypatch.delenv("DLCORE_DATA")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "empty"))
    assert not is_available("imdb") and spec.vocabulary({"words": 200})[-1] == "word 199"


@pytest.mark.parametrize("name", [name for name, spec in DATASETS.items() if spec.vocabulary])
def test_every_token_stands_for_something(name: str) -> None:
    spec = DATASETS[name]
    settings = {field.name: field.default for field in spec.fields}
    assert spec.vocabulary and len(spec.vocabulary(settings)) == spec.shape(settings).tokens > 0


def test_rows_in_the_order_of_time_are_split_by_time() -> None:
    train, val, test = split_rows(np.arange(10.0), 0, 0, 0.2, 0.1, seed=0, in_order=True)
    assert sorted(train) == list(range(7)) and sorted(val) == [7, 8] and list(test) == [9]
    train, val, test = split_rows(np.arange(10.0), 0, 5, 0.2, 0.2, seed=0, in_order=True)
    assert sorted(train) == [5, 6, 7] and list(val) == [8] and list(test) == [9]


def test_targets_of_each_step_keep_their_steps() -> None:
    letters = prepare(Experiment().with_(dataset="characters", model="generator"))
    assert letters.y_train.shape == (*letters.x_train.shape[:2],) and letters.y_train.dtype == np.int64
    bits = prepare(Experiment().with_(dataset="parity", model="rnn"))
    assert bits.y_train.shape == bits.x_train.shape and bits.y_train.dtype == np.float32


def test_wrong_labels_are_chosen_among_all_steps() -> None:
    raw = {"x": np.zeros((50, 8, 1), "float32"), "y": np.zeros((50, 8), "int64")}
    arguments = {"task": "classes", "classes": 3, "scaling": "none", "examples": 0, "validation": 0.0, "test": 0.0, "per_step": True}
    y = prepared_arrays(raw, **arguments, label_noise=0.25, seed=0)["y_train"]  # type: ignore[arg-type]
    assert y.shape == (50, 8) and (y != 0).sum() == 100 and (y != 0).any(axis=1).sum() > 25


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dataset": "copy", "model": "mlp"}, "cannot read the data set copy: it needs inputs that are numbers"),
        ({"dataset": "adding", "model": "tree"}, "it needs expressions with a tree"),
        ({"dataset": "words", "model": "rnn", "dataset.ending": "halt"}, "it needs sequences whose end, if any, is a symbol"),
        ({"dataset": "parity", "model": "generator"}, "it needs tokens with a target at each step"),
        ({"dataset": "sines", "model": "generator"}, "it needs tokens with a target at each step"),
    ],
)
def test_a_model_that_cannot_read_the_data_is_refused_with_the_reason(settings: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        Experiment().with_(**settings)
