"""A series: one narrow worker that trains many runs one after the other, told of the next ones before it needs them.

Each run is an attempt of its own in the store; only the conversation with the worker is shared.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlcore.errors import LabError, NotFound, Refused
from dlcore.run import Event, Run
from dlcore.trainer.attempt import TERMINAL, Attempt
from dlcore.trainer.conversation import Conversation, Ending
from dlcore.trainer.crew import Worker

if TYPE_CHECKING:
    from dlcore.trainer.daemon import Daemon

log = logging.getLogger("dlcore.trainer")

SHORT = 2.0  # seconds; runs that take longer wait in the queue, where the next free worker finds them
AHEAD = 0.4  # seconds of work that a worker should have before it
MOST_AHEAD = 8


@dataclass(frozen=True)
class Line:
    """How an attempt's orders reach its run within the series."""

    series: Series
    run: str

    def order(self, order: dict[str, Any]) -> None:
        self.series.order({**order, "run": self.run})


class SeriesAttempt(Attempt):
    """One run of a series. has_begun: the worker has said something of it, so that the store has it as running."""

    def __init__(self, series: Series, daemon: Daemon, run: Run, orders: list[dict[str, Any]]) -> None:
        super().__init__(daemon.store, daemon.ledger, daemon.crew, series.worker, run, orders, daemon.clock)
        self._conversation = Line(series, run.id)  # type: ignore[assignment]
        self._series = series
        self.has_begun = self.is_lost = False
        self.assignment, self._started = self._assignment()

    def leave(self, cause: str = "The trainer was stopped.") -> None:
        if self.has_begun:
            super().leave(cause)
        self._series.leave()

    def abandon(self) -> None:
        if self.has_begun:
            super().abandon()

    def begun(self, moment: float) -> Event:
        """That the run has started, to be written before anything else of this attempt."""
        return self._event_at(self._started, moment)

    def ready(self, event: Event, files: dict[str, bytes]) -> Event:
        """What is to be written for an event of the worker's."""
        return self._filed(self._translated(event), files)

    def lost(self, ending: Ending) -> None:
        """The worker is gone, and this is the run that it was busy with."""
        if not self.has_begun:  # or it would be tried again for ever
            self.store.append([self._event_at(self._started, self.clock())])
        self._settle(ending)

    def failed(self, cause: str, hint: str) -> None:
        if self.has_begun:
            self._write("failed", cause=cause, hint=hint, trace="")

    def check(self, told: list[Event], kept: list[Event]) -> None:
        own = [event for event in kept if event.run == self.run.id]
        self._check_place(told, own)

    def heeded(self, event: Event) -> None:
        self._heeded(event)

    def go_on(self, event: Event) -> None:
        """A resume that came after the pause that has just ended."""
        if self.resume_after:
            self._write("resumed", step=event.body.get("step", 0))

    @staticmethod
    def _event_at(event: Event, moment: float) -> Event:
        return Event(event.run, event.attempt, event.seq, event.kind, moment, event.body)


