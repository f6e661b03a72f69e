"""`python -m dlcore.trainer`: the trainer of the store at DLCORE_HOME. Where one runs already, this one leaves quietly."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading

from dlcore.errors import LabError, Unavailable
from dlcore.launch import GAVE_UP, hold_lock
from dlcore.run import State
from dlcore.store import Store, searches
from dlcore.trainer.settings import Settings, read_settings

LAST_RESORT = 15.0  # seconds
UNDER_WAY = (State.QUEUED, State.RUNNING)


def main() -> int:
    """Exit status: 0 after a clean end, or when another trainer holds the lock; `GAVE_UP` after a sentence."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("dlcore").setLevel(logging.INFO)
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")  # the workers' as well
    try:
        settings = read_settings(os.environ)
        store = Store(settings.home)
        while lock := hold_lock(settings.home):
            with lock:
                told = asyncio.run(_train(store, settings))
            # Somebody may have submitted while this one was leaving, and counted on it since it still held the lock.
            if told or not (store.active() or store.jobs(states=["queued"]) or searches.find(store, states=UNDER_WAY, limit=1)):
                break
    except LabError as error:
        print(error, error.hint, file=sys.stderr)
        return GAVE_UP
    return 0


async def _train(store: Store, settings: Settings) -> bool:
    """One trainer's life. Whether it was told to leave; False when it left because there was nothing to do."""
    # Here, not above: workers are spawned, and each would import all this with its own main module.
    from dlcore.trainer.cluster import GONE, Cluster
    from dlcore.trainer.crew import Crew
    from dlcore.trainer.daemon import Daemon

    cluster = Cluster(settings)
    daemon = Daemon(store, Crew(cluster, settings), settings)
    daemon.report()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, daemon.leave.set)
    try:
        await cluster.start()
    except GONE as error:
        hint = "Check DLCORE_SCHEDULER, and that the scheduler runs."
        raise Unavailable(f"The scheduler {settings.scheduler} does not answer: {error}", hint) from None
    try:
        await daemon.run()
        return daemon.leave.is_set()
    finally:
        last_resort = threading.Timer(LAST_RESORT, os._exit, (1,))
        last_resort.daemon = True
        last_resort.start()  # who is told to leave must be gone, whatever a connection is still waiting for
        await cluster.close()
        last_resort.cancel()


if __name__ == "__main__":
    sys.exit(main())
