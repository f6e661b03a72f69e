"""One attempt of a run: from the newest intact checkpoint, on one worker, until it ends or the worker is lost."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dlcore.errors import Damaged, Invalid, LabError, NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.forecast import PROCESS, forecast, show_bytes
from dlcore.run import Event, Run, State
from dlcore.store import Artefact, Store
from dlcore.trainer import losses
from dlcore.trainer.conversation import Conversation, Ending
from dlcore.trainer.crew import Crew, Worker
from dlcore.trainer.ledger import Ledger
from dlcore.trainer.parcel import parcel

log = logging.getLogger("dlcore.trainer")

TERMINAL = ("done", "stopped", "paused", "failed", "requeued")
RESUMABLE = ("latest", "kept")
SMALLER = "Use a smaller model, a smaller batch or fewer rows."


class Attempt:
    """Carries one attempt of a run; afterwards the run is in another state than RUNNING, or the ledger will see to it.

    orders: changes that a person asked for and an earlier attempt did not get to make; `pending` has those that are left.
    """

    def __init__(
        self, store: Store, ledger: Ledger, crew: Crew, worker: Worker, run: Run, orders: list[dict[str, Any]],
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.store, self.ledger, self.crew, self.worker, self.run, self.clock = store, ledger, crew, worker, run, clock
        self.number = run.attempt + 1
        self.pending = list(orders)
        self.resume_after = False
        self._leaving = ""
        self._conversation = Conversation(crew, worker, "perform_run", run.id, self.number, self._deliver)

    def order(self, order: dict[str, Any]) -> None:
        """Stop, pause or change. Stays in `pending` until the worker has said that it did so."""
        self.resume_after = False
        self.pending.append(order)
        self._conversation.order(order)

    def leave(self, cause: str = "The trainer was stopped.") -> None:
        """Trainer or worker is about to leave: asks for a last checkpoint, after which the run goes back into the queue."""
        self._leaving = cause
        self._conversation.order({"order": "pause"})

    def abandon(self) -> None:
        """The trainer leaves now: the run goes back into the queue and on from its newest checkpoint."""
        self._requeue("The trainer was stopped.", "trainer")

    async def carry_out(self) -> None:
        try:
            assignment = await asyncio.to_thread(self._begin)
            for order in self.pending:
                self._conversation.order(order)
            ending = await self._conversation.carry_out(assignment)
        except (Refused, NotFound) as error:
            log.info("Run %s was moved on by somebody else: %s", self.run.id, error)
            await self.crew.replace(self.worker, "its run was moved on")
        except (LabError, OSError) as error:
            hint = getattr(error, "hint", "") or "Make room on the disk, then retry the run: it goes on from its last checkpoint."
            self._write("failed", cause=f"The run could not be written down: {error}", hint=hint, trace="")
            await self.crew.replace(self.worker, "its run could not be written down")
        else:
            if ending.cause != "finished":
                log.warning("Run %s, attempt %d on %s: %s (%s)", self.run.id, self.number, self.worker.name, ending.detail, ending.cause)
                if not self.worker.gone.is_set():
                    await self.crew.replace(self.worker, ending.detail)
                self._settle(ending)

    def _begin(self) -> dict[str, Any]:
        """Writes `started` and returns the assignment."""
        assignment, started = self._assignment()
        self.store.append([started])
        return assignment

    def _assignment(self) -> tuple[dict[str, Any], Event]:
        """What the worker is given, and the `started` event that belongs to it."""
        data, step = self._newest_checkpoint()
        worker = self.worker
        body = {"worker": worker.name, "worker_class": worker.worker_class, "environment": worker.environment, "step": step}
        return {
            "run": self.run.id, "attempt": self.number, "experiment": self.run.experiment, "worker_class": worker.worker_class,
            "resume": data, "changes": self._changes(),
            "data": parcel(json.loads(self.run.experiment), self.store.home, worker.found.owned or worker.is_here),
        }, self._event("started", body)  # fmt: skip

    def _newest_checkpoint(self) -> tuple[bytes | None, int]:
        """The bytes and step of the newest checkpoint that is whole; None and 0 for a start from the beginning."""
        for file in self._checkpoints():
            try:
                return self.store.get_file(file.id), file.step
            except (Damaged, NotFound) as error:
                text = f"The checkpoint of step {file.step} is passed over: {error}"
                log.warning("Run %s: %s", self.run.id, text)
                self.store.append([self._event("log", {"text": text})])
        return None, 0

    def _checkpoints(self) -> list[Artefact]:
        files = [file for file in self.store.files(self.run.id) if file.role in RESUMABLE]
        return sorted(files, key=lambda file: (file.step, file.created), reverse=True)

    def _changes(self) -> list[dict[str, Any]]:
        """What a person changed so far, once each: a resumed attempt repeats the changes that came after its checkpoint."""
        made: list[dict[str, Any]] = []
        for _, event in self.store.events(self.run.id, kinds=["changed"]):
            change = {key: event.body[key] for key in ("field", "value", "step")}
            if change not in made:
                made.append(change)
        return made

    async def _deliver(self, events: list[Event], files: dict[str, bytes]) -> bool:
        events = [self._translated(event) for event in events]
        await asyncio.to_thread(self._record, events, files)
        for event in events:
            if event.kind == "changed":
                self._heeded(event)
        ended = any(event.kind in TERMINAL for event in events)
        if ended and self.resume_after:
            self._write("resumed", step=events[-1].body.get("step", 0))
        return ended

    def _record(self, events: list[Event], files: dict[str, bytes]) -> None:
        """Files first, then the events that speak of them."""
        ready = [self._filed(event, files) for event in events]
        self._check_place(ready, self.store.append(ready))

    def _filed(self, event: Event, files: dict[str, bytes]) -> Event:
        """The event with the file that it speaks of in the store."""
        if event.kind not in ("checkpoint", "view"):
            return event
        body = dict(event.body)
        data = files[body["artefact"]]
        place = {"role": body["role"], "epoch": body["epoch"], "step": body["step"]}
        body |= {"artefact": self.store.put_file(self.run.id, body["artefact"], data, **place), "bytes": len(data)}
        return replace(event, body=body)

    def _check_place(self, told: list[Event], kept: list[Event]) -> None:
        """`Refused` when the store dropped events since the run has moved on to another attempt or state."""
        if len(kept) < len(told):
            now = self.store.run(self.run.id)
            if (now.state, now.attempt) != (State.RUNNING, self.number) and not any(event.kind in TERMINAL for event in told):
                raise Refused(f"Run {now.id} is {now.state} in attempt {now.attempt}, and this was attempt {self.number}.")

    def _translated(self, event: Event) -> Event:
        """A pause that we asked for in order to leave is not one that a person asked for; a lack of memory is told with the forecast."""
        if event.kind == "paused" and self._leaving and not self._asked("pause"):
            return replace(event, kind="requeued", body={**event.body, "cause": self._leaving, "how": "trainer"})
        if event.kind == "failed" and event.body.get("out_of_memory"):
            return replace(event, body={**event.body, "cause": f"{event.body['cause']}{self._forecast()}"})
        return event

    def _heeded(self, event: Event) -> None:
        for order in self.pending:
            if order["order"] == "change" and (order["field"], order["value"]) == (event.body["field"], event.body["value"]):
                self.pending.remove(order)
                return

    def _asked(self, order: str) -> bool:
        return any(asked["order"] == order for asked in self.pending)

    def _settle(self, ending: Ending) -> None:
        """What becomes of a run whose worker did not finish it."""
        now = self.store.run(self.run.id)
        if self._asked("stop"):
            self._write("stopped", step=now.step, epoch=now.epoch)
        elif self._asked("pause") and not self.resume_after:
            self._write("paused", step=now.step)
        elif ending.cause == "memory":
            cause = f"The run ran out of memory. {ending.detail}{self._forecast()}"
            self._write("failed", cause=cause, hint=SMALLER, trace=ending.trace)
        elif ending.cause == "error":
            self._write("failed", cause=ending.detail, hint="The run's log has the details. Retry it, or change it.", trace=ending.trace)
        else:
            self._requeue(self._leaving or ending.detail, "trainer" if self._leaving else ending.cause)

    def _requeue(self, cause: str, how: str) -> None:
        """Back into the queue, unless this has led nowhere too often."""
        now = self.store.run(self.run.id)
        newest = next((file.step for file in self._checkpoints()), 0)
        before = [event for _, event in self.store.events(now.id, kinds=losses.KINDS)]
        if losses.is_hopeless(before, how, now.step, newest):
            cause = f"The run was given up: {losses.LIMITS[how]} attempts in a row got no further than step {now.step}. {cause}"
            self._write("failed", cause=cause, hint="Retry it, or change its settings.", trace="")
        else:
            self._write("requeued", cause=cause, how=how, step=now.step, checkpoint=newest)

    def _forecast(self) -> str:
        try:
            need = PROCESS + forecast(Experiment.from_json(self.run.experiment)).memory.total
        except Invalid:
            return ""
        return f" The forecast was {show_bytes(need)}."

    def _event(self, kind: str, body: dict[str, Any]) -> Event:
        return Event(self.run.id, self.number, 0, kind, self.clock(), body)

    def _write(self, kind: str, **body: Any) -> None:
        self.ledger.write(self._event(kind, body))
