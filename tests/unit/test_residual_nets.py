"""All-convolutional and residual nets: what their plans are, and the residual link against a net put together by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import counts
from dlcore.calls import Call, make
from dlcore.experiment import Experiment

DIGITS = Experiment()
RESIDUAL = "dlcore.layers.residual:Residual"


def plan_of(model: str, **settings: Any) -> tuple[Call, ...]:
    return DIGITS.with_(model=model, **{f"model.{name}": value for name, value in settings.items()}).plan()


def test_an_all_convolutional_net_shrinks_by_strides_and_has_no_dense_layer() -> None:
    calls = plan_of("all_cnn", filters=(4, 6), convolutions=2)
    assert [call.kind for call in calls] == ["Conv2D"] * 8 + ["GlobalAveragePooling2D", "Activation"]
    assert [call.arguments.get("strides") for call in calls[:6]] == [1, 1, 2, 1, 1, 2]
    assert [call.arguments["kernel_size"] for call in calls[:8]] == [3] * 6 + [1, 1]
    assert calls[7].arguments["filters"] == 10 and calls[-1].arguments == {"activation": "softmax"}


def test_the_outputs_of_a_regression_need_no_activation() -> None:
    experiment = DIGITS.with_(model="all_cnn", loss="hinge")
    assert experiment.plan()[-1].kind == "GlobalAveragePooling2D"


def test_a_residual_net_has_two_convolutions_a_block_and_a_shortcut_where_the_shape_changes() -> None:
    calls = plan_of("resnet", filters=(4, 6), blocks=2)
    blocks = [call for call in calls if call.path == RESIDUAL]
    assert [[inner.kind for inner in block.arguments["shortcut"]] for block in blocks] == [[], [], ["Conv2D", "BatchNormalization"], []]
    assert [sum(inner.kind == "Conv2D" for inner in block.arguments["branch"]) for block in blocks] == [2] * 4
    assert counts.layers(calls, (8, 8, 1))[-3].output == (4, 4, 6)


def test_without_shortcuts_the_same_convolutions_follow_each_other() -> None:
    linked, plain = (plan_of("resnet", filters=(4, 6), shortcuts=shortcuts) for shortcuts in (True, False))
    branches = [inner for call in linked for inner in (call.arguments["branch"] if call.path == RESIDUAL else [call])]
    assert branches == list(plain)


def test_the_paper_s_net_for_cifar_has_as_many_weights_as_it_says() -> None:
    """He et al. 2015, table 6: 0.27 million for 20 layers. Their shortcuts (option A) have no weights."""
    experiment = DIGITS.with_(dataset="cifar10", model="resnet", **{"model.blocks": 3})
    found = counts.layers(experiment.plan(), (32, 32, 3))
    shortcuts = [call.arguments["shortcut"] for call in experiment.plan() if call.path == RESIDUAL and call.arguments["shortcut"]]
    assert len(shortcuts) == 2
    projections = sum(
        layer.parameters for width, calls in zip((16, 32), shortcuts, strict=True) for layer in counts.layers(calls, (32, 32, width))
    )
    assert round((sum(layer.parameters for layer in found) - projections) / 1e6, 2) == 0.27


def test_a_penalty_changed_by_hand_reaches_the_layers_inside_a_link() -> None:
    from dlcore.exports._stages import turned

    before = DIGITS.with_(model="resnet", l2=0.1, **{"model.filters": (4,)})
    lines = list(turned(before.plan(), before, before.with_(l2=0.0)))
    assert "model.layers[3].branch[0].kernel_regularizer.l2 = 0.0" in lines
    assert len(lines) == 4


@pytest.mark.keras
def test_a_penalty_inside_a_link_has_a_dial() -> None:
    from dlcore.engine import build
    from dlcore.engine.live import pair, turn_dials

    before = DIGITS.with_(model="resnet", l2=0.1, **{"model.filters": (4,)})
    model = build.model_of(before, live=True)
    for layer, call in pair(model.layers, before.with_(l2=0.25).plan()):
        turn_dials(layer, call)
    inside = model.layers[3].branch
    assert [float(layer.kernel_regularizer.l2.value) for layer in (inside[0], inside[3])] == [0.25, 0.25]


@pytest.mark.keras
def test_a_residual_link_adds_what_a_net_of_stock_layers_adds(tmp_path: Path) -> None:
    """The reference: Keras's own functional net with an Add layer and the same weights."""
    import keras

    calls = plan_of("resnet", filters=(4, 6))
    linked = keras.Sequential([keras.Input((8, 8, 1)), *(make(call) for call in calls)])
    signal = inputs = keras.Input((8, 8, 1))
    for call in calls:
        if call.path != RESIDUAL:
            signal = make(call)(signal)
            continue
        ends = []
        for name in ("branch", "shortcut"):
            end = signal
            for inner in call.arguments[name]:
                end = make(inner)(end)
            ends.append(end)
        signal = keras.layers.Add()(ends)
    stock = keras.Model(inputs, signal)
    x, y = np.random.default_rng(0).random((32, 8, 8, 1), "float32"), np.arange(32) % 10
    for net in (linked, stock):
        net.compile("sgd", "sparse_categorical_crossentropy")
        net.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_allclose(linked.predict(x, verbose=0), stock.predict(x, verbose=0), atol=1e-5)

    linked.save(tmp_path / "net.keras")
    again = keras.models.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), linked.predict(x, verbose=0))
    assert type(again.layers[3]).__name__ == "Residual"


@pytest.mark.keras
def test_a_branch_that_does_not_fit_its_shortcut_is_refused() -> None:
    layer = make(Call(RESIDUAL, {"branch": [Call("layers.Conv2D", {"filters": 3, "kernel_size": 1})], "shortcut": []}))
    with pytest.raises(ValueError, match="cannot be added"):
        layer.build((None, 8, 8, 2))
