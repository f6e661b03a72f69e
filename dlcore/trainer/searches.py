"""All searches that the trainer drives: one driver each, started when the store has work for it."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Any

from dlcore.errors import LabError
from dlcore.run import Run
from dlcore.store import searches
from dlcore.trainer.crew import end_tasks
from dlcore.trainer.oracles import Spare
from dlcore.trainer.search import Driver

if TYPE_CHECKING:
    from dlcore.trainer.daemon import Daemon

log = logging.getLogger("dlcore.trainer")


class Searches:
    """drivers: by search."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.drivers: dict[str, Driver] = {}
        self.spare = Spare()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def is_busy(self) -> bool:
        """Whether a search is under way that needs no person to go on."""
        return any(driver.is_active for driver in self.drivers.values())

    def look(self) -> None:
        """The store has changed: starts drivers that are missing, and wakes the others."""
        for driver in self.drivers.values():
            driver.wake()
        for search in searches.unfinished(self.daemon.store):
            if search not in self.drivers:
                driver = self.drivers[search] = Driver(self.daemon, search)
                self._tasks[search] = asyncio.create_task(self._drive(driver))

    def parallel(self, search: str) -> int:
        """How many workers a search may use at a time; 0 for all."""
        driver = self.drivers.get(search)
        return driver.parallel if driver else 0

    def switched(self, search: str) -> tuple[str, ...]:
        """The activations between which one program of the search's trials is switched (studies/switched.py)."""
        driver = self.drivers.get(search)
        return driver.switched if driver else ()

    def keep(self, run: Run) -> dict[str, Any] | None:
        """Which final weights of a trial's run are worth handing in, see engine/series.py; None for runs outside a search."""
        if not run.search:
            return None
        driver = self.drivers.get(run.search)
        if driver is None:
            return {"name": "loss", "higher": False, "than": None}
        higher, than = driver.search.direction == "max", driver.worst_kept()
        return {"name": driver.search.objective, "higher": higher, "than": than if than is None or math.isfinite(than) else None}

    async def close(self) -> None:
        await end_tasks(list(self._tasks.values()))
        for driver in self.drivers.values():
            await driver.close()
        await self.spare.close()

    async def _drive(self, driver: Driver) -> None:
        try:
            await driver.drive()
        except LabError as error:
            log.error("Search %s: %s", driver.id, error)
        except Exception:  # a mistake of ours must cost one search, not the trainer
            log.exception("The trainer made a mistake with search %s.", driver.id)
            driver.confess()
        finally:
            await driver.close()
            self.drivers.pop(driver.id, None)
            self._tasks.pop(driver.id, None)
            self.daemon.wake()
