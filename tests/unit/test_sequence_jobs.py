"""What jobs say of recurrent nets, against Keras, finite differences and arithmetic by hand."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import Experiment
from dlcore.errors import Invalid
from dlcore.jobs import forecast_series, gates, generate, gradient_through_time
from dlcore.specs import Job

pytestmark = pytest.mark.keras


def done(
    job: Job, settings: dict[str, Any], files: dict[str, bytes] | None = None, **own: Any
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The job's result and arrays for the net as the experiment begins, or with the files given."""
    experiment = json.loads(Experiment().with_(**settings).to_json())
    result, artefact = job.perform({"experiment": experiment, **own}, files or {}, lambda fraction: None)
    json.dumps(result)
    return result, dict(np.load(io.BytesIO(artefact))) if artefact else {}


def adding(**settings: Any) -> dict[str, Any]:
    return {"dataset": "adding", "rows": 60, "steps": 8, "units": (3,), **settings}


# Gates.
@pytest.mark.parametrize(
    ("cell", "names"), [("lstm", ["forget", "input", "output", "candidate"]), ("gru", ["update", "reset", "candidate"])]
)
def test_gates_lead_to_what_the_layer_puts_out(cell: str, names: list[str]) -> None:
    from dlcore.engine import build
    from dlcore.engine.data import prepare

    settings = adding(model="rnn", cell=cell)
    result, arrays = done(gates.JOB, settings, row=2)
    experiment = Experiment().with_(**settings)
    layer, x = build.model_of(experiment).layers[0], prepare(experiment).x_test[2:3]
    np.testing.assert_allclose(arrays["hidden"][-1], np.asarray(layer(x))[0], atol=1e-6)
    assert result["gates"] == names and all(arrays[name].shape == (8, 3) for name in names)
    if cell == "lstm":
        kept = arrays["forget"][1:] * arrays["state"][:-1] + arrays["input"][1:] * arrays["candidate"][1:]
        np.testing.assert_allclose(arrays["state"][1:], kept, atol=1e-6)
        np.testing.assert_allclose(arrays["hidden"], arrays["output"] * np.tanh(arrays["state"]), atol=1e-6)


def test_an_open_forget_gate_begins_open() -> None:
    shut, opened = (done(gates.JOB, adding(model="rnn", forget_bias=bias))[1]["forget"].mean() for bias in (-4.0, 4.0))
    assert shut < 0.1 and opened > 0.9


def test_letters_come_with_what_they_stand_for() -> None:
    result, _ = done(gates.JOB, {"dataset": "copy", "rows": 60, "model": "rnn", "units": (3,)}, x=[[1], [2], [0], [9]])
    assert result["tokens"] == ["a", "b", "·", "?"] and result["steps"] == 4


@pytest.mark.parametrize(
    ("settings", "own", "words"),
    [
        ({"model": "rnn", "cell": "simple"}, {}, "The cells of this layer have no gates"),
        ({"model": "rnn", "activation": "relu"}, {}, "drawn for cells with tanh"),
        ({"model": "rnn"}, {"layer": 1}, "layer = 1 is not allowed"),
        ({"model": "rnn"}, {"row": 6}, "row = 6 is not allowed: the test set has 6 rows"),
        ({"model": "rnn"}, {"x": [[1.0]]}, "x of shape"),
        ({"model": "mlp", "model.layers": (4,)}, {}, "no recurrent layer"),
    ],
)
def test_gates_that_cannot_be_shown_are_refused_with_the_reason(settings: dict[str, Any], own: dict[str, Any], words: str) -> None:
    given = adding(**settings)
    if settings["model"] == "mlp":
        given.pop("units")
    with pytest.raises(Invalid, match=words):
        done(gates.JOB, given, **own)


# Gradient.
@pytest.mark.parametrize("model", ["rnn", "leaky_rnn", "skip_rnn", "clockwork_rnn"])
def test_the_gradient_at_each_step_is_that_of_finite_differences(model: str) -> None:
    from dlcore.engine import build
    from dlcore.engine.data import prepare

    settings = adding(model=model, **({"groups": 3} if model == "clockwork_rnn" else {}))
    result, _ = done(gradient_through_time.JOB, settings, rows=1)
    experiment = Experiment().with_(**settings)
    net, rows = build.model_of(experiment), prepare(experiment)
    x, y = rows.x_train[:1].astype("float64"), float(rows.y_train[0, 0])

    def loss(inputs: np.ndarray) -> float:
        return float((np.asarray(net(inputs.astype("float32")), "float64")[0, 0] - y) ** 2)

    for step in (0, 3, 7):
        each = []
        for feature in range(2):
            moved = [x.copy(), x.copy()]
            for sign, own in zip((1, -1), moved, strict=True):
                own[0, step, feature] += sign * 1e-2
            each.append((loss(moved[0]) - loss(moved[1])) / 2e-2)
        assert result["input"][step] == pytest.approx(np.linalg.norm(each), rel=0.02, abs=2e-5)
    assert result["loss"] == pytest.approx(loss(x), rel=1e-4) and len(result["state"]) == 8


