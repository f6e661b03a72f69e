"""What happens to the runs of a search with it, and which values a person may ask for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dlcore import service
from dlcore.errors import Invalid, Refused
from dlcore.run import State
from dlcore.services import moves
from dlcore.store import Store, searches
from dlcore.studies.search import Search
from dlcore.studies.space import show_value


def in_space(search: Search, name: str, value: Any) -> Any:
    own = search.space[name]
    checked = search.space.target(own, search.experiment).check(value)
    if not own.contains(checked):
        raise Invalid(f"{name} = {show_value(value)} is not in the space of the search.", "Widen it first.")
    return checked


def move_runs(
    store: Store, search: str, state: State, order: str, kind: str, only: Collection[State], chosen: Sequence[str] | None = None
) -> None:
    """What happens to a search happens to its runs; one that was faster is left alone."""
    needs_trainer = False
    for run in searches.runs(store, search, chosen=chosen).values():
        if run.state in only:
            try:
                needs_trainer |= moves.ask(store, run.id, state, order, kind)
            except Refused:
                continue
    if needs_trainer or chosen is None:
        service.ensure_trainer(store=store)
