"""The workers' cluster: the only file that knows dask. A scheduler and nannies of our own, or a scheduler that is already there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import dask
from distributed import Client, Future, Nanny, Scheduler, Security
from distributed.comm.core import CommClosedError
from distributed.core import Status

from dlcore.trainer.settings import Settings

HERE = "127.0.0.1"
QUIET = {
    "distributed.worker.profile.enabled": False,  # it stops the training thread every 10 ms to look at its stack
    "distributed.worker.http.routes": [],  # these pages ask nobody who they are
    "distributed.scheduler.http.routes": [],
    "distributed.admin.tick.interval": "500ms",  # by default every process looks at its clock 50 times a second
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.scheduler.allowed-failures": 0,  # the trainer alone decides what is tried again
    "distributed.scheduler.work-stealing": False,
    "distributed.admin.large-graph-warning-threshold": "1TiB",  # a checkpoint travels with its assignment
}
GONE = (CommClosedError, OSError, asyncio.TimeoutError, ValueError)


@dataclass(frozen=True)
class Found:
    """A worker as the scheduler knows it. owned: a child of this process."""

    address: str
    name: str
    worker_class: str
    owned: bool


class OwnNanny(Nanny):
    """A nanny that remembers how its worker's processes ended, by their pid."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self.exits: dict[int, int] = {}
        self.last_pid = 0
        super().__init__(*arguments, **settings)

    def _on_worker_exit_sync(self, exitcode: int) -> None:
        self.exits[self.last_pid], self.last_pid = exitcode, 0
        super()._on_worker_exit_sync(exitcode)


class Cluster:
    """Finds workers, calls functions on them, ends them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.own = not settings.scheduler
        self._security: Security | None = Security.temporary() if self.own else None
        self._address = settings.scheduler
        self._scheduler: Scheduler | None = None
        self._client: Client | None = None
        self._nannies: dict[str, tuple[str, OwnNanny]] = {}
        dask.config.set(QUIET)

    async def start(self) -> None:
        """Start or find the scheduler. Raises OSError when the one named by DLCORE_SCHEDULER does not answer."""
        if self.own:
            self._scheduler = await Scheduler(
                host=HERE, port=0, protocol="tls", security=self._security, dashboard=False, dashboard_address=f"{HERE}:0"
            )
            self._address = self._scheduler.address
        await self._connect()

    async def _connect(self) -> None:
        self._client = await Client(self._address, security=self._security, asynchronous=True, set_as_default=False, timeout=10)

    async def add(self, name: str, worker_class: str) -> None:
        """Start a worker of our own (it is found once it has registered). A name that is there already is started anew."""
        assert self._scheduler is not None
        threads = len(os.sched_getaffinity(0)) if worker_class == "wide" else 1
        await self._drop(name)
        # In place of dask's defaults, which would hold the wide worker's NumPy to one thread and make malloc return memory at each step.
        before = {f"{library}_NUM_THREADS": threads for library in ("OMP", "MKL", "OPENBLAS")}
        with dask.config.set({"distributed.nanny.pre-spawn-environ": before}):
            nanny = OwnNanny(
                self._scheduler.address, nthreads=1, name=name, resources={worker_class: 1}, memory_limit=0, host=HERE,
                security=self._security, dashboard=False, dashboard_address=f"{HERE}:0", silence_logs=40,
            )  # fmt: skip
            self._nannies[name] = (worker_class, nanny)
            await nanny

    async def found(self) -> list[Found]:
        """All workers that the scheduler knows now; raises one of GONE when it does not answer."""
        assert self._client is not None
        if self._client.status == "closed":
            await self._connect()
        scheduler = self._client.scheduler
        if scheduler is None:
            raise OSError("not connected")
        about = await asyncio.wait_for(scheduler.identity(n_workers=-1), self.settings.silence)
        return [self._found(address, worker) for address, worker in about["workers"].items() if worker["status"] == Status.running.name]

    def _found(self, address: str, worker: dict[str, Any]) -> Found:
        name = str(worker["name"])
        return Found(address, name, "narrow" if worker["resources"].get("narrow") else "wide", name in self._nannies)

    def broken(self) -> list[tuple[str, str]]:
        """(name, class) of own workers whose nanny has given up."""
        return [(name, kind) for name, (kind, nanny) in self._nannies.items() if nanny.status in (Status.closed, Status.failed)]

    def met(self, name: str, pid: int) -> None:
        """Tell an own worker's nanny which process it is looking after, for `exit_code`."""
        if name in self._nannies:
            self._nannies[name][1].last_pid = pid

    def exit_code(self, name: str, pid: int) -> int | None:
        """How an own worker's process ended: negative for a signal, None when that is not known."""
        return self._nannies[name][1].exits.get(pid) if name in self._nannies else None

    async def call(self, address: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call on the worker's event loop, whatever its thread is busy with. Raises one of GONE when the worker is lost."""
        assert self._client is not None
        answers = await self._client.run(function, *arguments, workers=[address])
        return answers[address]

    def submit(self, address: str, key: str, function: Callable[..., Any], *arguments: Any) -> Future:
        """Start in the worker's one thread."""
        assert self._client is not None
        return self._client.submit(function, *arguments, workers=[address], key=key, pure=False, retries=0, allow_other_workers=False)

    async def close(self) -> None:
        """Leave; workers of our own are ended."""
        nannies = [nanny for _, nanny in self._nannies.values()]
        self._nannies.clear()
        with suppress(*GONE):
            await asyncio.wait_for(asyncio.gather(*(nanny.close(timeout=1) for nanny in nannies), return_exceptions=True), 5)
        if self._client is not None:
            with suppress(*GONE):
                await self._client.close(timeout=2)
        if self._scheduler is not None:
            with suppress(*GONE):
                await asyncio.wait_for(self._scheduler.close(), 3)

    async def _drop(self, name: str) -> None:
        if name in self._nannies:
            with suppress(*GONE):
                await self._nannies.pop(name)[1].close(timeout=1)
