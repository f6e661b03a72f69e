"""One assignment on one worker, from handing it over until there is nothing more to hear."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from dlcore.forecast import show_bytes
from dlcore.trainer import memory, remote
from dlcore.trainer.cluster import GONE
from dlcore.trainer.crew import Crew, Worker

log = logging.getLogger("dlcore.trainer")

PACE = 0.1  # seconds between exchanges
FIRST, EARLY = 0.02, 0.5  # and until the first news, that many seconds long: somebody may have pressed Train just now
TICK = 0.25  # longest wait that counts as one: while the trainer itself was asleep, no worker was silent
BEGIN = 60.0  # seconds within which a worker must have begun what it was given

WORN = "it has compiled as many nets as the kernel allows one process"
Cause = Literal["finished", "crash", "vanished", "frozen", "memory", "worn", "deaf", "error"]
Deliver = Callable[[list[Any], dict[str, bytes]], Awaitable[bool]]


@dataclass(frozen=True)
class Ending:
    """How it ended. cause "finished": all was said; the others name what went wrong, `detail` in a sentence.

    crash: the process ended by itself. vanished: it was killed from outside or left without a word. frozen: no answer. memory: it
    needed more than it may use. worn: so did it, but earlier work may be to blame. deaf: a stop was not heeded. error: it raised.
    """

    cause: Cause
    detail: str = ""
    trace: str = ""
    rss: int = 0


class Lost(Exception):
    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.detail)
        self.ending = ending


class Conversation:
    """Exchanges with the worker about ten times a second, or at once when there is an order to pass on.

    deliver(events, files) writes them down and says whether a terminal one was among them; only after it are they acknowledged.
    """

    def __init__(self, crew: Crew, worker: Worker, function: str, key: str, attempt: int, deliver: Deliver) -> None:
        self.crew, self.worker, self.function, self.key, self.attempt, self.deliver = crew, worker, function, key, attempt, deliver
        self.settings = crew.settings
        self.peak = 0
        self._orders: list[dict[str, Any]] = []
        self._wake = asyncio.Event()
        self._acknowledged = 0
        self._patience: float | None = None
        self._fresh = not worker.used
        self._kills = memory.kills()

    def order(self, order: dict[str, Any]) -> None:
        """Pass on an order with the next exchange. One to stop or pause that is not heeded in time ends the worker."""
        self._orders.append(order)
        if order["order"] in ("stop", "pause") and self._patience is None:
            self._patience = self.settings.heed
        self._wake.set()

    def heeded(self) -> None:
        """What was to stop has stopped, and the conversation goes on about something else."""
        self._patience = None

    async def carry_out(self, assignment: dict[str, Any]) -> Ending:
        """Until it ended. Errors of `deliver` are passed on; the worker is then still busy and is the caller's to replace."""
        self.worker.used = True
        arguments = (self.worker.process, self.settings.module, self.function, assignment)
        key = f"{self.function}-{self.key}-{self.attempt}-{uuid.uuid4().hex[:8]}"
        future = self.crew.cluster.submit(self.worker.found.address, key, remote.perform, *arguments)
        try:
            return await self._talk(future)
        except Lost as lost:
            return await self._explain(lost.ending)
        finally:
            future.release()

    async def _talk(self, future: Any) -> Ending:
        waited, quiet_ends, began = 0.0, 0, time.monotonic()
        while True:
            status = future.status  # before asking: an answer that comes later knows at least as much
            reply = await self._ask()
            self._weigh(reply)
            if self._is_ours(reply):
                waited = 0.0
                if reply["events"] and await self.deliver(reply["events"], reply["files"]):
                    await self._part(reply["events"][-1].seq)
                    return Ending("finished", rss=self.peak)
                self._acknowledged = max([self._acknowledged, *(event.seq for event in reply["events"])])
            elif waited > BEGIN:
                raise Lost(Ending("frozen", f"The worker did not begin within {BEGIN:.0f} seconds."))
            if not reply["events"] and (reply["ended"] or status in ("error", "finished", "cancelled", "lost")):
                quiet_ends += 1  # the first may be an answer from before the last word
                if quiet_ends > 1:
                    raise Lost(await self._error(future, "The worker gave up, since it heard nothing from the trainer."))
            is_early = not self._acknowledged and time.monotonic() < began + EARLY  # a net that has to be compiled takes its time
            waited += await self._rest(FIRST if is_early else PACE)

    async def _part(self, acknowledged: int) -> None:
        """Acknowledge the last word, so that the worker lets go of it."""
        self._acknowledged = acknowledged
        for _ in range(20):
            try:
                reply = await self._ask()
            except Lost:
                return
            if reply["ended"] or not self._is_ours(reply):
                return
            await asyncio.sleep(0.01)

    def _is_ours(self, reply: dict[str, Any]) -> bool:
        return reply.get("key") == self.key and reply.get("attempt") == self.attempt

    async def _rest(self, longest: float) -> float:
        """Until the next exchange is due, after that many seconds or at once for an order. Returns the seconds that took."""
        began = time.monotonic()
        try:
            await asyncio.wait_for(self._wake.wait(), longest)
        except TimeoutError:
            pass
        self._wake.clear()
        spent = min(time.monotonic() - began, TICK)
        self._lose_patience(spent)
        return spent

    async def _ask(self) -> dict[str, Any]:
        """One exchange. `Lost` when the worker is gone, or silent for too long while we were awake ourselves."""
        orders = list(self._orders)
        message = {"key": self.key, "attempt": self.attempt, "acknowledged": self._acknowledged, "orders": orders}
        asked = asyncio.ensure_future(self.crew.cluster.call(self.worker.found.address, remote.exchange, self.settings.module, message))
        try:
            await self._await(asked)
            reply: dict[str, Any] = asked.result()
        except GONE:
            raise Lost(Ending("vanished", "The worker vanished.")) from None
        finally:
            asked.cancel()
        if "error" in reply:
            raise Lost(Ending("error", f"The worker stopped with an error: {reply['error']}.", reply["trace"], self.peak))
        if self._is_ours(reply):
            del self._orders[: len(orders)]
        return reply

    async def _await(self, asked: asyncio.Future[Any]) -> None:
        gone = asyncio.ensure_future(self.worker.gone.wait())
        silent, began = 0.0, time.monotonic()
        try:
            while not asked.done():
                await asyncio.wait({asked, gone}, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
                spent = min(time.monotonic() - began, 2 * TICK)
                silent, began = silent + spent, time.monotonic()
                if asked.done():
                    return
                if self.worker.gone.is_set():
                    raise Lost(Ending("vanished", "The worker vanished."))
                self._lose_patience(spent)
                if silent > self.settings.silence:
                    raise Lost(Ending("frozen", f"The worker did not answer for {self.settings.silence:g} seconds."))
        finally:
            gone.cancel()

    def _lose_patience(self, seconds: float) -> None:
        if self._patience is not None:
            self._patience -= seconds
            if self._patience < 0:
                raise Lost(Ending("deaf", f"The worker did not heed the order within {self.settings.heed:g} seconds."))

    def _weigh(self, reply: dict[str, Any]) -> None:
        self.worker.rss = int(reply.get("rss", 0)) or self.worker.rss
        self.peak = max(self.peak, self.worker.rss)
        if reply.get("worn"):
            self.worker.unwanted = self.worker.unwanted or WORN
        if self.worker.rss > self.settings.memory:
            held = f"{show_bytes(self.worker.rss)} of the {show_bytes(self.settings.memory)} that a worker may use"
            raise Lost(Ending("memory" if self._fresh else "worn", f"The worker held {held}.", rss=self.peak))

    async def _error(self, future: Any, otherwise: str) -> Ending:
        """What the task raised, if it did."""
        if future.status == "error":
            error = await future.exception()
            if type(error).__name__ not in ("KilledWorker", "CancelledError", "FutureCancelledError"):
                cause: Cause = "memory" if isinstance(error, MemoryError) else "error"
                return Ending(cause, f"The worker stopped with an error: {type(error).__name__}: {error}", repr(error), self.peak)
        return Ending("vanished", otherwise)

    async def _explain(self, ending: Ending) -> Ending:
        """Tell a crash and a lack of memory from a worker that was killed from outside."""
        if ending.cause != "vanished":
            return ending
        code = await self.crew.how_it_ended(self.worker)
        near = self.peak > 0.9 * self.settings.memory
        if near or (self.worker.found.owned and memory.kills() > self._kills):
            return Ending("memory", f"The worker was ended when it held {show_bytes(self.peak)}.", rss=self.peak)
        if code is not None and code not in (-9, -15):
            return Ending("crash", f"The worker's process ended with exit status {code}.", rss=self.peak)
        return ending
