"""The crew: the workers, kept warm. It meets them, prepares them, replaces the worn and the lost."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dlcore.forecast import show_bytes
from dlcore.trainer import memory, remote
from dlcore.trainer.cluster import GONE, Cluster, Found
from dlcore.trainer.meter import Meter
from dlcore.trainer.settings import Settings

log = logging.getLogger("dlcore.trainer")

PREPARING = 600.0  # seconds within which a worker must have imported Keras, also on a machine with far more work than cores
LOOK = 0.25  # seconds between looks at who is there
IDLE = 0.3  # seconds without work after which a new worker rehearses


@dataclass(eq=False)
class Worker:
    """A worker process.

    state: "starting", "idle", "busy", "leaving" or "failed" (it cannot be prepared; `cause` says why); since: when that began.
    run, job: what it is busy with, one of both; owner: for whom. unwanted: why it is to be replaced as soon as it is free. programs: of
    narrow runs that it was given, as `structure.program_of` tells them apart.
    """

    found: Found
    state: str = "starting"
    since: float = field(default_factory=time.time)
    run: str = ""
    job: str = ""
    owner: str = ""
    unwanted: str = ""
    process: str = ""
    pid: int = 0
    place: str = ""
    born: str = ""
    rss: int = 0
    meter: Meter = field(default_factory=Meter)
    used: bool = False
    programs: set[str] = field(default_factory=set)
    cause: str = ""
    environment: dict[str, Any] = field(default_factory=dict)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def name(self) -> str:
        return self.found.name

    @property
    def worker_class(self) -> str:
        return self.found.worker_class

    @property
    def is_here(self) -> bool:
        """Whether its pid is one that this process may read and end."""
        return self.place == remote.place() and remote.born(self.pid) == self.born != ""

    def become(self, state: str, *, run: str = "", job: str = "", owner: str = "") -> None:
        self.state, self.since, self.run, self.job, self.owner = state, time.time(), run, job, owner

    def status(self) -> dict[str, Any]:
        """As `service.trainer_status` gives it; cpu is None for a worker on another machine."""
        known = {
            "pid": self.pid, "name": self.name, "class": self.worker_class, "state": self.state, "since": self.since, "run": self.run,
            "job": self.job, "owner": self.owner, "rss": self.rss, "cpu": round(self.meter.percent, 1) if self.is_here else None,
        }  # fmt: skip
        return {**known, "cause": self.cause} if self.cause else known


async def end_tasks(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel them until they end: under dask and `wait_for` of Python 3.11 a cancellation can get lost."""
    left = set(tasks)
    for _ in range(10):
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=0.3)


async def _result(worker: Worker, future: Any) -> Any:
    """What the worker returns. TimeoutError when it is gone, or does not answer in time."""
    ready = asyncio.ensure_future(future.result())
    ready.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody may be left to ask for it
    lost = asyncio.ensure_future(worker.gone.wait())
    await asyncio.wait({ready, lost}, timeout=PREPARING, return_when=asyncio.FIRST_COMPLETED)
    lost.cancel()
    if not ready.done():
        ready.cancel()
        raise TimeoutError("it is gone" if worker.gone.is_set() else f"no answer in {PREPARING:.0f} seconds")
    return ready.result()


