"""The live panel asks for news only, and sees what the store sees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlcore import service
from dlcore.run import Run
from dlcore.ui.reader import CurveReader


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
