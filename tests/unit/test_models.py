"""Model families: from settings to plans, and from plans to Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.calls import Call, make
from dlcore.errors import Invalid
from dlcore.fields import check_settings
from dlcore.models._parts import ACTIVATIONS
from dlcore.specs import Head, Shape

VECTOR = Shape("vector", (6,), "classes", 3, 100)
IMAGE = Shape("image", (8, 8, 2), "classes", 3, 100)
SEQUENCE = Shape("sequence", (5, 4), "classes", 3, 100)
TOKENS = Shape("sequence", (5, 1), "classes", 3, 100, tokens=4)
TREE = Shape("sequence", (5, 1), "classes", 3, 100, tokens=6, operators=2)
HEAD = Head(3, "softmax")


def plan(model: str, shape: Shape, seed: int = 0, **given: Any) -> tuple[Call, ...]:
    spec = registry.find("models", model)
    settings = check_settings(model, spec.fields, given)
    spec.check(settings, shape)
    return spec.plan(settings, shape, HEAD, seed)


def kinds(calls: tuple[Call, ...]) -> list[str]:
    return [call.kind for call in calls]


def seeds(calls: tuple[Call, ...]) -> list[int]:
    return [part.arguments["seed"] for call in calls for part in call.walk() if "seed" in part.arguments]


def built(calls: tuple[Call, ...], shape: Shape) -> Any:
    import keras

    return keras.Sequential([keras.Input(shape.input), *(make(call) for call in calls)])


RICH = [
    ("mlp", VECTOR, {"layers": (5, 4, 3), "dropout": 0.5, "input_dropout": 0.2, "batch_norm": True, "l2": 0.1}),
    ("cnn", IMAGE, {"filters": (4, 5), "dropout": (0.1, 0.2), "dense": (7, 6), "dense_dropout": 0.5, "activation": "leaky_relu"}),
    ("all_cnn", IMAGE, {"filters": (4, 5), "dropout": (0.1, 0.2), "input_dropout": 0.2, "batch_norm": True, "l2": 0.1}),
    ("resnet", IMAGE, {"filters": (4, 6), "blocks": (1, 2), "activation": "leaky_relu", "l2": 0.1}),
    ("resnet", IMAGE, {"filters": (4, 6), "shortcuts": False, "batch_norm": False}),
    ("rnn", SEQUENCE, {"units": (4, 3), "bidirectional": True, "dropout": 0.5, "cell": "gru"}),
    ("rnn", IMAGE, {"units": (4,), "bidirectional": False, "cell": "simple"}),
    ("rnn", TOKENS, {"units": (4,), "forget_bias": -2.0, "unroll": True}),
    ("leaky_rnn", SEQUENCE, {"units": (4, 3), "alpha": (0.5, 0.9), "spread": True, "learned": True, "dropout": 0.5}),
    ("skip_rnn", SEQUENCE, {"units": (4, 3), "skip": (2, 3), "keep_short": False}),
    ("skip_rnn", IMAGE, {"units": (4,)}),
    ("clockwork_rnn", SEQUENCE, {"units": (4,), "groups": 2}),
    ("tree", TREE, {"units": 4, "dropout": 0.5}),
]


@pytest.mark.parametrize(("model", "shape", "given"), RICH)
def test_every_draw_of_a_plan_has_a_seed_of_its_own(model: str, shape: Shape, given: dict[str, Any]) -> None:
    drawn = seeds(plan(model, shape, seed=2**31 - 1, **given))
    assert len(drawn) == len(set(drawn)) > 1
    assert all(isinstance(seed, int) and 0 <= seed < 2**31 for seed in drawn)
    assert not set(drawn) & set(seeds(plan(model, shape, seed=5, **given)))


@pytest.mark.parametrize(("model", "shape", "given"), RICH)
def test_everything_that_draws_is_seeded(model: str, shape: Shape, given: dict[str, Any]) -> None:
    for call in plan(model, shape, **given):
        for part in call.walk():
            if part.kind == "Dropout" or (part.path.startswith("initializers.") and part.kind not in ("Constant", "Zeros")):
                assert "seed" in part.arguments
            if part.kind in ("Dense", "Conv2D", "LSTM", "GRU", "SimpleRNN"):
                assert "kernel_initializer" in part.arguments


def test_a_wider_layer_leaves_the_seeds_of_the_others_as_they_are() -> None:
    assert seeds(plan("mlp", VECTOR, layers=(5, 4), dropout=0.5)) == seeds(plan("mlp", VECTOR, layers=(9, 4), dropout=0.1))


def test_what_is_zero_leaves_no_layer_behind() -> None:
    calls = plan("mlp", VECTOR, layers=(5, 4), dropout=(0.0, 0.5))
    assert kinds(calls) == ["Dense", "Dense", "Dropout", "Dense"]
    assert all("kernel_regularizer" not in call.arguments for call in calls)


def test_settings_go_to_each_layer_and_the_output_follows_the_last() -> None:
    calls = plan(
        "mlp",
        VECTOR,
        layers=(5, 4),
        activation=("relu", "tanh"),
        l2=(0.0, 0.1),
        l1=0.2,
        bias=(0.0, -1.0),
        initializer=("zeros", "he_normal"),
    )
    first, second, last = calls
    assert [call.arguments["activation"] for call in calls] == ["relu", "tanh", "softmax"]
    assert [dict(call.arguments["kernel_regularizer"].arguments) for call in calls] == [{"l1": 0.2, "l2": 0.0}] + 2 * [
        {"l1": 0.2, "l2": 0.1}
    ]
    assert [call.arguments["kernel_initializer"].kind for call in calls] == ["Zeros", "HeNormal", "HeNormal"]
    assert second.arguments["bias_initializer"].arguments["value"] == -1.0
    assert "bias_initializer" not in first.arguments and "bias_initializer" not in last.arguments


def test_initialiser_settings_reach_the_initialiser() -> None:
    start = plan("mlp", VECTOR, initializer="martens_sparse", initializer_scale=0.5, initializer_connections=3)[0].arguments[
        "kernel_initializer"
    ]
    assert start.arguments["connections"] == 3 and start.arguments["scale"] == 0.5


def test_batch_normalisation_comes_before_the_activation_and_replaces_the_bias() -> None:
    dense, normal, activation, last = plan("mlp", VECTOR, layers=5, batch_norm=True, bias=0.5, activation="elu")
    assert dense.arguments["use_bias"] is False and "activation" not in dense.arguments
    assert normal.arguments["beta_initializer"].arguments["value"] == 0.5
    assert activation.source() == "keras.layers.Activation(activation='elu')"


def test_activations_that_keras_lacks_by_name_are_layers() -> None:
    assert plan("mlp", VECTOR, activation="leaky_relu", slope=0.3)[1] == Call("layers.LeakyReLU", {"negative_slope": 0.3})
    assert plan("mlp", VECTOR, activation="scaled_tanh")[1].path == "dlcore.layers.scaled_tanh:ScaledTanh"


def test_an_mlp_without_hidden_layers_is_linear() -> None:
    assert kinds(plan("mlp", VECTOR, layers=())) == ["Dense"]
    assert kinds(plan("mlp", IMAGE, layers=())) == ["Flatten", "Dense"]


def test_cnn_blocks_are_convolution_pooling_dropout() -> None:
    calls = plan(
        "cnn", IMAGE, filters=(4, 5), pooling=("max", "none"), dropout=(0.0, 0.5), head="global", dense=(), stride=(1, 2), kernel=(5, 3)
    )
    assert kinds(calls) == ["Conv2D", "MaxPooling2D", "Conv2D", "Dropout", "GlobalAveragePooling2D", "Dense"]
    assert [call.arguments["strides"] for call in calls if call.kind == "Conv2D"] == [1, 2]


def test_rnn_layers_hand_on_sequences_and_the_last_one_its_last_output() -> None:
    calls = plan("rnn", IMAGE, units=(4, 3), cell="gru")
    assert kinds(calls) == ["Reshape", "GRU", "GRU", "Dense"]
    assert calls[0].arguments["target_shape"] == (8, 16)
    assert [call.arguments.get("return_sequences", False) for call in calls[1:3]] == [True, False]


@pytest.mark.parametrize(
    ("model", "shape", "given", "words"),
    [
        ("mlp", VECTOR, {"layers": (5, 4), "dropout": (0.1, 0.2, 0.3)}, "dropout has 3 values, and layers has 2 layers"),
        ("cnn", IMAGE, {"filters": (5, 4), "kernel": (3,)}, "kernel has 1 values, and filters has 2 layers"),
        ("cnn", IMAGE, {"filters": (5, 4, 3, 2)}, "MaxPooling2D of size 2×2"),
        ("cnn", IMAGE, {"filters": (5,), "kernel": 9, "padding": "valid"}, "Conv2D of size 9×9"),
        ("rnn", SEQUENCE, {"units": ()}, "at least one layer"),
        ("rnn", Shape("sequence", (101, 4), "classes", 3, 100), {"unroll": True}, "unroll = true is not allowed for 101 steps"),
        ("clockwork_rnn", SEQUENCE, {"units": (6,), "groups": 4}, "units = 6 and groups = 4 do not fit"),
    ],
)
def test_what_does_not_fit_together_is_refused(model: str, shape: Shape, given: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        plan(model, shape, **given)
    assert caught.value.hint.endswith(".")


@pytest.mark.keras
@pytest.mark.parametrize(("model", "shape", "given"), RICH)
def test_a_plan_gives_the_same_weights_again_and_its_source_gives_them_too(model: str, shape: Shape, given: dict[str, Any]) -> None:
    import keras

    calls = plan(model, shape, seed=11, **given)
    first, second = built(calls, shape), built(calls, shape)
    known = {"keras": keras, **{part.kind: type(make(part)) for call in calls for part in call.walk() if ":" in part.path}}
    printed = keras.Sequential([keras.Input(shape.input), *(eval(call.source(), known) for call in calls)])
    other = built(plan(model, shape, seed=12, **given), shape)
    for ours, again, theirs in zip(first.get_weights(), second.get_weights(), printed.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, again)
        np.testing.assert_array_equal(ours, theirs)
    assert not np.array_equal(first.get_weights()[0], other.get_weights()[0])
    assert first(np.ones((2, *shape.input), "float32")).shape == (2, 3)


@pytest.mark.keras
def test_both_directions_start_from_weights_of_their_own() -> None:
    layer = built(plan("rnn", SEQUENCE, bidirectional=True), SEQUENCE).layers[0]
    for forward, backward in zip(layer.forward_layer.get_weights()[:2], layer.backward_layer.get_weights()[:2], strict=True):
        assert forward.shape == backward.shape and not np.array_equal(forward, backward)


@pytest.mark.keras
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_works_in_a_layer(name: str) -> None:
    model = built(plan("mlp", VECTOR, layers=4, activation=name), VECTOR)
    assert np.isfinite(np.asarray(model(np.ones((2, 6), "float32")))).all()


@pytest.mark.keras
def test_scaled_tanh_is_one_at_one_and_is_saved_and_loaded() -> None:
    import keras

    layer = make(Call("dlcore.layers.scaled_tanh:ScaledTanh"))
    found = keras.ops.convert_to_numpy(layer(np.array([-1.0, 0.0, 1.0, 0.5, 100.0], "float32")))
    np.testing.assert_allclose(found, [-1.0, 0.0, 1.0, 1.7159 * np.tanh(1 / 3), 1.7159], atol=1e-4)
    assert type(keras.layers.deserialize(keras.layers.serialize(layer))) is type(layer)
