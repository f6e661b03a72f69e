"""The newest view of a run's net (dlcore/views.py), for pages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from dlcore import service, views
from dlcore.errors import Damaged, NotFound
from dlcore.store import Store
from dlcore.views import View

TRIES = 3


def view(run: str, *, store: Store | None = None) -> View | None:
    """The net as it looked last, or None before its first epoch has ended (or when the file is damaged: the next one replaces it).

    A finished run's view shows the weights that it ended with. `NotFound` for a run that is not there.
    """
    place = store or service.open_store()
    place.run(run)
    for _ in range(TRIES):  # a newer view may take the place of this one while it is read
        found = place.files(run, "view")
        if not found:
            return None
        try:
            return _read(place.path_of(found[-1].id))
        except (NotFound, OSError, Damaged):
            continue
    return None


@lru_cache(maxsize=32)
def _read(path: Path) -> View:
    """Each view has a path of its own, and its bytes carry checksums."""
    return views.unpack(path.read_bytes())