def test_the_gradient_of_an_answer_at_each_step_is_that_of_the_last() -> None:
    result, _ = done(gradient_through_time.JOB, {"dataset": "copy", "rows": 60, "model": "rnn", "units": (4,)}, rows=5)
    assert result["steps"] == 21 and result["reach"] == result["state"][0] / result["state"][-1] and result["loss"] > 0


def test_a_gradient_through_both_directions_is_refused() -> None:
    with pytest.raises(Invalid, match="forwards only"):
        done(gradient_through_time.JOB, adding(model="rnn", bidirectional=True))


# Writing.
WORDS = {"dataset": "words", "model": "generator", "units": (6,)}


def test_writing_step_by_step_gives_what_the_whole_net_gives() -> None:
    from dlcore.engine import build
    from dlcore.jobs._stepping import Writer

    for ending in ("symbol", "halt", "length"):
        experiment = Experiment().with_(**WORDS, ending=ending)
        net = build.model_of(experiment)
        x = np.random.default_rng(0).integers(0, 11, (2, *experiment.shape.input)).astype("float32")
        writer = Writer(net, 2)
        found = np.stack([writer.step(x[:, step]) for step in range(x.shape[1])], axis=1)
        np.testing.assert_allclose(found, np.asarray(net(x)), atol=1e-6)


@pytest.mark.parametrize("ending", ["symbol", "halt", "length"])
def test_words_are_written_to_their_own_ends(ending: str) -> None:
    settings = {**WORDS, "ending": ending}
    result, _ = done(generate.JOB, settings, count=200, seed=4)
    again, _ = done(generate.JOB, settings, count=200, seed=4)
    assert result == again and result["lengths"] == [len(text) for text in result["texts"]] and len(result["texts"]) == 200
    assert max(result["lengths"]) <= 25 and result["cut"] == (0 if ending == "length" else result["lengths"].count(25))
    assert sum(result["data_lengths"]) / len(result["data_lengths"]) == pytest.approx(4.2, abs=0.5)


def test_temperature_sharpens_and_zero_takes_the_most_probable() -> None:
    draw = np.random.default_rng(0)
    given = np.tile(np.array([[0.1, 0.6, 0.3]], "float32"), (20_000, 1))
    for temperature in (0.5, 1.0, 2.0):
        shares = np.bincount(generate.drawn(given, temperature, draw), minlength=3) / len(given)
        expected = given[0] ** (1 / temperature)
        np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.015)
    assert set(generate.drawn(given, 0.0, draw)) == {1}


def test_text_goes_on_from_a_prompt_and_unknown_letters_are_named() -> None:
    settings = {"dataset": "characters", "model": "generator", "units": (6,)}
    result, _ = done(generate.JOB, settings, prompt="The ", length=20)
    assert len(result["text"]) == 20 == len(result["tokens"])
    with pytest.raises(Invalid, match="has no 'é'"):
        done(generate.JOB, settings, prompt="é")
    with pytest.raises(Invalid, match="does not write"):
        done(generate.JOB, adding(model="rnn"))
    with pytest.raises(Invalid, match="temperature = 9 is not allowed"):
        done(generate.JOB, settings, temperature=9)


# Forecasts.
@pytest.mark.parametrize("relative", [False, True])
def test_a_forecast_is_held_against_the_last_value_and_the_last_season(
    relative: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dlcore.datasets import time_series
    from dlcore.engine import data

    draw = np.random.default_rng(1)
    series = 100 + 10 * np.arange(60) % 4 + draw.normal(0, 1, 60)
    (tmp_path / "monthly-sunspots.csv").write_text("Month,Passengers\n" + "\n".join(f"m,{value}" for value in series))
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    monkeypatch.setitem(time_series.LENGTHS, "sunspots", 60)
    monkeypatch.setitem(time_series.UNITS, "sunspots", (float(series.mean()), "people"))
    data._cache.clear()
    monkeypatch.setattr("dlcore.engine.data.load", lambda spec, settings, seed, progress=None: spec.load(seed=seed, **settings))
    settings = {"dataset": "time_series", "series": "sunspots", "steps": 6, "relative": relative, "model": "rnn", "units": (3,)}
    settings["test"] = 0.2
    result, arrays = done(forecast_series.JOB, settings, season=4)
    data._cache.clear()
    count = result["rows"]
    assert count == 11 and result["unit"] == "people" and arrays["time"].tolist() == list(range(49, 60))
    np.testing.assert_allclose(arrays["series"], series, rtol=1e-5)
    np.testing.assert_allclose(arrays["true"], series[-count:], rtol=1e-5)
    np.testing.assert_allclose(arrays["naive"], series[-count - 1 : -1], rtol=1e-5)
    np.testing.assert_allclose(arrays["seasonal"], series[-count - 4 : -4], rtol=1e-5)
    for name in ("net", "naive", "seasonal"):
        apart = arrays[name].astype("float64") - arrays["true"]
        assert result["errors"][name]["mae"] == pytest.approx(np.abs(apart).mean(), rel=1e-5)
        assert result["errors"][name]["rmse"] == pytest.approx(np.sqrt((apart**2).mean()), rel=1e-5)


def test_what_is_no_series_has_no_forecast() -> None:
    with pytest.raises(Invalid, match="no series in the order of time"):
        done(forecast_series.JOB, adding(model="rnn"))