class Series:
    """attempts: the runs that were handed over and have not ended, in the order in which the worker takes them."""

    def __init__(self, daemon: Daemon, worker: Worker) -> None:
        self.daemon, self.worker = daemon, worker
        self.key = f"series-{uuid.uuid4().hex[:12]}"
        self.attempts: dict[str, SeriesAttempt] = {}
        self.seconds: float | None = None  # what a run takes here, of late
        self.is_closing = False
        self.idle_since = time.monotonic()
        self._last_end = 0.0
        self._first: dict[str, float] = {}
        self._conversation = Conversation(daemon.crew, worker, "perform_series", self.key, 1, self._deliver)

    @property
    def room(self) -> int:
        """How many more runs it should be handed: so many that it never waits, and so few that no other worker does."""
        if self.is_closing:
            return 0
        if self.seconds is None:
            return 1 - len(self.attempts)
        ahead = 0 if self.seconds > SHORT else min(MOST_AHEAD, math.ceil(AHEAD / max(self.seconds, 1e-3)))
        return 1 + ahead - len(self.attempts)

    def hand(self, run: Run, orders: list[dict[str, Any]], keep: dict[str, Any] | None) -> SeriesAttempt:
        """Gives the worker another run. keep: see engine/series.py."""
        attempt = SeriesAttempt(self, self.daemon, run, orders)
        self.attempts[run.id] = attempt
        is_watched = run.kind == "seeds"  # opened in the workbench; nobody looks into trials while they train
        asked = {"views": is_watched, "switched": self.daemon.searches.switched(run.search)}
        assignment = attempt.assignment | asked | ({"keep": keep} if keep is not None else {})
        self.order({"order": "train", "assignment": assignment})
        for order in attempt.pending:
            self.order({**order, "run": run.id})
        attempt.assignment = {}  # its checkpoint need not stay in memory
        return attempt

    def order(self, order: dict[str, Any]) -> None:
        self._conversation.order(order)

    def leave(self) -> None:
        """No more runs; those that have not begun go back."""
        if not self.is_closing:
            self.is_closing = True
            for run, attempt in self.attempts.items():
                if not attempt.has_begun:
                    self.order({"order": "drop", "run": run})
            self.order({"order": "close"})

    async def carry_out(self) -> None:
        try:
            ending = await self._conversation.carry_out({"series": self.key, "attempt": 1, "runs": []})
        except (LabError, OSError) as error:
            hint = getattr(error, "hint", "") or "Make room on the disk, then retry the run: it goes on from its last checkpoint."
            await self._break_off(f"The run could not be written down: {error}", hint)
        except Exception:
            await self._break_off("The trainer made a mistake of its own; its log has the details.", "Retry the run.")
            raise
        else:
            if ending.cause != "finished":
                await self._lose(ending)
        finally:
            self._put_back()

    async def _deliver(self, events: list[Event], files: dict[str, bytes]) -> bool:
        await asyncio.to_thread(self._record, events, files)
        for event in events:
            attempt = self.attempts.get(event.run)
            if attempt is None:
                continue
            self._first.setdefault(event.run, event.time)
            if event.kind == "changed":
                attempt.heeded(event)
            if event.kind in TERMINAL or event.kind == "dropped":
                self._end(attempt, event)
        self._show()
        return any(event.kind == "closed" for event in events)

    def _record(self, events: list[Event], files: dict[str, bytes]) -> None:
        """In two transactions, however many runs: which have started, since that drops files of former attempts; then the rest."""
        own = [event for event in events if event.run in self.attempts and event.kind not in ("dropped", "closed")]
        begun: dict[str, list[Event]] = {}
        for event in own:
            if not self.attempts[event.run].has_begun and event.run not in begun:
                begun[event.run] = [self.attempts[event.run].begun(event.time)]
        self._write(begun)
        for run in begun:
            self.attempts[run].has_begun = True
        ready: dict[str, list[Event]] = {}
        for event in own:
            if not self.attempts[event.run].is_lost:
                ready.setdefault(event.run, []).append(self.attempts[event.run].ready(event, files))
        self._write(ready)

    def _write(self, ready: dict[str, list[Event]]) -> None:
        """All at once; where one run's part is refused, each run's by itself."""
        try:
            self._append(ready)
        except (Refused, NotFound):
            for run, own in ready.items():
                try:
                    self._append({run: own})
                except (Refused, NotFound) as error:
                    log.info("Run %s was moved on by somebody else: %s", run, error)
                    self.attempts[run].is_lost = True
                    self.order({"order": "stop", "run": run})

    def _append(self, ready: dict[str, list[Event]]) -> None:
        told = [event for own in ready.values() for event in own]
        kept = self.daemon.store.append(told) if told else []
        if len(kept) < len(told):
            for run, own in ready.items():
                self.attempts[run].check(own, kept)

    def _end(self, attempt: SeriesAttempt, event: Event) -> None:
        run = attempt.run.id
        del self.attempts[run]
        self._conversation.heeded()
        if event.kind != "dropped":
            attempt.go_on(event)
            took = event.time - max(self._last_end, self._first.get(run, event.time))
            self.seconds = took if self.seconds is None or self.seconds > 4 * took else (self.seconds + took) / 2  # the first one compiles
            self._last_end = event.time
        self._first.pop(run, None)
        self.idle_since = time.monotonic()
        self.daemon.let_go(attempt)

    def _show(self) -> None:
        """What the worker is busy with, for the trainer's report."""
        run = next((attempt.run for attempt in self.attempts.values() if attempt.has_begun), None)
        if run is not None and self.worker.run != run.id:
            self.worker.become("busy", run=run.id, owner=run.owner)

    async def _lose(self, ending: Ending) -> None:
        begun = [attempt for attempt in self.attempts.values() if attempt.has_begun] or list(self.attempts.values())[:1]
        name = begun[0].run.id if begun else "no run"
        log.warning("%s on %s: %s (%s)", name, self.worker.name, ending.detail, ending.cause)
        if not self.worker.gone.is_set():
            await self.daemon.crew.replace(self.worker, ending.detail)
        for attempt in begun:
            try:
                attempt.lost(ending)
            except (Refused, NotFound) as error:
                log.info("Run %s was moved on by somebody else: %s", attempt.run.id, error)

    async def _break_off(self, cause: str, hint: str) -> None:
        for attempt in self.attempts.values():
            attempt.failed(cause, hint)
        await self.daemon.crew.replace(self.worker, cause)

    def _put_back(self) -> None:
        self.is_closing = True
        for attempt in list(self.attempts.values()):
            self.daemon.let_go(attempt)
        self.attempts.clear()
