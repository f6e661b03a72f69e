"""Numbers, durations and states as a person reads them."""

from __future__ import annotations

import pytest

from dlcore.experiment import Experiment
from dlcore.plural import count
from dlcore.run import Run, State
from dlcore.ui.labels import described, labels
from dlcore.ui.widgets import ladder
from dlcore.ui.words import ago, duration, number, state_words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.8612, "0.861"), (0.1, "0.100"), (1e-5, "1e−05"), (0, "0"), (7, "7"), (1240, "1,240"), (118_000, "118 k"), (3.2e6, "3.2 M"),
     (float("nan"), "–"), (None, "–"), (999_600, "1,000 k")],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value: float | None, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.03, "less than 0.1 s"),
        (0.42, "0.4 s"),
        (12.3, "12 s"),
        (59.7, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (None, "–"),
    ],
)
def test_durations_are_read_in_the_unit_that_suits(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_times_past_are_rough() -> None:
    assert [ago(seconds) for seconds in (5, 300, 10_800, 200_000)] == ["just now", "5 min ago", "3 h ago", "2 days ago"]


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_sentence(state: State) -> None:
    sentence = state_words(Run("a", 0.0, state=state, epoch=3, epochs=20, step=10))
    assert sentence.endswith(".") and sentence[0].isupper()


def test_runs_are_told_apart_by_what_differs() -> None:
    experiments = [Experiment(), Experiment().with_(learning_rate=0.01)]
    runs = [Run("a", 0.0), Run("b", 0.0)]
    assert labels(runs, experiments) == ["learning rate 0.001", "learning rate 0.01"]
    assert labels(runs, [Experiment(), Experiment()]) == [f"{described(Experiment())} ({name})" for name in "ab"]


def test_a_single_run_is_described_by_what_was_moved() -> None:
    assert described(Experiment().with_(epochs=5)) == "Handwritten digits · Multilayer perceptron · epochs 5"


def test_ladders_are_round_and_go_through_the_default() -> None:
    assert ladder(1, 100, True, 20) == [1, 2, 5, 10, 20, 50, 100]
    assert ladder(0, 64, True, 32) == [0, 1, 2, 4, 8, 16, 32, 64]
    assert ladder(0.001, 1, False, 0.003) == [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]


def test_one_of_something_takes_no_s() -> None:
    assert (count(0, "row"), count(1, "row"), count(2000, "row")) == ("0 rows", "1 row", "2,000 rows")
