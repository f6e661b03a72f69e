"""Searches, as pages and the command line use them: start, watch, steer, take the best.

As in dlcore.service every function takes the store as an argument; None means the store at `DLCORE_HOME`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dlcore import registry, service
from dlcore.errors import Invalid, NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import moves, search_ahead, search_export, search_moves
from dlcore.services.search_ahead import Ahead
from dlcore.store import Store, searches
from dlcore.studies.search import Search, SearchEvent, Study, Trial, best_of, seed_of

UNDER_WAY = (State.QUEUED, State.RUNNING)
OPEN = (*UNDER_WAY, State.PAUSED)
RETRAINED = 1000  # the first repeat whose seed no trial uses
LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Progress:
    """How far a search is: trials planned, ended, running now, failed among the ended; seconds spent; left: to come, None while unknown."""

    planned: int
    ended: int
    running: int
    failed: int
    best: Trial | None
    seconds: float
    left: float | None


def start(search: Search, *, owner: str = "", title: str = "", store: Store | None = None) -> str:
    """Queues a search and returns its id. `Invalid` when none of its trials would fit into memory."""
    search_ahead.check(search)
    place = _place(store)
    number = searches.submit(place, search, owner=owner, title=title)
    service.ensure_trainer(store=place)
    return number


def preset(name: str, experiment: Experiment, **settings: Any) -> Search:
    """The search of the room searches/ called `name`, for an experiment; settings: of the search, in place of the preset's."""
    spec = registry.find("searches", name.replace("-", "_"))
    prepared = spec.prepare(experiment)
    objective = "val_loss" if prepared.validation > 0 else "loss"
    return Search(prepared, spec.space(prepared), **{"objective": objective, **spec.settings, **settings})


# Reading.
def study(search: str, *, store: Store | None = None) -> Study:
    return searches.load(_place(store), search)


def studies(
    *, states: Collection[State] | None = None, owner: str | None = None, limit: int = 100, store: Store | None = None
) -> list[Study]:
    """Newest first."""
    return searches.find(_place(store), states=states, owner=owner, limit=limit)


def trials(search: str, *, store: Store | None = None) -> list[Trial]:
    """In the order of their numbers."""
    place = _place(store)
    searches.load(place, search)
    return searches.trials(place, search)


def trial(search: str, number: int, *, store: Store | None = None) -> Trial:
    found = next((own for own in trials(search, store=store) if own.number == number), None)
    if found is None:
        raise NotFound(f"Search {search} has no trial {number}.")
    return found


def events(search: str, after: int = 0, *, store: Store | None = None) -> list[tuple[int, SearchEvent]]:
    """(log id, event), oldest first; after: the log id seen last."""
    return searches.events(_place(store), search, after)


def curves(search: str, name: str = "", *, store: Store | None = None) -> dict[int, np.ndarray]:
    """A recorded number by epoch, for each trial by number (its first run); "": the objective. float32, value i is epoch i + 1."""
    place = _place(store)
    first = {own.runs[0]: own.number for own in searches.trials(place, search) if own.runs}
    found = searches.curves_of(place, list(first), name or searches.load(place, search).search.objective)
    return {first[run]: curve for run, curve in found.items()}


def progress(search: str, *, store: Store | None = None) -> Progress:
    place = _place(store)
    now, all_trials = searches.load(place, search), searches.trials(place, search)
    ended = [own for own in all_trials if own.is_ended]
    running = sum(own.state is State.RUNNING for own in all_trials)
    planned = now.search.planned if now.state in OPEN else len(all_trials)
    left = now.seconds / len(ended) * (planned - len(ended)) if ended and now.state in OPEN else None
    if now.search.seconds and left is not None:
        left = min(left, max(0.0, now.search.seconds - now.seconds))
    failed = sum(own.state is State.FAILED for own in ended)
    return Progress(planned, len(ended), running, failed, best_of(now.search, all_trials), now.seconds, left)


def forecast(search: Search, *, store: Store | None = None) -> Ahead:
    """What the search will take, before it starts."""
    return search_ahead.ahead(search, _place(store))