class Crew:
    """All workers by address. `keep` runs as long as the trainer does."""

    def __init__(self, cluster: Cluster, settings: Settings) -> None:
        self.cluster = cluster
        self.settings = settings
        self.workers: dict[str, Worker] = {}
        self._planned = ["wide-1", *(f"narrow-{number}" for number in range(1, settings.warm + 1))] if cluster.own else []
        self._narrow = settings.warm  # how many narrow workers were planned
        self._is_awaited = False
        self._adding: asyncio.Future[Any] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._again_at: dict[str, float] = {}
        self._trouble = 0
        self._leaving = False

    async def keep(self) -> None:
        while not self._leaving:
            try:
                self._compare(await self.cluster.found())
            except GONE as error:
                log.warning("The scheduler does not answer: %s", error)
                self._compare([])
            self._grow()
            for worker in list(self.workers.values()):
                self._watch(worker)
            await asyncio.sleep(LOOK)

    def free(self, worker_class: str) -> Worker | None:
        """An idle worker of that class."""
        return next((worker for worker in self.workers.values() if worker.state == "idle" and worker.worker_class == worker_class), None)

    def named(self, name: str) -> Worker | None:
        return next((worker for worker in self.workers.values() if worker.name == name), None)

    def count(self, worker_class: str) -> int:
        """How many workers of that class there are, ready or not."""
        return sum(worker.worker_class == worker_class for worker in self.workers.values())

    def is_warm(self, worker_class: str) -> bool:
        """Whether a worker of that class has been prepared, busy or not."""
        return any(worker.state in ("idle", "busy") for worker in self.workers.values() if worker.worker_class == worker_class)

    def offers(self, worker_class: str) -> bool:
        """Whether there is, or will be, a worker of that class."""
        if self.cluster.own:
            return worker_class == "wide" or self.settings.narrow > 0
        return any(worker.worker_class == worker_class for worker in self.workers.values())

    def want_narrow(self, count: int) -> None:
        """Runs wait: start so many narrow workers in all, as far as the settings allow. They are kept."""
        self._is_awaited = True  # then a rehearsal must not hold them up
        for number in range(self._narrow + 1, min(count, self.settings.narrow) + 1 if self.cluster.own else 0):
            self._planned.append(f"narrow-{number}")
            self._narrow = number

    async def replace(self, worker: Worker, reason: str) -> None:
        """End a worker's process; its nanny starts another. Where it runs elsewhere it is asked to leave by itself."""
        log.info("Worker %s (pid %d) is replaced: %s", worker.name, worker.pid, reason)
        worker.become("leaving")
        if worker.is_here:
            os.kill(worker.pid, signal.SIGKILL)
            return
        task = asyncio.create_task(self._ask_to_leave(worker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def dismiss(self, worker: Worker, reason: str) -> None:
        """`replace`, soon; from now on it gets no work."""
        worker.become("leaving")
        self._do(self.replace(worker, reason))

    async def how_it_ended(self, worker: Worker) -> int | None:
        """The exit code of a lost worker of our own, None when it cannot be known."""
        for _ in range(20):
            code = self.cluster.exit_code(worker.name, worker.pid)
            if code is not None or not worker.found.owned:
                return code
            await asyncio.sleep(0.05)
        return None

    def status(self) -> list[dict[str, Any]]:
        return [worker.status() for worker in self.workers.values() if worker.pid]

    async def close(self) -> None:
        self._leaving = True
        await end_tasks(self._tasks)

    def _compare(self, found: list[Found]) -> None:
        there = {one.address: one for one in found}
        for address in [address for address in self.workers if address not in there]:
            worker = self.workers.pop(address)
            worker.gone.set()
        for address, one in there.items():
            if address not in self.workers:
                self.workers[address] = Worker(one)
                self._do(self._meet(self.workers[address]))

    def _grow(self) -> None:
        """Start own workers one after the other: the wide one first, since somebody is waiting for it."""
        for name, worker_class in self.cluster.broken():
            if time.monotonic() > self._again_at.get(name, 0):
                self._again_at[name] = time.monotonic() + 5
                self._do(self.cluster.add(name, worker_class))
        if not self._planned or any(worker.state == "starting" for worker in self.workers.values()):
            return
        if not self._tasks or (self._is_awaited and (self._adding is None or self._adding.done())):
            name = self._planned.pop(0)
            self._adding = self._do(self.cluster.add(name, name.partition("-")[0]))

    def _watch(self, worker: Worker) -> None:
        if worker.is_here:
            worker.rss = memory.resident(worker.pid)
            worker.meter.look(worker.pid)
        if worker.state == "idle" and worker.used and worker.rss > self.settings.memory:
            self._do(self.replace(worker, f"it holds {show_bytes(worker.rss)} of {show_bytes(self.settings.memory)}"))

    async def _meet(self, worker: Worker) -> None:
        parent = os.getpid() if worker.found.owned else 0
        try:
            about = await asyncio.wait_for(self.cluster.call(worker.found.address, remote.introduce, parent), self.settings.silence)
            worker.process, worker.pid, worker.place, worker.born = about["process"], about["pid"], about["place"], about["born"]
            self.cluster.met(worker.name, worker.pid)
            await self._prepare(worker)
        except GONE as error:
            if not worker.gone.is_set():
                await self.replace(worker, f"it did not get ready ({error!r})")

    async def _prepare(self, worker: Worker) -> None:
        began = time.monotonic()
        threads = 1 if worker.worker_class == "narrow" else 0
        arguments = (self.settings.module, worker.worker_class, threads)
        future = self.cluster.submit(worker.found.address, f"prepare-{worker.process}-{began}", remote.prepare, *arguments)
        try:
            worker.environment = await _result(worker, future)
        except GONE:
            raise
        except Exception as error:
            if not worker.gone.is_set():
                await self._give_up(worker, error)
            return
        finally:
            future.release()
        self._trouble = 0
        worker.become("idle")
        log.info("Worker %s (pid %d) is warm after %.1f s.", worker.name, worker.pid, time.monotonic() - began)
        self._do(self._rehearse(worker))

    async def _rehearse(self, worker: Worker) -> None:
        """Nobody has work for it: it makes itself ready for the run that most people start first."""
        await asyncio.sleep(IDLE)
        if worker.used or worker.gone.is_set() or any(other.state == "busy" for other in self.workers.values()):
            return
        key, began = f"rehearse-{worker.process}", time.monotonic()
        future = self.cluster.submit(worker.found.address, key, remote.rehearse, worker.process, self.settings.module)
        try:
            await _result(worker, future)
            log.info("Worker %s (pid %d) has rehearsed for %.1f s.", worker.name, worker.pid, time.monotonic() - began)
        except Exception as error:  # whatever is wrong, the first run will say it
            log.warning("Worker %s (pid %d) could not rehearse: %r", worker.name, worker.pid, error)
        finally:
            future.release()

    async def _give_up(self, worker: Worker, error: Exception) -> None:
        """It cannot be prepared, most likely because Keras cannot be imported. Say so, and try again later and later."""
        worker.become("failed")
        worker.cause = f"The worker could not start: {type(error).__name__}: {error}"
        log.error("Worker %s: %s", worker.name, worker.cause)
        self._trouble += 1
        await asyncio.sleep(min(60, 2**self._trouble))
        await self.replace(worker, "to try again")

    async def _ask_to_leave(self, worker: Worker) -> None:
        try:
            await asyncio.wait_for(self.cluster.call(worker.found.address, os._exit, 1), self.settings.silence)
        except GONE:
            pass

    def _do(self, work: Any) -> asyncio.Future[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("A worker could not be started: %r", error)
