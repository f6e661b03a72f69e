"""Many short runs on one worker: each reports as itself, orders reach the right one, and weights that are not worth it stay behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from dlcore.engine.mailbox import Abandoned, Mailbox
from dlcore.engine.series import Place, Series
from dlcore.run import Event


def assignment(run: str, **more: Any) -> dict[str, Any]:
    return {"run": run, "attempt": 1, **more}


def epochs(*losses: float) -> tuple[dict[str, Any], bytes]:
    return {"names": ["loss", "val_loss"], "first": 1}, np.array([[9.0, loss] for loss in losses], "<f4").tobytes()


class Worker:
    """A series whose runs do as their assignment says, and whose mail is read when all is done."""

    def __init__(self, orders: list[list[Mapping[str, Any]]] | None = None) -> None:
        self.mailbox = Mailbox("series", 1, 20.0)
        self.series = Series(self.mailbox, self.train, lambda error: {"cause": str(error)})
        self.trained: list[str] = []
        self.seen: list[tuple[str, str]] = []
        self.send = orders or []

    def train(self, assignment: Mapping[str, Any], desk: Place) -> None:
        self.trained.append(assignment["run"])
        if self.send:
            self.mailbox.exchange(0, self.send.pop(0))
        self.seen += [(assignment["run"], order["order"]) for order in desk.orders()]
        if assignment.get("breaks"):
            raise ValueError("no good")
        desk.report("epochs", *epochs(*assignment.get("losses", [1.0])))
        for role in ("kept", "final"):
            desk.report("checkpoint", {"role": role}, file=lambda: b"weights")
        desk.report("done", {})

    def perform(self, *runs: Mapping[str, Any]) -> list[Event]:
        self.mailbox.exchange(0, [{"order": "close"}] if not self.send else [])
        self.series.perform(runs)
        events: list[Event] = []
        while not events or events[-1].kind != "closed":
            news, _, _ = self.mailbox.exchange(events[-1].seq if events else 0, [])
            events += news
        self.mailbox.close()
        return events


def test_events_carry_the_run_and_attempt_they_belong_to() -> None:
    events = Worker().perform(assignment("a"), {**assignment("b"), "attempt": 3})
    assert [(event.run, event.attempt) for event in events if event.kind == "done"] == [("a", 1), ("b", 3)]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert (events[-1].run, events[-1].kind) == ("series", "closed")


def test_a_run_that_breaks_off_leaves_the_others_alone() -> None:
    events = Worker().perform(assignment("a", breaks=True), assignment("b"))
    assert [(event.run, event.kind) for event in events if event.kind in ("failed", "done")] == [("a", "failed"), ("b", "done")]


def test_more_runs_can_be_added_and_waiting_ones_taken_back() -> None:
    worker = Worker([[{"order": "train", "assignment": assignment("c")}, {"order": "drop", "run": "b"}, {"order": "close"}]])
    events = worker.perform(assignment("a"), assignment("b"))
    assert worker.trained == ["a", "c"]
    assert [event.run for event in events if event.kind == "dropped"] == ["b"]


def test_an_order_reaches_only_the_run_it_is_for() -> None:
    worker = Worker([[{"order": "stop", "run": "a"}, {"order": "stop", "run": "b"}], [{"order": "close"}]])
    worker.perform(assignment("a"), assignment("b"))
    assert worker.seen == [("a", "stop"), ("b", "stop")]


@pytest.mark.parametrize(
    ("higher", "than", "losses", "kept"),
    [
        (False, 0.5, [0.9, 0.4, 0.8], True),
        (False, 0.5, [0.9, 0.6], False),
        (True, 0.5, [0.4, 0.6], True),
        (True, 0.5, [0.4], False),
        (False, None, [9.0], True),
    ],
)
def test_final_weights_are_handed_in_only_when_they_are_among_the_best(
    higher: bool, than: float | None, losses: list[float], kept: bool
) -> None:
    keep = {"name": "val_loss", "higher": higher, "than": than}
    events = Worker().perform(assignment("a", keep=keep, losses=losses))
    assert [event.body["role"] for event in events if event.kind == "checkpoint"] == (["final"] if kept else [])


def test_all_weights_of_a_run_outside_a_search_are_handed_in() -> None:
    events = Worker().perform(assignment("a"))
    assert [event.body["role"] for event in events if event.kind == "checkpoint"] == ["kept", "final"]


def test_a_series_gives_up_when_nobody_asks_any_more() -> None:
    series = Series(Mailbox("series", 1, 0.0), lambda assignment, desk: None, lambda error: {})
    with pytest.raises(Abandoned):
        series.perform([assignment("a")])
