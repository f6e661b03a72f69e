"""How much processor a process uses, and the whole machine (Linux)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import psutil

WINDOW = 1.0  # seconds over which use is averaged
TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """Of one process. `look` may be called as often as one likes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cores = psutil.cpu_count() or 1
        self._pid, self._at, self._spent = 0, 0.0, 0.0
        self.percent = 0.0

    def look(self, pid: int) -> float:
        """0 to 100, of all cores, over about the last second; 0 before the first second has passed, and for a process that is gone."""
        now = self._clock()
        if pid != self._pid:
            self._pid, self._at, self._spent, self.percent = pid, now, spent(pid), 0.0
        elif now - self._at >= WINDOW:
            before, self._spent = self._spent, spent(pid)
            self.percent = max(0.0, min(100.0, 100 * (self._spent - before) / (now - self._at) / self._cores))
            self._at = now
        return self.percent


def spent(pid: int) -> float:
    """Seconds of processor time that a process has used; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def machine() -> dict[str, Any]:
    """cpu: 0 to 100, of all cores, since the last look. rss: bytes in use; memory: bytes there are. cores."""
    memory = psutil.virtual_memory()
    return {"cpu": psutil.cpu_percent(), "rss": memory.used, "memory": memory.total, "cores": psutil.cpu_count() or 1}
