"""Writes down how runs ended, even when the disk is full: gives up a reserve for it, and tries again for as long as it takes."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from dlcore.errors import LabError, NotFound, Refused
from dlcore.run import Event
from dlcore.store import Store

log = logging.getLogger("dlcore.trainer")

RESERVE = 1 << 20  # bytes; an event and its row need far less, but a database grows by pages


class Ledger:
    """`write` never raises for want of space: what cannot be written now is kept and written by `retry`."""

    def __init__(self, store: Store, home: Path) -> None:
        self.store = store
        self.reserve = home / "reserve"
        self.unwritten: list[Event] = []
        self._refill()

    def write(self, event: Event) -> bool:
        """Whether it is written now (or was refused for good: somebody else has moved the run on)."""
        if self._append(event):
            return True
        self.reserve.unlink(missing_ok=True)
        if self._append(event):
            return True
        self.unwritten.append(event)
        return False

    def retry(self) -> None:
        self.unwritten = [event for event in self.unwritten if not self._append(event)]
        if not self.unwritten and not self.reserve.exists():
            self._refill()

    def _append(self, event: Event) -> bool:
        try:
            self.store.append([event])
        except (Refused, NotFound) as error:
            log.info("%s of run %s came too late: %s", event.kind, event.run, error)
        except (LabError, OSError) as error:
            log.error("%s of run %s could not be written down: %s", event.kind, event.run, error)
            return False
        return True

    def _refill(self) -> None:
        try:
            with open(self.reserve, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVE)
        except OSError:
            self.reserve.unlink(missing_ok=True)
