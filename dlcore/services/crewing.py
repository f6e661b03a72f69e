"""What a person can do with the workers that train."""

from __future__ import annotations

from dlcore import service
from dlcore.errors import NotFound, Refused
from dlcore.store import Store


def restart_worker(name: str, *, store: Store | None = None) -> None:
    """Asks the trainer to end the worker of this name ("wide-1") and to start it anew.

    A run that trains on it saves a checkpoint first and goes on from there; a job begins again. `Refused` when no trainer runs, `NotFound`
    when it has no such worker.
    """
    place = store or service.open_store()
    status = service.trainer_status(store=place)
    if not status:
        raise Refused("No trainer runs, hence no worker.", "It starts by itself with the next run.")
    names = [str(worker["name"]) for worker in status["workers"]]
    if name not in names:
        raise NotFound(f"The trainer has no worker called {name!r}.", f"It has: {', '.join(names) or 'none yet'}.")
    place.command("trainer", "restart", worker=name)
