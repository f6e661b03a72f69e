"""The moves that a person makes with a run: at once where no worker is concerned, else as a command to the trainer."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dlcore.errors import Invalid, Refused
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.run import NEXT, Event, Run, State
from dlcore.store import Store

TRIES = 3  # a trainer can take a waiting run up between our look and our move, and its worker can end it; more than that is odd


def ask(store: Store, run: str, state: State, order: str, kind: str) -> bool:
    """Ends or halts a run. True when that needs the trainer: then it travels as the command `order`, else it is the event `kind`."""
    for _ in range(TRIES):
        found = store.run(run)
        _check(found, state, kind)
        if found.state is State.RUNNING:
            store.command(run, order)
            return True
        try:
            tell(store, run, kind, (found.state,), step=found.step, epoch=found.epoch)
            return False
        except Refused:
            continue
    raise _restless(run)


def queue(store: Store, run: str, kind: str, only_from: Collection[State]) -> bool:
    """Puts a run back into the queue; always needs the trainer."""
    found = store.run(run)
    words = {"resumed": "Only a paused run can be resumed.", "retried": "Only a stopped or failed run can be tried again."}
    if found.state not in only_from:
        raise Refused(f"Run {run} is {found.state} and cannot be {kind}.", words[kind])
    _check(found, State.QUEUED, kind)
    tell(store, run, kind, only_from, step=found.step)
    return True


def change(store: Store, run: str, field: str, value: Any) -> bool:
    """Changes a live setting; True when the trainer has to. Raises `Invalid` for other settings and for values out of range."""
    full, checked = _live(Experiment.from_json(store.run(run).experiment), field, value)
    for _ in range(TRIES):
        found = store.run(run)
        _refuse_trashed(found)
        if found.state.is_finished:
            raise Refused(f"Run {run} is {found.state} and cannot be changed.", "Branch it, or start a new run.")
        if found.state is State.RUNNING:
            store.command(run, "change", field=full, value=checked)
            return True
        try:
            tell(store, run, "changed", (found.state,), field=full, value=checked, step=found.step, epoch=found.epoch)
            return False
        except Refused:
            continue
    raise _restless(run)


def delete(store: Store, run: str) -> None:
    """Into the trash; out of the queue first."""
    found = store.run(run)
    _refuse_trashed(found)
    if found.state is State.RUNNING:
        raise Refused(f"Run {run} is running and cannot be deleted.", "Stop it first.")
    stop = [_event(found, "stopped", step=found.step, epoch=found.epoch)] if found.state is State.QUEUED else []
    store.append([*stop, _event(found, "trashed")], only_from=(found.state,))


def restore(store: Store, run: str) -> None:
    if not store.run(run).trashed:
        raise Refused(f"Run {run} is not in the trash.")
    tell(store, run, "restored")


def tell(store: Store, run: str, kind: str, only_from: Collection[State] | None = None, **body: Any) -> None:
    """Appends an event of a person's."""
    store.append([_event(store.run(run), kind, **body)], only_from=only_from)


def _event(run: Run, kind: str, **body: Any) -> Event:
    return Event(run.id, run.attempt, 0, kind, time.time(), body)


def _live(setup: Experiment, field: str, value: Any) -> tuple[str, Any]:
    """The full name of a live setting, and the value in its normal form."""
    full, own = setup.find_field(field)
    if not own.live:
        live = ", ".join(name for name, other, _ in setup.fields() if other.live)
        raise Invalid(f"{full} cannot be changed while a run trains.", f"These can: {live}. For others, branch or start a new run.")
    checked = own.parse(value) if isinstance(value, str) else own.check(value)
    before = {name: old for name, _, old in setup.fields()}[full]
    if own.kind == "float" and _switches_on(before, checked):
        raise Refused(
            f"{full} cannot be switched on while a run trains: it was 0 when the run began, so the net was made without it.",
            "Branch the run with the new value.",
        )
    return full, checked


def turning(setup: Experiment, changes: Sequence[Mapping[str, Any]]) -> list[tuple[str, Field, Any]]:
    """(full name, field, value now) of what can be changed while a run of `setup` trains: not what its net was made without."""
    now = setup.with_(**{change["field"]: change["value"] for change in changes})
    return [
        (full, own, value)
        for (full, own, began), (_, _, value) in zip(setup.fields(), now.fields(), strict=True)
        if own.live and not (own.kind == "float" and _switches_on(began, 1.0))
    ]


def _switches_on(before: Any, after: Any) -> bool:
    """Whether a number that was 0 for some layer becomes another: the compiled net has no place for it."""
    many = max(len(value) if isinstance(value, tuple) else 1 for value in (before, after))
    was, becomes = (value if isinstance(value, tuple) else (value,) * many for value in (before, after))
    return any(new and not old for old, new in zip(was, becomes, strict=False))


def _check(run: Run, state: State, word: str) -> None:
    _refuse_trashed(run)
    if state not in NEXT[run.state]:
        raise Refused(f"Run {run.id} is {run.state} and cannot be {word}.", "Branch it, or start a new run.")


def _refuse_trashed(run: Run) -> None:
    if run.trashed:
        raise Refused(f"Run {run.id} is in the trash.", "Restore it first.")


def _restless(run: str) -> Refused:
    return Refused(f"Run {run} keeps changing its state.", "Try again in a moment.")
