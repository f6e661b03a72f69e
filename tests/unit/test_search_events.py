"""What has happened to a search is told in the words of its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.store import Store, searches
from dlcore.studies.search import Search, SearchEvent
from dlcore.studies.space import Dimension, Space
from dlcore.ui import search_events

RATE, FUNCTION = "optimizer.learning_rate", "model.activation"
SEARCH = Search(Experiment(), Space((Dimension(RATE, 1e-4, 1e-1, log=True), Dimension(FUNCTION, choices=("relu", "tanh")))))


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("changed", {"field": "trials", "value": 11}, "Trials: 11"),
        ("changed", {"field": "parallel", "value": 0}, "At a time: all workers"),
        ("changed", {"field": "seconds", "value": 300.0}, "Time budget: 5 min 0 s"),
        ("changed", {"field": "seconds", "value": 0}, "Time budget: none"),
        ("frozen", {"name": RATE, "value": 0.002}, "Learning rate: 0.002"),
        ("unfrozen", {"name": RATE}, "Learning rate"),
        ("widened", {"name": RATE, "low": 1e-6, "high": 0.1, "choices": []}, "Learning rate: 1e-06 to 0.1"),
        ("widened", {"name": FUNCTION, "choices": ["relu", "tanh", "elu"]}, "Activation: relu, tanh, elu"),
        ("enqueued", {"values": {RATE: 0.0042, FUNCTION: "tanh"}}, "Learning rate 0.0042, Activation tanh"),
        ("pruned", {"trial": 7, "epoch": 3, "value": 0.912, "median": 0.534}, "Trial 7 after epoch 3: 0.912, where the median was 0.534"),
        ("failed", {"cause": "The disk is full.", "hint": "Free some space."}, "The disk is full. Free some space."),
        ("done", {"reason": "All trials have ended."}, "All trials have ended."),
        ("paused", {}, ""),
        ("frozen", {"name": "gone", "value": 1}, "gone: 1"),
    ],
)
def test_each_event_is_told_in_words(kind: str, body: Mapping[str, Any], told: str) -> None:
    assert search_events.details(SEARCH, SearchEvent("s1", kind, 0.0, body)) == told


def test_why_a_search_is_over_is_what_its_last_end_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_HOME", str(store.home))
    study = searches.load(store, searches.submit(store, SEARCH))
    assert search_events.why_over(study) == ""
    for reason in ("Its time budget of 5 seconds is used up.", "The oracle found nothing."):
        searches.change(store, study.id, "done", {"reason": reason})
    assert search_events.why_over(study) == "The oracle found nothing."
