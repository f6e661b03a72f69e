"""Sweeps: which values they try and in which order, and what their runs add up to."""

from __future__ import annotations

import pytest

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.services import sweeping

BASE = Experiment().with_(dataset="digits")


def values(search: sweeping.Search) -> list[object]:
    (dimension,) = search.space.dimensions
    return list(dimension.choices)


def test_sweep_is_a_grid_over_the_whole_proposed_range() -> None:
    search = sweeping.search(BASE, "learning_rate", values=5)
    assert (search.oracle, search.planned, search.seeds) == ("grid", 5, 3)
    assert sorted(values(search)) == pytest.approx([1e-5, 1e-4, 1e-3, 1e-2, 1e-1])


def test_values_are_tried_from_the_ends_inwards() -> None:
    assert sweeping.from_the_ends(list(range(9))) == [0, 8, 4, 2, 6, 1, 3, 5, 7]
    assert sorted(sweeping.from_the_ends(list(range(14)))) == list(range(14))
    assert sweeping.from_the_ends([1, 2]) == [1, 2]


def test_straight_range_is_tried_at_equal_distances() -> None:
    assert sorted(values(sweeping.search(BASE, "dropout", low=0.0, high=0.5, values=6))) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])


def test_whole_numbers_that_coincide_count_once() -> None:
    assert sorted(values(sweeping.search(BASE, "batch_size", low=1, high=4, values=9))) == [1, 2, 3, 4]


def test_choices_are_all_tried() -> None:
    assert set(values(sweeping.search(BASE, "optimizer"))) >= {"adam", "sgd"}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"low": 0.1, "high": 0.01}, "must climb"),
        ({"low": 0.0, "high": 0.01}, "equal ratios"),
        ({"values": 1}, "values = 1"),
        ({"high": 1e9}, "learning_rate"),
        ({"objective": "val_auc"}, "is not recorded"),
    ],
)
def test_bad_sweep_is_a_sentence(settings: dict[str, object], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        sweeping.search(BASE, "learning_rate", **settings)  # type: ignore[arg-type]


def test_point_of_one_run_has_no_band() -> None:
    one = sweeping.point(0.1, [0.5])
    assert (one.mean, one.low, one.high) == (0.5, 0.5, 0.5)


def test_band_is_students_interval() -> None:
    # t(0.975, 2) = 4.302653; mean 2, standard error 1/√3.
    point = sweeping.point(0.1, [1.0, 2.0, 3.0])
    assert (point.mean, point.high - 2) == (2.0, pytest.approx(4.302653 / 3**0.5, rel=1e-6))


def test_best_follows_the_direction() -> None:
    found = [sweeping.point(value, [result]) for value, result in ((1, 0.3), (2, 0.1), (3, 0.9))]
    assert sweeping.best(found, "min").value == 2 and sweeping.best(found, "max").value == 3  # type: ignore[union-attr]
    assert sweeping.best([], "min") is None