def follow(search: str, poll: float = 0.1, *, store: Store | None = None) -> Iterator[Trial]:
    """Each trial once, as it ends, until the search is over. A trainer that dies meanwhile is started again."""
    place, told, looked, seen = _place(store), set[int](), time.monotonic(), -1
    while True:
        if (version := place.data_version()) != seen:
            seen = version
            now, there = searches.load(place, search), searches.trials(place, search)
            for own in there:
                if own.is_ended and own.number not in told:
                    told.add(own.number)
                    yield own
            if now.state.is_finished and all(own.is_ended for own in there):
                return
        if time.monotonic() - looked > LOOK_SECONDS:
            looked = time.monotonic()
            service.ensure_trainer(store=place)
        time.sleep(poll)


# Moves.
def stop(search: str, *, store: Store | None = None) -> None:
    """Ends the search; trials under way stop and count with their best so far."""
    place = _place(store)
    searches.change(place, search, "stopped", only_from=OPEN, state=State.STOPPED)
    search_moves.move_runs(place, search, State.STOPPED, "stop", "stopped", (State.QUEUED, State.RUNNING, State.PAUSED))


def pause(search: str, *, store: Store | None = None) -> None:
    """Halts the search and its trials exactly where they are."""
    place = _place(store)
    searches.change(place, search, "paused", only_from=UNDER_WAY, state=State.PAUSED)
    search_moves.move_runs(place, search, State.PAUSED, "pause", "paused", (State.QUEUED, State.RUNNING))


def resume(search: str, *, store: Store | None = None) -> None:
    """Goes on with a paused, stopped or failed search."""
    place = _place(store)
    now = searches.load(place, search)
    if now.state is State.DONE:
        raise Refused(f"Search {search} is done.", "Add trials to it, and it goes on.")
    searches.change(place, search, "resumed", only_from=(State.PAUSED, State.STOPPED, State.FAILED), state=State.RUNNING, cause="", hint="")
    for run in searches.runs(place, search).values():
        if run.state is State.PAUSED:
            try:
                moves.queue(place, run.id, "resumed", (State.PAUSED,))
            except Refused:  # somebody was faster
                continue
    service.ensure_trainer(store=place)


def stop_trial(search: str, number: int, *, store: Store | None = None) -> None:
    """Ends one trial, which counts with its best so far."""
    place = _place(store)
    own = trial(search, number, store=place)
    if own.is_ended:
        raise Refused(f"Trial {number} of search {search} has ended.")
    search_moves.move_runs(place, search, State.STOPPED, "stop", "stopped", (State.QUEUED, State.RUNNING, State.PAUSED), own.runs)


def change(
    search: str, *, trials: int | None = None, parallel: int | None = None, seconds: float | None = None, store: Store | None = None
) -> None:
    """Another number of trials in all (a search that is done goes on when it grows), another parallelism, another time budget."""
    place = _place(store)
    now = searches.load(place, search)
    there = len(searches.trials(place, search))
    if trials is not None and trials < max(1, there):
        raise Invalid(
            f"trials = {trials} is not allowed: {there} trials were begun already.", f"Ask for {there} or more, or stop the search."
        )
    given = {name: value for name, value in (("trials", trials), ("parallel", parallel), ("seconds", seconds)) if value is not None}
    for name, value in given.items():
        now = replace(now, search=now.search.changed(**{name: value}))
        again: dict[str, Any] = {"state": State.RUNNING} if now.state is State.DONE and name == "trials" and value > there else {}
        searches.change(place, search, "changed", {"field": name, "value": value}, search=now.search, **again)
    service.ensure_trainer(store=place)


def widen(
    search: str, name: str, *, low: float | None = None, high: float | None = None, choices: Sequence[Any] | None = None,
    store: Store | None = None,
) -> None:  # fmt: skip
    """More of one dimension: a lower low, a higher high, or further choices. Trials that were asked for already stay as they are."""
    place = _place(store)
    now = searches.load(place, search)
    own = now.search.space[name]
    if own.is_range:
        wider = replace(own, low=own.low if low is None else low, high=own.high if high is None else high)
        if own.low is None or own.high is None or wider.low is None or wider.high is None or wider.low > own.low or wider.high < own.high:
            raise Invalid(f"{name} cannot become narrower than {own.low:g} to {own.high:g}.", "Hold it at one value instead.")
    else:
        wider = replace(own, choices=tuple(dict.fromkeys((*own.choices, *(tuple(c) if isinstance(c, list) else c for c in choices or ())))))
    if wider == own:
        raise Invalid(f"{name} would stay as it is.", "Give it a lower low, a higher high or another choice.")
    body = {"name": name, "low": wider.low, "high": wider.high, "choices": list(wider.choices)}
    searches.change(place, search, "widened", body, only_from=OPEN, search=now.search.changed(space=now.search.space.replaced(wider)))


