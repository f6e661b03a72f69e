"""The daemon: takes commands and queued work from the store, hands it to the crew, and leaves when nobody needs it."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from typing import Any

from dlcore.errors import LabError, NotFound
from dlcore.run import Event, Run, State
from dlcore.store import Job, Store, waiting
from dlcore.trainer.attempt import Attempt
from dlcore.trainer.commands import Commands
from dlcore.trainer.crew import Crew, Worker, end_tasks
from dlcore.trainer.job import JobAttempt
from dlcore.trainer.ledger import Ledger
from dlcore.trainer.meter import machine
from dlcore.trainer.narrow import Narrow
from dlcore.trainer.queue import Turns
from dlcore.trainer.searches import Searches
from dlcore.trainer.series import Series
from dlcore.trainer.settings import Settings

log = logging.getLogger("dlcore.trainer")

LOOK = 0.04  # seconds between looks at the store's version, which cost microseconds
REPORT = 1.0  # seconds between reports, when nothing changes
FAREWELL = 3.0  # seconds that running runs have for a last checkpoint
ASKED = "somebody asked for it"


class Daemon:
    """One trainer. `attempts` and `jobs` are what is under way, by run and job."""

    def __init__(self, store: Store, crew: Crew, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.store, self.crew, self.settings, self.clock = store, crew, settings, clock
        self.ledger = Ledger(store, settings.home)
        self.attempts: dict[str, Attempt] = {}
        self.jobs: dict[str, JobAttempt] = {}
        self.turns = Turns()
        self.narrow = Narrow(self)
        self.searches = Searches(self)
        self.leave = asyncio.Event()
        self.is_idle = False
        self._commands = Commands(self)
        self._carried: dict[str, list[dict[str, Any]]] = {}
        self._tries: dict[str, int] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._queued: list[Run] = []
        self._waiting: list[Job] = []
        self._seen, self._mark, self._look_at = -1, (-1, -1), 0.0
        self._crew: list[tuple[int, str, str]] = []
        self._started = clock()
        self._reported = self._used = time.monotonic() - REPORT

    async def run(self) -> None:
        """Until told to leave, or idle for long."""
        keeping = asyncio.create_task(self.crew.keep())
        self._recover()
        while not (self.leave.is_set() or self.is_idle or keeping.done()):
            try:
                self._tick()
            except (LabError, OSError) as error:
                log.error("%s", error)
                await asyncio.sleep(REPORT)
            await asyncio.sleep(LOOK)
        await self._say_farewell()
        await self.crew.close()
        await end_tasks([keeping])
        if keeping.done() and not keeping.cancelled() and (broken := keeping.exception()):
            log.error("The crew could not be kept: %r", broken)

    def append(self, run: Run, kind: str, **body: Any) -> None:
        """Add a fact that is the trainer's own."""
        self.ledger.write(Event(run.id, run.attempt, 0, kind, self.clock(), body))

    def wake(self) -> None:
        """Something may have changed that the store's version does not show."""
        self._seen, self._mark = -1, (-1, -1)

    def _recover(self) -> None:
        """What an earlier trainer left running goes back into the queue."""
        commands = self.store.take_commands(again=True)  # before the runs move on, which would close what was open
        for run in self.store.active():
            if run.state is State.RUNNING:
                cause = "The trainer had ended and was started again."
                self.append(run, "requeued", cause=cause, how="trainer", step=run.step, checkpoint=0)
        for job in self.store.jobs(states=["running"]):
            self.store.update_job(job.id, state="queued", progress=0.0)
        for command in commands:
            self._commands.carry_out(command)

    def _tick(self) -> None:
        now = time.monotonic()
        if now >= self._look_at and (version := self.store.data_version()) != self._seen:
            self._seen = version
            for command in self.store.take_commands():
                self._used = now
                self._commands.carry_out(command)
            if (mark := waiting.mark(self.store)) != self._mark:
                self._queued = [run for run in waiting.head(self.store) if run.id not in self.attempts]
                self._mark = mark
            self._waiting = [job for job in self.store.jobs(states=["queued"]) if job.id not in self.jobs]
            self.searches.look()
            self._look_at = now + 5 * (time.monotonic() - now)  # a long queue must not keep the trainer reading it
        self._hand_out()
        if not self.searches.is_busy and self.crew.free("narrow"):
            self.searches.spare.prepare()
        if self._tasks or self._queued or self._waiting or self.searches.is_busy:
            self._used = now
        elif now - self._used > self.settings.idle:
            log.info("Nothing to do for %g seconds: the trainer leaves.", self.settings.idle)
            self.is_idle = True
        crew = [(worker["pid"], worker["state"], worker["run"] or worker["job"]) for worker in self.crew.status()]
        if now - self._reported >= REPORT or crew != self._crew:
            self._reported, self._crew = now, crew
            self.ledger.retry()
            self.report()

    def report(self) -> None:
        about = {"pid": os.getpid(), "started": self._started, "heartbeat": self.clock()}
        self.store.report_trainer({**about, "workers": self.crew.status(), "machine": machine()})

    def _hand_out(self) -> None:
        """Jobs before runs, on a narrow worker or, when all those train, on the wide one; each run on its class."""
        while self._waiting and (worker := self.crew.free("narrow") or self.crew.free("wide")):
            self._start_job(worker, self._waiting.pop(0))
        self.narrow.look(bool(self._waiting))
        if not self._queued:
            return
        ordered = self.turns.order(self._queued, [attempt.run for attempt in self.attempts.values()])
        for run in self.narrow.hand_out([run for run in ordered if self._class_of(run) == "narrow"]):
            self._queued.remove(run)
        for run in ordered:
            if self._class_of(run) == "wide" and (worker := self.crew.free("wide")):
                self._queued.remove(run)
                self._start_run(worker, run)

    def _class_of(self, run: Run) -> str:
        """A run goes on where it began, since the number of threads decides bits."""
        wanted = run.worker_class
        other = {"wide": "narrow", "narrow": "wide"}[wanted]
        return wanted if self.crew.offers(wanted) or not self.crew.offers(other) else other

    def _start_run(self, worker: Worker, run: Run) -> None:
        self.turns.serve(run)
        attempt = Attempt(self.store, self.ledger, self.crew, worker, run, self._carried.pop(run.id, []), self.clock)
        self.attempts[run.id] = attempt
        worker.become("busy", run=run.id, owner=run.owner)
        self._start(worker, run.id, attempt.carry_out(), lambda: self._end_run(attempt))

    def start_series(self, series: Series, run: Run) -> None:
        """Puts a narrow worker to many runs, this one first."""
        series.worker.become("busy", run=run.id, owner=run.owner)
        self._start(series.worker, series.key, series.carry_out(), lambda: self.narrow.ended(series))

    def hand_over(self, series: Series, run: Run) -> None:
        """Gives a run to a series."""
        self.turns.serve(run)
        self.attempts[run.id] = series.hand(run, self._carried.pop(run.id, []), self.searches.keep(run))

    def let_go(self, attempt: Attempt) -> None:
        """A run of a series has ended, or goes back into the queue."""
        self._end_run(attempt)
        self.wake()

    def _end_run(self, attempt: Attempt) -> None:
        self.attempts.pop(attempt.run.id, None)
        changes = [order for order in attempt.pending if order["order"] == "change"]
        if changes:
            self._carried[attempt.run.id] = changes

    def _start_job(self, worker: Worker, job: Job) -> None:
        self._tries[job.id] = self._tries.get(job.id, 0) + 1
        attempt = JobAttempt(self.store, self.crew, worker, job, self._tries[job.id])
        self.jobs[job.id] = attempt
        worker.become("busy", job=job.id, owner=self._owner(job))
        self._start(worker, job.id, attempt.carry_out(), lambda: self.jobs.pop(job.id, None))

    def _owner(self, job: Job) -> str:
        try:
            return self.store.run(job.run).owner if job.run else ""
        except LabError:  # the run was removed meanwhile, or is damaged: the job will say so
            return ""

    def _start(self, worker: Worker, work: str, carry_out: Any, ended: Callable[[], object]) -> None:
        self._tasks[work] = asyncio.create_task(self._watch(worker, work, carry_out, ended))

    async def _watch(self, worker: Worker, work: str, carry_out: Any, ended: Callable[[], object]) -> None:
        try:
            await carry_out
        except Exception:  # a mistake of ours must cost one run, not the trainer
            log.exception("The trainer made a mistake with %s.", work)
            self._confess(work)
            await self.crew.replace(worker, "after a mistake of the trainer")
        finally:
            ended()
            del self._tasks[work]
            if worker.state == "busy":
                worker.become("idle")
                if worker.unwanted:
                    self.crew.dismiss(worker, worker.unwanted)
            self.wake()

    def restart(self, name: str) -> None:
        """Replace a worker because a person asked for it; runs on it save a checkpoint and go back into the queue first."""
        worker = self.crew.named(name)
        if worker is None:
            raise NotFound(f"There is no worker called {name!r}.")
        worker.unwanted = ASKED
        under_way = [attempt for attempt in self.attempts.values() if attempt.worker is worker]
        for attempt in under_way:
            attempt.leave("The worker was restarted.")
        if not under_way:
            self.crew.dismiss(worker, ASKED)

    def _confess(self, work: str) -> None:
        cause = "The trainer made a mistake of its own; its log has the details."
        if work in self.attempts:
            self.append(self.store.run(work), "failed", cause=cause, hint="Retry the run.", trace="")
        else:
            self.store.update_job(work, state="failed", cause=cause)

    async def _say_farewell(self) -> None:
        """Running runs get a moment for a last checkpoint; then everything goes back into the queue."""
        await self.searches.close()
        for running in self.attempts.values():
            running.leave()
        left = [task for work, task in self._tasks.items() if work not in self.jobs]
        if left:
            await asyncio.wait(left, timeout=FAREWELL)
        under_way: list[Attempt | JobAttempt] = [*self.attempts.values(), *self.jobs.values()]
        await end_tasks(list(self._tasks.values()))
        for attempt in under_way:
            try:
                attempt.abandon()
            except (LabError, OSError) as error:
                log.error("%s", error)
