"""A search in the form that its pictures take."""

from __future__ import annotations

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.studies.search import Search, Trial
from dlcore.studies.space import Dimension, Space
from dlcore.ui import search_axes

SGD = Dimension("learning_rate", low=0.01, high=1.0, log=True, when=("optimizer", ("sgd",)))
ADAM = Dimension("learning_rate", low=0.0001, high=0.01, log=True, when=("optimizer", ("adam",)))
SPACE = Space((Dimension("optimizer", choices=("sgd", "adam")), SGD, ADAM, Dimension("model.dropout[0]", low=0.0, high=0.5)))
SEARCH = Search(Experiment(), SPACE)


def trial(number: int, optimizer: str, score: float | None = None, rate: float = 0.01, dropout: float = 0.1) -> Trial:
    name = f"optimizer.learning_rate (optimizer={optimizer})"
    values = {"optimizer": optimizer, name: rate, "model.dropout[0]": dropout}
    return Trial("s1", number, values, state=State.DONE if score else State.FAILED, score=score)


def test_conditional_ranges_of_one_setting_share_an_axis() -> None:
    axes = search_axes.axes(SEARCH, [])
    assert [axis.title for axis in axes] == ["Optimizer", "Learning rate", "Dropout of layer 1", "validation loss"]
    assert (axes[1].low, axes[1].high, axes[1].log) == (0.0001, 1.0, True)


def test_axis_reaches_what_was_tried_beyond_its_range() -> None:
    axis = search_axes.axis_of(SEARCH, "optimizer.learning_rate", [trial(1, "sgd", 0.3, rate=5.0)])
    assert axis.high == 5.0


def test_rows_have_each_trials_own_value_and_mark_the_best() -> None:
    trials = [trial(1, "sgd", 0.3, 0.5), trial(2, "adam", 0.2, 0.001), trial(3, "adam", None)]
    rows = search_axes.rows(SEARCH, trials, search_axes.axes(SEARCH, trials))
    assert [row["optimizer.learning_rate"] for row in rows] == [0.5, 0.001, 0.01]
    assert [row["best"] for row in rows] == [False, True, False]
    assert rows[2]["score"] is None


def test_values_are_said_in_words() -> None:
    assert search_axes.said(SEARCH, trial(1, "sgd").values) == "optimizer sgd, learning rate 0.01, dropout of layer 1 0.1"


def test_numbers_among_choices_lie_on_a_scale() -> None:
    search = Search(Experiment(), Space((Dimension("batch_size", choices=(16, 32, 64)), Dimension("activation", choices=("relu", "tanh")))))
    size, activation, _ = search_axes.axes(search, [])
    assert (size.choices, size.low, size.high, size.log) == ((), 16, 64, True)
    assert activation.choices == ("relu", "tanh")
