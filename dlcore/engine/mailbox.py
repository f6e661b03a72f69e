"""What lies between a task that trains and the trainer that asks: events out, orders in, files packed in the background."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from dlcore.run import Event

TERMINAL = ("done", "stopped", "paused", "failed", "result", "closed")


class Abandoned(Exception):  # not an error: the trainer has given the attempt to somebody else
    """Nobody has asked for longer than the lease."""


class Mailbox:
    """The desk of one attempt. `report`, `orders` and `is_filing` are the task's side, `exchange` the trainer's; any thread may call.

    lease: seconds without an exchange after which the attempt is given up.
    """

    def __init__(self, key: str, attempt: int, lease: float) -> None:
        self.key, self.attempt = key, attempt
        self._lease = lease
        self._lock = threading.Lock()
        self._events: deque[Event] = deque()
        self._files: dict[int, tuple[str, bytes]] = {}
        self._orders: deque[Mapping[str, Any]] = deque()
        self._seq = 0
        self._heard = time.monotonic()
        self._packer = ThreadPoolExecutor(1, thread_name_prefix="packer")
        self._packing: Future[None] | None = None
        self.ended = False

    def report(
        self, kind: str, body: Mapping[str, Any], data: bytes = b"", file: Callable[[], bytes] | None = None,
        of: tuple[str, int] | None = None,
    ) -> None:  # fmt: skip
        """Add an event; `file` makes the bytes of the file it tells of, in the background. A terminal event waits for files.

        of: the run and attempt that it belongs to, where the task is a series of runs.
        """
        of = of or (self.key, self.attempt)
        if file is not None:
            self._wait()
            self._packing = self._packer.submit(self._add_file, of, kind, body, file)
            return
        if kind in TERMINAL:
            self._wait()
        self._add(of, kind, body, data)

    def orders(self) -> Sequence[Mapping[str, Any]]:
        """Orders that came since the last look. Raises `Abandoned` when the lease has run out."""
        if time.monotonic() - self._heard > self._lease:
            raise Abandoned
        if not self._orders:
            return ()
        with self._lock:
            taken = list(self._orders)
            self._orders.clear()
        return taken

    def is_filing(self) -> bool:
        """Whether a file is still being packed or has not been fetched."""
        return bool(self._files) or (self._packing is not None and not self._packing.done())

    def exchange(self, acknowledged: int, orders: Sequence[Mapping[str, Any]]) -> tuple[list[Event], dict[str, bytes], bool]:
        """Drop what was acknowledged, take orders, give news: events, at most one file with them, whether that is all there will be."""
        with self._lock:
            self._heard = time.monotonic()
            self._orders.extend(orders)
            while self._events and self._events[0].seq <= acknowledged:
                self._files.pop(self._events.popleft().seq, None)
            news: list[Event] = []
            files: dict[str, bytes] = {}
            for event in self._events:
                if event.seq in self._files:
                    if files:
                        break
                    name, data = self._files[event.seq]
                    files[name] = data
                news.append(event)
            return news, files, self.ended and not self._events

    def close(self) -> None:
        """The task has nothing more to say."""
        self._packer.shutdown()
        self.ended = True

    def _wait(self) -> None:
        if self._packing is not None:
            self._packing.result()

    def _add_file(self, of: tuple[str, int], kind: str, body: Mapping[str, Any], file: Callable[[], bytes]) -> None:
        data = file()
        with self._lock:
            self._seq += 1
            name = f"{body.get('role', kind)}-{of[1]}-{self._seq}"
            self._files[self._seq] = (name, data)
            event = {**body, "artefact": name, "bytes": len(data)}
            self._events.append(Event(*of, self._seq, kind, time.time(), event))

    def _add(self, of: tuple[str, int], kind: str, body: Mapping[str, Any], data: bytes) -> None:
        with self._lock:
            self._seq += 1
            self._events.append(Event(*of, self._seq, kind, time.time(), body, data))
