"""The forecast against Keras, against arithmetic by hand, and where it refuses."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from dlcore import counts, forecast
from dlcore.calls import Call, make
from dlcore.errors import Invalid
from dlcore.experiment import Experiment

MLPS: list[dict[str, Any]] = [
    {},
    {"layers": ()},
    {"layers": (7, 5), "batch_norm": True, "dropout": 0.5, "input_dropout": 0.1, "activation": "scaled_tanh"},
    {"layers": (7, 5), "batch_norm": (True, False), "activation": ("leaky_relu", "selu"), "l1": 0.1},
]
CNNS: list[dict[str, Any]] = [
    {},
    {"head": "global", "dense": ()},
    {"filters": (), "dense": (4,)},
    {"filters": (3, 4, 5), "kernel": (5, 3, 1), "stride": (2, 1, 1), "pooling": ("none", "average", "max"), "batch_norm": True},
    {
        "filters": (3,),
        "padding": "valid",
        "kernel": 4,
        "stride": 3,
        "pooling": "none",
        "dense": (6, 5),
        "dropout": 0.2,
        "dense_dropout": 0.5,
    },
    {
        "filters": (3, 4),
        "padding": ("valid", "same"),
        "stride": (1, 2),
        "pool": (3, 2),
        "pooling": ("max", "none"),
        "activation": "leaky_relu",
    },
]
RNNS: list[dict[str, Any]] = [
    {"cell": cell, "units": units, "bidirectional": both, "dropout": 0.2}
    for cell in ("simple", "lstm", "gru")
    for units, both in [((5,), False), ((5, 3), True), ((5, 3), (False, True))]
]
ALL_CNNS: list[dict[str, Any]] = [{}, {"filters": ()}, {"filters": (3, 4), "convolutions": (0, 2), "stride": (3, 2), "input_dropout": 0.1}]
RESNETS: list[dict[str, Any]] = [
    {},
    {"filters": ()},
    {"filters": (3, 3, 5), "blocks": (2, 1, 3), "activation": "leaky_relu", "kernel": 5},
    {"filters": (3, 4), "shortcuts": False, "batch_norm": False, "activation": "linear"},
]
PLANS = [("mlp", given) for given in MLPS] + [("cnn", given) for given in CNNS] + [("rnn", given) for given in RNNS]
PLANS += [("all_cnn", given) for given in ALL_CNNS] + [("resnet", given) for given in RESNETS]


@pytest.mark.keras
@pytest.mark.parametrize(("model", "given"), PLANS)
def test_shapes_and_weights_are_those_of_keras(model: str, given: dict[str, Any]) -> None:
    import keras

    experiment = Experiment().with_(model=model, **{f"model.{name}": value for name, value in given.items()})
    net = keras.Sequential([keras.Input(experiment.shape.input), *(make(call) for call in experiment.plan())])
    layers = forecast.forecast(experiment).layers
    for ours, theirs in zip(layers, net.layers, strict=True):
        assert ours.output == tuple(theirs.output.shape[1:]), ours.kind
        assert ours.parameters == theirs.count_params(), ours.kind
        assert ours.trainable == sum(int(variable.value.shape.num_elements()) for variable in theirs.trainable_variables), ours.kind


def test_macs_by_hand() -> None:
    mlp = counts.layers((Call("layers.Dense", {"units": 256}), Call("layers.Dense", {"units": 10})), (784,))
    assert [layer.macs for layer in mlp] == [784 * 256, 256 * 10]
    (convolution,) = counts.layers((Call("layers.Conv2D", {"filters": 16, "kernel_size": 5, "padding": "same"}),), (32, 30, 3))
    assert convolution.macs == 32 * 30 * 16 * 5 * 5 * 3
    (lstm,) = counts.layers((Call("layers.LSTM", {"units": 64}),), (50, 8))
    assert lstm.macs == 50 * 4 * 64 * (8 + 64)


def test_memory_adds_up() -> None:
    experiment = Experiment().with_(**{"model.layers": (100,)}, batch_size=50)
    ahead = forecast.forecast(experiment)
    weights = 64 * 100 + 100 + 100 * 10 + 10
    assert ahead.parameters == weights and ahead.macs == 64 * 100 + 100 * 10
    assert (ahead.memory.weights, ahead.memory.gradients, ahead.memory.optimizer) == (4 * weights, 4 * weights, 8 * weights)
    assert ahead.memory.copies == 5 * 12 * weights
    assert ahead.memory.activations == 4 * 50 * 3 * (64 + 100 + 10)
    assert ahead.memory.data == 2 * 4 * 1797 * 65
    assert ahead.inference == 4 * (weights + 50 * 164)


def test_full_batches_hold_all_training_rows() -> None:
    training, _ = forecast.rows(Experiment())
    assert forecast.forecast(Experiment(batch_size=0)).batch == training
    assert forecast.forecast(Experiment().with_(optimizer="lbfgs")).batch == training
    assert forecast.forecast(Experiment(batch_size=65_536)).batch == training


@pytest.mark.parametrize("shares", [(0.2, 0.1), (0.0, 0.0), (0.5, 0.3)])
def test_rows_are_those_of_the_split(shares: tuple[float, float]) -> None:
    from dlcore.engine.data import prepare

    experiment = Experiment(validation=shares[0], test=shares[1])
    prepared, (training, validation) = prepare(experiment), forecast.rows(experiment)
    assert abs(len(prepared.x_train) - training) <= 10 and abs(len(prepared.x_val) - validation) <= 10


def test_time_grows_with_the_work_and_shrinks_with_the_speed() -> None:
    experiment = Experiment(epochs=3, validation=0.0)
    ahead = forecast.forecast(experiment)
    assert forecast.seconds(experiment, 1e9) == pytest.approx(3 * ahead.training_rows * 6 * ahead.macs / 1e9)
    assert forecast.seconds(experiment, 2e9) == pytest.approx(forecast.seconds(experiment, 1e9) / 2)


def test_what_fits_is_let_through_with_its_numbers() -> None:
    assert forecast.check(Experiment(), {"DLCORE_WORKER_MEMORY": "1GB"}).parameters == 4810


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"model.layers": (8192, 8192)}, "Use fewer or smaller layers."),
        ({"model": "cnn", "filters": (2048,), "batch_size": 0}, "Use a smaller batch."),
    ],
)
def test_what_does_not_fit_is_refused_with_the_numbers(changes: dict[str, Any], hint: str) -> None:
    experiment = Experiment().with_(**changes)
    need = forecast.show_bytes(forecast.PROCESS + forecast.forecast(experiment).memory.total)
    with pytest.raises(Invalid, match=f"about {need} of memory, and a worker may use 1 GB") as caught:
        forecast.check(experiment, {"DLCORE_WORKER_MEMORY": "1 GB"})
    assert caught.value.hint == hint


def test_an_image_that_shrinks_to_nothing_is_refused_before_anything_starts() -> None:
    with pytest.raises(Invalid, match="gets only 1×1 pixels"):
        Experiment().with_(model="cnn", filters=(2, 2, 2, 2))


def test_a_layer_without_a_rule_fails_by_name() -> None:
    with pytest.raises(TypeError, match=r"layers\.Conv3D"):
        counts.layers((Call("layers.Conv3D"),), (4, 4, 4, 1))


@pytest.mark.parametrize(
    ("text", "count"),
    [("1000000", 10**6), ("4GiB", 4 * 2**30), ("4 GB", 4 * 10**9), ("800MB", 8 * 10**8), ("1.5g", 15 * 10**8), ("512k", 512_000)],
)
def test_sizes_are_read_as_people_write_them(text: str, count: int) -> None:
    assert forecast.read_bytes(text) == count


@pytest.mark.parametrize("text", ["much", "-4GB", "4XB", ""])
def test_a_nonsense_size_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Invalid, match="must be a size such as 4GiB"):
        forecast.read_bytes(text)


def test_without_a_setting_the_budget_is_a_share_of_the_machine() -> None:
    assert 10**8 < forecast.memory_budget({}) < 10**15


def test_sizes_are_shown_in_units_of_people() -> None:
    assert [forecast.show_bytes(count) for count in (12, 12_000, 3_456_000, 21.2e9)] == ["12 bytes", "12 kB", "3.46 MB", "21.2 GB"]


def test_the_forecast_imports_no_keras() -> None:
    code = "import sys; from dlcore import forecast; from dlcore.experiment import Experiment;"
    code += "forecast.check(Experiment().with_(model='cnn'));"
    code += "sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
