"""The arithmetic of benchmarks/dashboard.py: figures that cannot flatter."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.dashboard import LIMITS, QUICK, ROWS, Plan, behind, figure
from benchmarks.served import fill
from benchmarks.viewers import EPOCH
from dlcore.services import listing
from dlcore.store import Store
from dlcore.ui.number_row import numbers

MADE = [(1, 10.0), (2, 11.0), (4, 12.0)]


def test_ratio_is_the_limit_divided_by_what_was_measured() -> None:
    assert figure("rerun", 0.05).ratio == pytest.approx(2.0)
    assert figure("rerun", 0.2).ratio == pytest.approx(0.5)
    assert set(ROWS) <= set(LIMITS)


def test_viewer_is_behind_until_the_epoch_or_a_later_one_arrives() -> None:
    seen = [(0, 1, 10.2), (0, 4, 12.5)]
    assert behind(MADE, seen, 1, 9.0, 20.0) == pytest.approx([0.2, 1.5, 0.5])


def test_epoch_that_never_arrives_counts_with_the_time_it_was_waited_for() -> None:
    seen = [(0, 1, 10.2), (1, 4, 10.4)]
    assert max(behind(MADE, seen, 2, 9.0, 20.0)) == pytest.approx(20.0 - 11.0)


def test_epochs_outside_the_time_of_watching_do_not_count() -> None:
    assert behind(MADE, [(0, 4, 12.1)], 1, 10.5, 20.0) == pytest.approx([1.1, 0.1])
    with pytest.raises(SystemExit):
        behind(MADE, [], 1, 30.0, 40.0)


def test_number_of_the_epoch_is_read_from_what_the_page_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("streamlit.html", sent.append)
    numbers({"Best": "0.9", "Epoch": "1,234 of 5,000"})
    assert EPOCH.findall(sent[0]) == ["1,234"]


def test_quick_measures_the_same_rows_only_less() -> None:
    whole = Plan()
    assert QUICK.runs == whole.runs and QUICK.viewers == whole.viewers
    assert QUICK.presses <= whole.presses and QUICK.reruns <= whole.reruns and QUICK.seconds <= whole.seconds


def test_store_is_filled_with_runs_that_can_be_listed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store, 8)
    found = listing.find(listing.Wanted(order="metric", metric="val_accuracy"), store=store)
    assert found.total == 8 and all(run.state == "done" and run.epoch == 4 for run in found.runs)
    assert {"val_accuracy", "loss"} <= set(found.metrics[found.runs[0].id])
    assert listing.find(listing.Wanted(datasets=("moons",)), store=store).total == 2
