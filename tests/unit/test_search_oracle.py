"""The oracles: what they suggest is keras-tuner's own, can be repeated, and does not depend on when their process was killed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import threadpoolctl

from dlcore.experiment import Experiment
from dlcore.oracle.desk import Desk
from dlcore.studies.search import ORACLES, Search, brackets
from dlcore.studies.space import Space

SPACE = Space.of({
    "learning_rate": {"low": 1e-4, "high": 0.1, "log": True},
    "model.dropout": {"low": 0.0, "high": 0.5, "step": 0.1},
    "model.layers": [[8], [16, 16], [32]],
    "batch_size": {"low": 8, "high": 64, "log": True},
})  # fmt: skip
RATE = "optimizer.learning_rate"


SMALL = Space.of({"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}})


def search(oracle: str, space: Space = SPACE, **more: Any) -> Search:
    return Search(Experiment(epochs=9), space, oracle=oracle, seed=4, **more)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in the oracle's process: its matrices are far too small for several."""
    with threadpoolctl.threadpool_limits(1):
        yield


def score_of(values: Mapping[str, Any]) -> float:
    """A made-up objective."""
    return abs(values.get(RATE, 0.01) - 0.01) + values.get("model.dropout", 0.0) / 10


class Played:
    """A search played against an oracle without training; every `reload` turns the oracle is made anew from what a store would hold."""

    def __init__(self, asked: Search, reload: int = 0, ahead: int = 2) -> None:
        self.search, self.reload, self.ahead = asked, reload, ahead
        self.rows: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self.desk = Desk(asked, {}, {}, [])
        self.turns = 0
        self.ended = False

    def open(self) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["status"] == "RUNNING"]

    def turn(self, tell: list[dict[str, Any]]) -> None:
        self.turns += 1
        if self.reload and self.turns % self.reload == 0:
            body = json.loads(json.dumps([self.state, self.rows]))
            self.desk = Desk(Search.from_json(self.search.to_json()), {}, body[0], body[1])
        answer = json.loads(
            json.dumps(self.desk.turn([{"id": row["id"], "score": row["score"]} for row in tell], [], self.ahead - len(self.open())))
        )
        self.state, self.ended = answer["state"], answer["ended"]
        self.rows += [{**own, "status": "RUNNING", "score": None} for own in answer["asked"]]

    def play(self, count: int) -> list[dict[str, Any]]:
        self.turn([])
        while len(self.rows) < count and self.open():
            row = self.open()[0]
            row |= {"status": "COMPLETED", "score": score_of(row["values"]) / max(1, row["epochs"])}
            self.turn([row])
        return [{name: row[name] for name in ("id", "values", "epochs", "bracket", "rung", "parent")} for row in self.rows][:count]


@pytest.mark.parametrize("oracle", ORACLES)
def test_an_oracle_killed_after_any_answer_goes_on_as_if_nothing_had_happened(oracle: str) -> None:
    asked, count = (search(oracle, SMALL), 6) if oracle == "bayesian" else (search(oracle), 20)  # a Gaussian process takes its time
    whole = Played(asked).play(count)
    assert len(whole) == count
    assert Played(asked, reload=1).play(count) == whole
    assert Played(asked, reload=3).play(count) == whole


@pytest.mark.parametrize("oracle", ["random", "hyperband"])
def test_another_seed_tries_other_values(oracle: str) -> None:
    assert Played(search(oracle)).play(5) != Played(search(oracle).changed(seed=5)).play(5)


@pytest.mark.parametrize("oracle", ["random", "grid"])
def test_what_is_tried_does_not_depend_on_how_many_are_tried_at_once(oracle: str) -> None:
    assert Played(search(oracle), ahead=7).play(20) == Played(search(oracle), ahead=1).play(20)