def freeze(search: str, name: str, value: Any, *, store: Store | None = None) -> None:
    """All later trials have this value."""
    place = _place(store)
    now = searches.load(place, search)
    checked = search_moves.in_space(now.search, name, value)
    searches.change(place, search, "frozen", {"name": name, "value": checked}, only_from=OPEN, frozen={**now.frozen, name: checked})


def unfreeze(search: str, name: str, *, store: Store | None = None) -> None:
    place = _place(store)
    now = searches.load(place, search)
    if name not in now.frozen:
        raise Refused(f"{name} is not frozen in search {search}.")
    left = {own: value for own, value in now.frozen.items() if own != name}
    searches.change(place, search, "unfrozen", {"name": name}, only_from=OPEN, frozen=left)


def enqueue(search: str, values: Mapping[str, Any], *, store: Store | None = None) -> None:
    """Tries these values next: one for each dimension that counts beside the others."""
    place = _place(store)
    now = searches.load(place, search)
    checked = {name: search_moves.in_space(now.search, name, value) for name, value in values.items()}
    missing = [own.name for own in now.search.space.dimensions if own.is_active(checked) and own.name not in checked]
    if missing:
        raise Invalid(f"These values lack {missing[0]}.", "Give one for each setting that the search varies.")
    now.search.experiment_of(checked, 1)
    body = [*now.enqueued, checked]
    searches.change(place, search, "enqueued", {"values": checked}, only_from=OPEN, enqueued=tuple(body))


# After.
def best(search: str, *, store: Store | None = None) -> Trial | None:
    """The trial with the best score, None before one has ended."""
    place = _place(store)
    return best_of(searches.load(place, search).search, searches.trials(place, search))


def best_experiment(search: str, number: int = 0, *, store: Store | None = None) -> Experiment:
    """The experiment of a trial (0: the best), as the workbench opens it: with the monitors of the search's own experiment."""
    place = _place(store)
    asked, own = searches.load(place, search).search, _chosen(search, number, place)
    found = Experiment.from_json(place.run(own.runs[0]).experiment) if own.runs else asked.experiment_of(own.values, own.number)
    return found.with_(monitors=asked.experiment.monitors)


def retrain(search: str, seeds: int = 5, number: int = 0, *, store: Store | None = None) -> list[str]:
    """Trains a trial's settings (0: the best) again with other seeds, on narrow workers side by side; the runs' ids."""
    place = _place(store)
    if not 1 <= seeds <= 100:
        raise Invalid(f"seeds = {seeds} is not allowed: it must be a whole number from 1 to 100.")
    now, own = searches.load(place, search), _chosen(search, number, place)
    experiment = best_experiment(search, own.number, store=place).with_(monitors=())
    title = f"{now.title or search}, trial {own.number}"
    return [
        service.start(
            experiment.with_(seed=seed_of(now.search.seed, own.number, RETRAINED + repeat)), owner=now.owner,
            title=f"{title}, seed {repeat + 1}", kind="seeds", store=place,
        )
        for repeat in range(seeds)
    ]  # fmt: skip


def export(search: str, format: str, *, store: Store | None = None) -> bytes:
    """The search in one of `search_export.FORMATS`."""
    place = _place(store)
    return search_export.write(searches.load(place, search), searches.trials(place, search), searches.events(place, search), format)


def _chosen(search: str, number: int, store: Store) -> Trial:
    own = trial(search, number, store=store) if number else best(search, store=store)
    if own is None:
        raise Refused(f"No trial of search {search} has a score yet.", "Wait for the first one to end.")
    return own


def _place(store: Store | None) -> Store:
    return store or service.open_store()
