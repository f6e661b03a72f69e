"""The live panel asks for news only, and sees what the store sees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import numpy as np
import pytest

from dlcore import service
from dlcore.run import Run
from dlcore.ui.reader import CurveReader
from dlcore.ui.watching import Watching


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The curves that the store holds, and the `first` of each question."""
    held: dict[str, Any] = {"curves": {}, "first": []}

    def curves(run: str, kind: str, first: int = 0) -> dict[str, np.ndarray]:
        held["first"].append(first)
        found = {name: curve[first:] for name, curve in held["curves"].items()}
        return {name: curve for name, curve in found.items() if len(curve)}

    monkeypatch.setattr(service, "curves", curves)
    return held


def test_only_what_is_new_is_asked_for(asked: dict[str, Any]) -> None:
    reader, run = CurveReader(), Run("a", 0.0, attempt=1)
    for count in (3, 3, 5):
        asked["curves"] = {"loss": np.arange(count, dtype="f4"), "accuracy": np.ones(count, "f4")}
        np.testing.assert_array_equal(reader.read(run, "epochs")["loss"], np.arange(count))
        assert len(reader.read(run, "epochs")["accuracy"]) == count
    assert asked["first"] == [0, 3, 3, 3, 3, 5]


def test_another_attempt_is_read_from_the_beginning(asked: dict[str, Any]) -> None:
    reader = CurveReader()
    asked["curves"] = {"loss": np.zeros(3, "f4")}
    reader.read(Run("a", 0.0, attempt=1), "epochs")
    asked["curves"] = {"loss": np.ones(4, "f4")}
    np.testing.assert_array_equal(reader.read(Run("a", 0.0, attempt=2), "epochs")["loss"], np.ones(4))


def test_curves_of_few_runs_are_kept(asked: dict[str, Any]) -> None:
    reader = CurveReader(kept_runs=2)
    asked["curves"] = {"loss": np.zeros(3, "f4")}
    for name in ("a", "b", "c", "a"):
        reader.read(Run(name, 0.0), "epochs")
    assert asked["first"] == [0, 0, 0, 0]


def test_while_one_viewer_makes_a_picture_the_others_get_the_one_before() -> None:
    reader, run = CurveReader(), Run("a", 0.0)
    assert reader.made(run, "picture", 1, lambda: "first") == "first"
    under_way, may_end = Event(), Event()

    def slowly() -> str:
        under_way.set()
        assert may_end.wait(60)
        return "second"

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(reader.made, run, "picture", 2, slowly)
        assert under_way.wait(60)
        assert reader.made(run, "picture", 2, lambda: "made twice") == "first"
        may_end.set()
        assert slow.result(60) == "second"
    assert reader.made(run, "picture", 2, lambda: "made twice") == "second"


def test_a_curve_that_outgrows_its_room_keeps_its_values(asked: dict[str, Any]) -> None:
    reader, run, held = CurveReader(), Run("a", 0.0), []
    for count in (3, 300, 301, 5000):
        asked["curves"] = {"loss": np.arange(count, dtype="f4")}
        held.append(reader.read(run, "steps")["loss"])
    for curve, count in zip(held, (3, 300, 301, 5000), strict=True):
        np.testing.assert_array_equal(curve, np.arange(count))


def test_watching_tabs_are_counted_until_they_have_been_silent_for_a_while() -> None:
    now = [0.0]
    watching = Watching(lambda: now[0])
    watching.here("a")
    now[0] = 3.0
    watching.here("b")
    watching.here("b")
    assert watching.count() == 2
    now[0] = 6.0
    assert watching.count() == 1
