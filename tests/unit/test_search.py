"""A search as a value: what it accepts, what a trial trains, and how many there will be."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import searching
from dlcore.services.search_ahead import draw, sample
from dlcore.store import Store
from dlcore.studies.search import Search, Trial, best_of, brackets
from dlcore.studies.space import Dimension, Space
from dlcore.studies.space_check import check_space, propose, proposed

ONLY_SGD = {"key": "optimizer", "choices": ["sgd"]}
RATE = {"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}}


def search(space: Any = None, experiment: Experiment | None = None, **more: Any) -> Search:
    return Search(experiment or Experiment(epochs=9), Space.of(RATE if space is None else space), **more)


@pytest.mark.parametrize(
    ("space", "says"),
    [
        ({}, "The space is empty"),
        ({"learning_rate": {"low": 0.0, "high": 0.1, "log": True}}, "cannot be searched on a log scale"),
        ({"learning_rate": {"low": 0.1, "high": 0.01}}, "begins above its end"),
        ({"learning_rate": {"low": 0.1}}, "no values to try"),
        ({"learning_rate": {"low": 1e-4, "high": 1000.0}}, "is not allowed: learning rate must be"),
        ({"learning_rate": {"low": 0.1, "high": 0.2, "step": 0}}, "step = 0"),
        ({"learning_rate": {"low": 0.1, "high": 0.2, "log": True, "step": 1}}, "above 1"),
        ({"epochs": {"low": 1, "high": 9, "step": 0.5}}, "must be a whole number"),
        ({"lerning_rate": [0.1]}, "no setting called 'lerning_rate'"),
        ({"activation": ["relu", "rely"]}, "activation"),
        ({"activation": ["relu", "relu"]}, "the same choice twice"),
        ({"activation": {"low": 0, "high": 1}}, "cannot have a range"),
        ({"model.layers": {"low": 0, "high": 1}}, "cannot have a range: it is a list"),
        ({"dataset": ["digits", "nowhere"]}, "nowhere"),
        ({"batch_size[0]": [8]}, "one value, not a list"),
        ({"learning_rate": {"lo": 1}}, "unknown entry 'lo'"),
        ([{"key": "learning_rate", "choices": [0.1], "when": ["optimizer", ["sgd"]]}], "not before it in the space"),
        (
            [{"key": "optimizer", "choices": ["sgd"]}, {"key": "learning_rate", "choices": [0.1], "when": ["optimizer", ["adam"]]}],
            "never tries",
        ),
        ([{"key": "learning_rate", "choices": [0.1]}, {"key": "optimizer.learning_rate", "choices": [0.2]}], "in the space twice"),
        ({"model": ["rnn"], "dataset": ["wine"]}, "cannot read the data set"),
    ],
)
def test_a_space_that_cannot_be_searched_is_refused_in_a_sentence(space: Any, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refusal:
        search(space)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"oracle": "luck"}, "oracle = 'luck'"),
        ({"objective": "val_mae"}, "objective = 'val_mae' is not recorded by this experiment"),
        ({"trials": -1}, "trials = -1"),
        ({"seeds": 0}, "seeds = 0"),
        ({"seconds": -1}, "seconds = -1"),
        ({"direction": "up"}, "direction = 'up'"),
        ({"oracle": "grid", "trials": 11}, "this grid has 10 combinations"),
        ({"oracle": "hyperband", "epochs": 2}, "Hyperband needs at least 3"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_in_a_sentence(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        search(**settings)


def test_without_validation_rows_a_validation_objective_is_not_recorded() -> None:
    with pytest.raises(Invalid, match="Nothing is kept for validation"):
        search(experiment=Experiment(validation=0.0, stop_on="loss"))


def test_hyperband_itself_decides_the_epochs() -> None:
    with pytest.raises(Invalid, match="epochs cannot vary in a Hyperband search"):
        search({"epochs": [3, 9]}, oracle="hyperband")


def test_a_search_round_trips_through_json() -> None:
    space = [
        {"key": "optimizer", "choices": ["sgd", "adam"]},
        {"key": "learning_rate", "low": 0.01, "high": 0.1, "when": ["optimizer", ["sgd"]]},
    ]
    asked = search(space, oracle="bayesian", trials=7, pruning="median", seconds=60.0)
    assert Search.from_json(asked.to_json()) == asked
    old = json.loads(asked.to_json())
    del old["factor"], old["version"]
    assert Search.from_json(json.dumps(old)) == asked
    for broken in ("{", "[]", '{"experiment": {}}', '{"experiment": {}, "space": [], "more": 1}'):
        with pytest.raises(Invalid):
            Search.from_json(broken)


def test_several_settings_of_one_trial_are_put_in_together() -> None:
    space = Space.of([
        {"key": "model.layers.count", "low": 1, "high": 3},
        {"key": "model.layers[0]", "choices": [16, 32]},
        {"key": "model.layers[1]", "choices": [8], "when": ["model.layers.count", [2, 3]]},
        {"key": "model.dropout[1]", "low": 0.0, "high": 0.5},
        {"key": "optimizer", "choices": ["sgd", "adam"]},
        {"key": "momentum", "choices": [0.9], "when": ["optimizer", ["sgd"]]},
    ])  # fmt: skip
    base = Experiment().with_(**{"model.dropout": (0.1,)})
    made = Search(base, space).experiment_of(
        {
            "model.layers.count": 3, "model.layers[0]": 16, "model.layers[1] (model.layers.count=2,3)": 8, "model.dropout[1]": 0.3,
            "optimizer": "sgd", "optimizer.momentum (optimizer=sgd)": 0.9,
        },
        1,
    )  # fmt: skip
    assert made.model.settings["layers"] == (16, 8, 64)
    assert made.model.settings["dropout"] == (0.1, 0.3, 0.1)
    assert (made.optimizer.name, made.optimizer.settings["momentum"]) == ("sgd", 0.9)


def test_a_trials_seed_is_decided_by_the_search_and_its_number_and_all_share_the_split() -> None:
    asked = search(experiment=Experiment(seed=5), seed=1)
    values = {"optimizer.learning_rate": 0.01}
    first, again, second, repeat = (asked.experiment_of(values, *place) for place in ((1,), (1,), (2,), (1, 1)))
    assert first == again
    assert len({first.seed, second.seed, repeat.seed}) == 3
    assert {own.data_seed for own in (first, second, repeat)} == {5}
    assert first.monitors == ()
    assert asked.changed(seed=2).experiment_of(values, 1).seed != first.seed


def test_a_seed_that_varies_is_the_seed() -> None:
    assert search({"seed": [3, 4]}).experiment_of({"seed": 4}, 1).seed == 4


@pytest.mark.parametrize(
    ("settings", "planned"),
    [({}, 20), ({"trials": 3}, 3), ({"oracle": "grid"}, 10), ({"oracle": "hyperband"}, 23), ({"oracle": "hyperband", "trials": 5}, 5)],
)
def test_the_number_of_trials_is_known_before_the_search_starts(settings: dict[str, Any], planned: int) -> None:
    assert search(**settings).planned == planned


def test_a_grid_counts_conditional_settings_only_where_they_count() -> None:
    space = [
        {"key": "optimizer", "choices": ["sgd", "adam"]},
        {"key": "learning_rate", "choices": [0.1, 0.2, 0.3], "when": ["optimizer", ["sgd"]]},
        {"key": "beta_1", "choices": [0.8, 0.9], "when": ["optimizer", ["adam"]]},
        {"key": "batch_size", "choices": [8, 16]},
    ]
    assert search(space, oracle="grid").planned == (3 + 2) * 2


def test_hyperbands_brackets_are_those_of_the_paper() -> None:
    assert brackets(81, 3)[0] == [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]


@pytest.mark.parametrize(
    "key", [full for full, _, _ in Experiment().fields()] + ["optimizer", "model", "loss", "schedule", "model.layers.count"]
)
def test_what_is_proposed_for_any_setting_can_be_searched(key: str) -> None:
    own = propose(Experiment(), key)
    assert check_space(Space((own,)), Experiment()).dimensions == (own,)
    assert len(Space((own,)).values(own, Experiment())) > 1


def test_a_learning_rate_is_proposed_on_a_log_scale_around_its_value() -> None:
    own = propose(Experiment(), "learning_rate")
    assert own == Dimension("optimizer.learning_rate", low=1e-5, high=0.1, log=True)
    assert [round(value, 5) for value in own.grid_values(False)][::3] == [1e-5, 0.00022, 0.00464, 0.1]
    assert [own.key for own in proposed(Experiment(), ["learning_rate", "activation"]).dimensions] == [
        "optimizer.learning_rate",
        "model.activation",
    ]


@pytest.mark.parametrize("name", registry.members("searches"))
@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_every_preset_makes_a_search_whose_trials_can_be_trained(name: str, model: str, store: Store) -> None:
    asked = searching.preset(name, Experiment().with_(model=model))
    assert len(sample(asked)) == 8
    ahead = searching.forecast(asked, store=store)
    assert ahead.trials == asked.planned > 1
    assert ahead.seconds > 0 and ahead.memory > 100_000_000 and ahead.disk > 1000


def test_presets_are_called_as_people_type_them() -> None:
    assert searching.preset("learning-rate", Experiment(), trials=8).planned == 8
    assert searching.preset("weights", Experiment()).planned == 27
    with pytest.raises(Invalid, match="Did you mean dropout"):
        searching.preset("dropouts", Experiment())


def test_what_is_drawn_for_a_forecast_lies_in_the_space() -> None:
    asked = searching.preset("optimizer", Experiment())
    for _ in range(20):
        values = draw(asked, np.random.default_rng(1))
        assert all(asked.space[name].contains(value) for name, value in values.items())


def test_the_best_trial_is_the_first_of_equals_and_never_a_failed_one() -> None:
    trials = [Trial("s", number, {}, state, score=score) for number, (state, score) in enumerate(
        [(State.FAILED, None), (State.DONE, 0.5), (State.STOPPED, 0.3), (State.DONE, 0.3), (State.RUNNING, 0.1)], start=1
    )]  # fmt: skip
    best = best_of(search(), trials)
    assert best and best.number == 3
    assert best_of(search(objective="val_accuracy"), trials) == trials[1]
    assert best_of(search(), []) is None