def test_a_grid_tries_every_combination_once_and_then_ends() -> None:
    space = Space.of(
        {"model.activation": ["relu", "tanh"], "patience": {"low": 0, "high": 2}, "model.dropout": {"low": 0.0, "high": 0.5, "step": 0.25}}
    )
    asked = Search(Experiment(), space, oracle="grid")
    played = Played(asked)
    tried = [tuple(row["values"].values()) for row in played.play(100)]
    assert len(tried) == len(set(tried)) == asked.planned == 18
    assert played.ended


def test_hyperband_runs_the_brackets_that_were_forecast() -> None:
    asked = search("hyperband")
    rows = Played(asked, ahead=100).play(1000)
    found = [
        [(sum(row["bracket"] == bracket and row["rung"] == rung for row in rows), epochs) for rung, (_, epochs) in enumerate(sizes)]
        for bracket, sizes in zip((2, 1, 0), brackets(9, 3), strict=True)
    ]
    assert found == brackets(9, 3)
    assert len(rows) == asked.planned
    parents = {row["id"]: row for row in rows}
    for row in rows:
        assert row["epochs"] == brackets(9, 3)[2 - row["bracket"]][row["rung"]][1]
        if row["rung"]:
            assert parents[row["parent"]]["values"] == row["values"] and parents[row["parent"]]["rung"] == row["rung"] - 1
        else:
            assert row["parent"] == ""


def test_conditional_settings_come_only_with_what_they_belong_to() -> None:
    space = Space.of([
        {"key": "optimizer", "choices": ["sgd", "adam"]},
        {"key": "learning_rate", "low": 0.01, "high": 1.0, "log": True, "when": ["optimizer", ["sgd"]]},
        {"key": "learning_rate", "low": 1e-4, "high": 0.01, "log": True, "when": ["optimizer", ["adam"]]},
    ])  # fmt: skip
    asked = Search(Experiment(), space, seed=1)
    for oracle in ORACLES:
        for row in Played(asked.changed(oracle=oracle), ahead=3).play(10):
            name = row["values"]["optimizer"]
            assert set(row["values"]) == {"optimizer", f"optimizer.learning_rate (optimizer={name})"}


@pytest.mark.parametrize("oracle", ORACLES)
def test_a_frozen_value_is_in_every_later_suggestion(oracle: str) -> None:
    played = Played(search(oracle), ahead=2)
    played.play(5)
    before = len(played.rows)
    frozen = {"model.layers": (16, 16), "model.dropout": 0.2}
    played.state = played.desk.respace(played.search, frozen)
    if oracle == "grid":
        played.rows = [{**row, "status": "COMPLETED", "id": ""} for row in played.rows]
    played.turn([])
    played.play(before + 3)
    later = [row for row in played.rows[before:] if not row["parent"]]
    assert later
    assert {(row["values"]["model.layers"] == [16, 16], row["values"]["model.dropout"]) for row in later} == {(True, 0.2)}


@pytest.mark.parametrize("oracle", ORACLES)
def test_a_widened_range_is_searched_and_nothing_is_tried_twice(oracle: str) -> None:
    space = Space.of(
        {
            "model.activation": ["relu", "tanh"],
            "patience": {"low": 1, "high": 2},
            "learning_rate": {"low": 0.01, "high": 0.02, "step": 0.01},
        }
    )
    played = Played(Search(Experiment(epochs=9), space, oracle=oracle), ahead=1)
    played.play(3)
    wider = Space.of(
        {
            "model.activation": ["relu", "tanh", "elu"],
            "patience": {"low": 1, "high": 4},
            "learning_rate": {"low": 0.01, "high": 0.04, "step": 0.01},
        }
    )
    for row in played.open():
        row |= {"status": "COMPLETED", "score": 1.0}
        played.turn([row])
    while played.open():
        row = played.open()[0]
        row |= {"status": "COMPLETED", "score": 1.0}
        played.desk.turn([{"id": row["id"], "score": 1.0}], [], 0)
    played.search = played.search.changed(space=wider)
    played.state = played.desk.respace(played.search, {})
    if oracle == "grid":
        played.rows = [{**row, "id": ""} for row in played.rows]
    before = len(played.rows)
    played.play(before + (4 if oracle == "bayesian" else 12))
    fresh = [json.dumps(row["values"]) for row in played.rows if row["rung"] == 0]
    assert any(row["values"]["patience"] > 2 or row["values"]["model.activation"] == "elu" for row in played.rows[before:])
    assert len(fresh) == len(set(fresh)) or oracle == "bayesian"


