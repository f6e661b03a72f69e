"""Waiting for news: the events of a run as they come, the end of a job. Cheap polls; the trainer is started again when it died."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from dlcore.errors import Unavailable
from dlcore.run import Event
from dlcore.store import Job, Store

LOOK_SECONDS = 2.0
Wake = Callable[[], object]


def events(store: Store, run: str, after: int, poll: float, wake: Wake) -> Iterator[tuple[int, Event]]:
    """(log id, event) from `after` on, until the event that finished the run. wake: called now and then while the run is active."""
    for _ in _changes(store, poll, wake, lambda: store.run(run).state.is_active):
        for number, event in store.events(run, after=after):
            after = number
            yield number, event
        if store.run(run).state.is_finished and not store.events(run, after=after):
            return


def job(store: Store, number: str, timeout: float | None, poll: float, wake: Wake, progress: Callable[[float], None] | None) -> Job:
    """The job once it is finished; `Unavailable` when that takes longer than `timeout` seconds."""
    until = None if timeout is None else time.monotonic() + timeout
    for _ in _changes(store, poll, wake, lambda: True):
        found = store.job(number)
        if progress is not None:
            progress(found.progress)
        if found.is_finished:
            return found
        if until is not None and time.monotonic() > until:
            raise Unavailable(f"The job {found.name} has not finished within {timeout:g} seconds.", "It goes on; ask again later.")
    raise AssertionError("changes never end")


def _changes(store: Store, poll: float, wake: Wake, needed: Callable[[], bool]) -> Iterator[None]:
    """Returns at once the first time, then whenever something was written, and every `LOOK_SECONDS`."""
    seen, looked = -1, time.monotonic()
    while True:
        version = store.data_version()
        overdue = time.monotonic() - looked > LOOK_SECONDS
        if overdue:
            looked = time.monotonic()
            if needed():
                wake()
        if version != seen or overdue:
            seen = version
            yield
        else:
            time.sleep(poll)
