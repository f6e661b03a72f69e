"""The equality law for one run: a job that trains it again by its exported script and compares."""

from __future__ import annotations

from dlcore import service
from dlcore.errors import Refused
from dlcore.services import taking_away
from dlcore.store import Store


def start_verify(run: str, *, store: Store | None = None) -> str:
    """The job, whose result says how far the script's numbers are from the run's: "epochs", "largest" by metric, "equal" (losses within
    1e-5), "bitwise". `Refused` before the first epoch has ended.
    """
    place = store or service.open_store()
    if not place.history(run):
        raise Refused(f"Run {run} has no finished epoch to compare.", "Wait for its first epoch.")
    return service.submit_job("verify", {"bundle": taking_away.bundle(place, run).to_json()}, run=run, store=place)