@pytest.mark.parametrize("oracle", ORACLES)
def test_an_oracle_without_its_state_goes_on_from_the_trials(oracle: str) -> None:
    played = Played(search(oracle), ahead=1)
    played.play(6)
    rows = [{**row, "status": "COMPLETED", "score": score_of(row["values"])} for row in played.rows]
    desk = Desk(played.search, {}, {}, rows)
    assert desk.forgot is (oracle == "grid")
    asked = desk.turn([], [], 5)["asked"]
    assert asked
    tried = [json.dumps(row["values"]) for row in rows if not row["parent"]]
    assert not [own for own in asked if not own["parent"] and json.dumps(json.loads(json.dumps(own["values"]))) in tried]


def test_values_that_a_person_wants_are_learned_from() -> None:
    desk = Desk(search("bayesian"), {}, {}, [])
    values = {RATE: 0.01, "model.dropout": 0.1, "model.layers": (8,), "batch_size": 16}
    [added] = desk.turn([], [values], 0)["added"]
    assert added == "0000"
    desk.turn([{"id": added, "score": 0.5}], [], 0)
    assert desk._oracle.trials[added].score == 0.5
    assert Desk(search("grid"), {}, {}, []).turn([], [values], 0)["added"] == [""]


def test_the_process_answers_in_json_whatever_keras_tuner_prints() -> None:
    lines = [
        {"op": "load", "search": search("random").to_json(), "frozen": {}, "state": {}, "rows": []},
        {"op": "turn", "tell": [], "add": [], "count": 3},
        {"op": "turn", "tell": [{"id": "0001", "score": None}], "add": [], "count": 0},
        {"op": "turn"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    ran = subprocess.run([sys.executable, "-m", "dlcore.oracle"], input=text, capture_output=True, text=True, timeout=120)
    loaded, turn, told, wrong = map(json.loads, ran.stdout.splitlines())
    assert loaded == {"forgot": False}
    assert [row["id"] for row in turn["asked"]] == ["0000", "0001", "0002"]
    assert told["state"]["ended"] == ["0001"]
    assert wrong["error"] == "KeyError: 'tell'"


def test_suggestions_are_those_of_keras_tuner_itself() -> None:
    """In a process of its own, which imports all of keras-tuner and Keras."""
    code = f"""
import json, keras_tuner as kt
space = kt.HyperParameters()
space.Float({RATE!r}, 1e-4, 0.1, sampling="log")
space.Float("model.dropout", 0.0, 0.5, step=0.1)
space.Choice("model.layers", ["[8]", "[16, 16]", "[32]"])
space.Int("batch_size", 8, 64, sampling="log")
oracle = kt.oracles.RandomSearchOracle(objective=kt.Objective("val_loss", "min"), max_trials=50, seed=5, hyperparameters=space)
oracle.save = lambda: None
oracle._save_trial = lambda trial: None
oracle.verbose = 0
print(json.dumps([oracle.create_trial(str(number)).hyperparameters.values for number in range(12)]))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=200, env={"TF_CPP_MIN_LOG_LEVEL": "3", "PATH": "/usr/bin"}
    )
    theirs = json.loads(ran.stdout.splitlines()[-1])
    ours = Played(search("random"), ahead=12).play(12)
    assert [row["values"][RATE] for row in ours] == pytest.approx([values[RATE] for values in theirs], rel=1e-11)
    assert [row["values"]["batch_size"] for row in ours] == [values["batch_size"] for values in theirs]
    assert [json.dumps(row["values"]["model.layers"]) for row in ours] == [values["model.layers"] for values in theirs]
