"""One program serves several activations, and each is trained as on a program of its own."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import Experiment
from dlcore.engine import data
from dlcore.models._parts import ACTIVATIONS
from dlcore.searches import weights
from dlcore.structure import SWITCHABLE, program_of, switched_layers
from dlcore.studies.search import Search
from dlcore.studies.space import Dimension, Space
from dlcore.studies.switched import switched
from tests.unit.test_engine import Desk, final, losses, same

SMALL = Experiment().with_text({"examples": "410", "epochs": "2", "monitors": "", "batch_size": "32"})
THREE = ("relu", "sigmoid", "tanh")
NETS = {
    "one layer": {"layers": "16"},
    "dropout and penalty": {"layers": "16,9", "dropout": "0.3", "input_dropout": "0.1", "l2": "0.001"},
    "momentum, clipped": {"layers": "33", "optimizer": "sgd", "momentum": "0.9", "clipnorm": "1"},
    "few rows": {"layers": "7,5", "batch_size": "13", "bias": "0.1", "l1": "0.001"},
    "one output": {"dataset": "breast_cancer", "layers": "12,6"},
}


def trained(experiment: Experiment, between: tuple[str, ...] = ()) -> Desk:
    """What a session says of the experiment, on a program switched between these activations."""
    from dlcore.engine.changes import Changes
    from dlcore.engine.feed import Feed
    from dlcore.engine.session import Session
    from dlcore.engine.worker import program_for

    rows, desk = data.prepare(experiment), Desk()
    feed = Feed((rows.x_train, rows.y_train), (rows.x_val, rows.y_val), experiment.batch_size, 2**40)
    program, _ = program_for(experiment, feed, switched=between)
    session = Session(experiment, program, feed, desk, Changes(()))
    session.begin()
    session.run()
    return desk


def assert_same_bits(one: Desk, other: Desk) -> None:
    assert losses(one) == losses(other)
    told, again = one.table("epochs"), other.table("epochs")
    names = [name for name in told[1] if name.endswith(("loss", "accuracy"))]
    assert len(names) == 4 and told.keys() == again.keys()
    assert all(told[epoch][name] == again[epoch][name] for epoch in told for name in names)
    assert same(final(one), final(other))


@pytest.mark.keras
@pytest.mark.parametrize("net", NETS)
def test_switched_activation_trains_bitwise_as_its_own_program(net: str) -> None:
    for name in ("tanh", "relu"):
        experiment = SMALL.with_text({**NETS[net], "activation": name})
        assert_same_bits(trained(experiment, THREE), trained(experiment))


@pytest.mark.keras
@pytest.mark.nightly
@pytest.mark.parametrize("name", SWITCHABLE)
@pytest.mark.parametrize("net", NETS)
def test_each_of_all_activations_trains_bitwise_as_on_its_own_program(net: str, name: str) -> None:
    experiment = SMALL.with_text({**NETS[net], "activation": name})
    assert_same_bits(trained(experiment, SWITCHABLE), trained(experiment))


@pytest.mark.keras
def test_a_gradient_that_is_infinite_elsewhere_does_not_reach_the_activation_that_was_chosen() -> None:
    import tensorflow as tf

    from dlcore.engine.switches import Switch

    switch, x = Switch(SWITCHABLE, "relu"), tf.constant([-3e38, -1.0, 0.0, 2.0, 3e38])
    for name in SWITCHABLE:
        switch.turn(name)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            chosen, alone = switch(x), switch._functions[SWITCHABLE.index(name)](x)
        np.testing.assert_array_equal(chosen, alone)
        np.testing.assert_array_equal(tape.gradient(chosen, x), tape.gradient(alone, x))


def test_runs_that_differ_in_a_switched_activation_share_a_program() -> None:
    tanh, relu = SMALL.with_(activation="tanh"), SMALL.with_(activation="relu")
    assert program_of(tanh, THREE) == program_of(relu, THREE)
    assert program_of(tanh) != program_of(relu)
    assert program_of(SMALL.with_(activation="gelu"), THREE) != program_of(tanh, THREE)


@pytest.mark.parametrize(
    ("net", "places"),
    [
        ({"layers": "8,9"}, {1, 2}),  # after the layer that makes a vector of an image
        ({"layers": "8,9", "dropout": "0.2", "input_dropout": "0.2"}, {2, 4}),
        ({"layers": "8,9", "batch_norm": "true"}, set()),
        ({"layers": "8,1,8"}, set()),
        ({"layers": "8,9", "dataset": "breast_cancer"}, {0}),  # the layer before a single output is not, nor is that output's sigmoid
        ({"layers": "8", "dataset": "sines"}, set()),
        ({"layers": "8,9", "activation": "gelu,tanh"}, {2}),
    ],
    ids=str,
)
def test_layers_between_products_of_matrices_are_switched(net: dict[str, str], places: set[int]) -> None:
    experiment = SMALL.with_text({"activation": "sigmoid", **net})
    assert switched_layers(experiment, THREE) == places


@pytest.mark.keras
@pytest.mark.parametrize(
    ("training", "validation", "batch", "exact"),
    [(64, 8, 8, True), (65, 8, 8, False), (64, 1, 8, False), (64, 8, 1, False), (64, 0, 8, True)],
)
def test_a_batch_of_one_row_is_not_trained_by_a_switched_program(training: int, validation: int, batch: int, exact: bool) -> None:
    from dlcore.engine.feed import Feed
    from dlcore.engine.switches import is_exact

    rows = [(np.zeros((count, 3), np.float32), np.zeros(count, np.int64)) for count in (training, validation)]
    assert is_exact(Feed(rows[0], rows[1], batch, 2**30)) == exact


def test_search_over_activations_switches_between_those_that_keep_their_bits() -> None:
    assert switched(Search(SMALL, weights.space(SMALL), oracle="grid")) == THREE
    all_of_them = Space((Dimension("model.activation", choices=ACTIVATIONS),))
    assert switched(Search(SMALL, all_of_them)) == SWITCHABLE


def test_each_layers_own_activation_is_switched_too() -> None:
    two = SMALL.with_(layers=(8, 8))
    space = Space((Dimension("model.activation[0]", choices=("relu", "tanh")), Dimension("model.activation[1]", choices=("tanh", "elu"))))
    assert switched(Search(two, space)) == ("elu", "relu", "tanh")


@pytest.mark.parametrize(
    "experiment",
    [SMALL.with_(model="cnn"), SMALL.with_(examples=1700, epochs=1000, layers=(4096, 4096))],
    ids=["not compiled by XLA", "trials longer than what compiling takes"],
)
def test_nothing_is_switched_where_it_does_not_pay(experiment: Experiment) -> None:
    assert switched(Search(experiment, Space((Dimension("model.activation", choices=("relu", "tanh")),)))) == ()


def test_nothing_is_switched_for_a_search_over_other_settings() -> None:
    assert switched(Search(SMALL, Space((Dimension("model.initializer", choices=("zeros", "he_normal")),)))) == ()
