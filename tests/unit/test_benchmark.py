"""The engine benchmark's own arithmetic and its processes; what it measures is not tested here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import engine
from benchmarks.conductor import Conductor, Measured, Process
from benchmarks.families import FAMILIES


@pytest.fixture
def scikit_learn() -> Iterator[Process]:
    process = Process("scikit_learn")
    yield process
    process.close()


def test_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    measured = Measured({"lab": [10.0, 40.0, 90.0], "fit": [5.0, 10.0, 30.0]})
    assert measured.ratio("lab", "fit") == 3.0
    assert measured.median("fit") == 10.0


def test_peer_that_cannot_train_a_family_says_why(scikit_learn: Process) -> None:
    assert scikit_learn.ask(prepare=["scikit-learn", "cnn"]) == {"missing": "scikit-learn has no CNN"}


def test_peer_that_breaks_reports_the_error_and_lives(scikit_learn: Process) -> None:
    assert scikit_learn.ask(prepare=["scikit-learn", "nonsense"])["failed"].startswith("KeyError")
    assert "missing" in scikit_learn.ask(prepare=["scikit-learn", "lstm"])


def test_peer_whose_process_died_is_a_failure(scikit_learn: Process) -> None:
    scikit_learn.close()
    assert "ended with status" in scikit_learn.ask(prepare=["scikit-learn", "mlp"])["failed"]


def test_missing_peers_are_left_out_of_the_figures() -> None:
    with Conductor() as conductor:
        conductor.start(["scikit_learn"])
        measured = conductor.measure("cnn", {"scikit-learn": "scikit_learn"}, rounds=1, seconds=0.1)
    assert measured.speeds == {} and "scikit-learn" in measured.missing


class Paced:
    """A process whose peers train at speeds of their own; keeps what it was asked."""

    def __init__(self, speeds: dict[str, float]) -> None:
        self.speeds, self.rounds = speeds, 0

    def ask(self, **order: Any) -> dict[str, Any]:
        if "prepare" in order:
            return {"prepared": True}
        self.rounds += 1
        return {"examples": self.speeds[order["round"][0]], "seconds": 1.0}


def test_a_peer_that_is_hopelessly_slow_is_left_out_after_one_round_and_that_is_said() -> None:
    process, conductor = Paced({"lab": 100.0, "fit": 50.0, "other": 4.0}), Conductor()
    conductor.processes["one"] = process  # type: ignore[assignment]
    measured = conductor.measure("cnn", dict.fromkeys(process.speeds, "one"), rounds=2, seconds=1.0)
    assert measured.speeds == {"lab": [100.0, 100.0], "fit": [50.0, 50.0]}
    assert measured.missing == {"other": "25 times slower (4 examples/s)"}
    assert process.rounds == 7


def test_figure_as_json_has_name_ratio_and_goal(capsys: pytest.CaptureFixture[str]) -> None:
    engine.show(engine.Figure("mlp vs fit", 4.5, 4.0, 9.0, 2.0), as_json=True)
    line = json.loads(capsys.readouterr().out)
    assert (line["name"], line["ratio"], line["goal"]) == ("mlp vs fit", 4.5, 4.0)


def test_figure_below_its_goal_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    engine.show(engine.Figure("mlp vs fit", 3.9, 4.0, 9.0, 2.0), as_json=False)
    assert "below the goal" in capsys.readouterr().out


def test_quick_is_a_subset_of_the_whole() -> None:
    assert set(engine.QUICK.peers) <= set(engine.Plan().peers) and set(engine.QUICK_FAMILIES) <= set(FAMILIES)


def test_rows_fill_whole_groups_of_64_batches() -> None:
    assert all(family.steps % 64 == 0 and family.rows % family.batch == 0 for family in FAMILIES.values())
