"""How much to do before looking up: steps per call by time, and whether it is time again for something that costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

CHUNK_SECONDS = 0.2
T = TypeVar("T")


class Pace:
    """Steps per call of the compiled loop so that a call takes about `CHUNK_SECONDS`: prompt to stop, cheap to run."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self.steps = 1  # the first step of a run is to be seen at once
        self.seconds_per_step = 0.0
        self._began = 0.0

    def of(self, left: int) -> int:
        """How many of `left` steps to take in one call: about `steps`, in calls of one length, so that no short one is left over."""
        calls = max(1, round(left / self.steps))
        return -(-left // calls)

    def begin(self) -> None:
        self._began = self._clock()

    def end(self, steps: int) -> None:
        """Learn from a call that took `steps`. Grows at most fourfold, so that a first call slowed by compiling does not mislead."""
        self.seconds_per_step = max(1e-7, (self._clock() - self._began) / steps)
        wanted = int(CHUNK_SECONDS / self.seconds_per_step)
        self.steps = max(1, min(wanted, self.steps * 4))


class Due:
    """Whether it is time again: every `seconds`, but seldom enough that the work stays below `share` of the time."""

    def __init__(self, seconds: float, share: float = 0.01, clock: Callable[[], float] = time.perf_counter) -> None:
        self._seconds, self._share, self._clock = seconds, share, clock
        self._next = clock() + seconds
        self._began = 0.0

    def now(self) -> bool:
        if self._clock() < self._next:
            return False
        self.begin()
        return True

    def begin(self) -> None:
        """The work begins now, whether or not it was time."""
        self._began = self._clock()

    def postpone(self, seconds: float) -> None:
        """That much time has gone into something that does not count, such as compiling."""
        self._next += seconds

    def charged(self, work: Callable[[], T]) -> Callable[[], T]:
        """`work`, done later and elsewhere: what it costs counts too."""

        def do() -> T:
            began = self._clock()
            done = work()
            self._next = max(self._next, began + (self._clock() - began) / self._share)
            return done

        return do

    def done(self, free: bool = False) -> None:
        """The work has ended; its cost decides when it may be done again. free: it has compiled something, which it does once only."""
        ended = self._clock()
        cost = 0.0 if free else ended - self._began
        self._next = ended + max(self._seconds, cost / self._share)
