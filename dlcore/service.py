"""What pages and the command line call: start, stop, pause, change, read, follow, take away.

Every function takes the store as an argument, so that tests bring their own; None means the store at `DLCORE_HOME`. Each raises
`NotFound` for a run that is not there and `Refused` for a move that its state forbids. Moves that a running worker must make travel
as commands to the trainer; all others are appended at once and need no trainer.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dlcore import forecast, launch, registry
from dlcore.errors import Refused, Unavailable
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.run import Event, Run, State
from dlcore.services import branching, moves, taking_away
from dlcore.services import follow as news
from dlcore.store import Artefact, Job, Quarantined, Store
from dlcore.store.store import CurveKind

_stores: dict[Path, Store] = {}
_opening = threading.Lock()


def open_store(home: Path | str | None = None) -> Store:
    """The store of a folder (None: `DLCORE_HOME`, by default .dlcore in the working directory), one per folder and process."""
    path = Path(home or os.environ.get("DLCORE_HOME") or ".dlcore").absolute()
    with _opening:
        if path not in _stores:
            _stores[path] = Store(path)
        return _stores[path]


# Runs: the moves.
def start(experiment: Experiment, *, owner: str = "", title: str = "", kind: str = "interactive", store: Store | None = None) -> str:
    """Queues a new run and returns its id. `Invalid`, with the numbers, when it would not fit into memory."""
    forecast.check(experiment)
    place = store or open_store()
    run = place.submit(experiment, owner=owner, title=title, kind=kind)
    _wake(place)
    return run


def stop(run: str, *, store: Store | None = None) -> None:
    """Ends the run, keeping its weights."""
    _waking(store, lambda place: moves.ask(place, run, State.STOPPED, "stop", "stopped"))


def pause(run: str, *, store: Store | None = None) -> None:
    """Halts the run exactly where it is."""
    _waking(store, lambda place: moves.ask(place, run, State.PAUSED, "pause", "paused"))


def resume(run: str, *, store: Store | None = None) -> None:
    """Queues a paused run; it goes on exactly where it was."""
    _waking(store, lambda place: moves.queue(place, run, "resumed", (State.PAUSED,)))


def retry(run: str, *, store: Store | None = None) -> None:
    """Queues a stopped or failed run; it goes on from its last checkpoint."""
    _waking(store, lambda place: moves.queue(place, run, "retried", (State.STOPPED, State.FAILED)))


def branch(run: str, epoch: int | None = None, *, owner: str = "", title: str = "", store: Store | None = None, **changes: Any) -> str:
    """A new run that goes on from a checkpoint of `run` (at the end of `epoch`, or its newest) with settings changed; its id.

    The net, the data and the batches must stay as they are; changes are as for `Experiment.with_`. What was changed live before the
    checkpoint is part of the branch's experiment.
    """
    place = store or open_store()
    parent = place.run(run)
    checkpoint = branching.choose(parent, branching.points(place, run), epoch)
    experiment = branching.experiment(parent, branching.changes(place, run), checkpoint, changes)
    forecast.check(experiment)
    child = place.submit(
        experiment, owner=owner or parent.owner, title=title, kind=parent.kind,
        parent=run, parent_epoch=checkpoint.epoch, checkpoint=checkpoint.id,
    )  # fmt: skip
    _wake(place)
    return child


def change(run: str, field: str, value: Any, *, store: Store | None = None) -> None:
    """Changes a live setting (learning rate, dropout, …) while the run trains, waits or pauses. value: a Python value, or as typed text."""
    _waking(store, lambda place: moves.change(place, run, field, value))


def delete(run: str, *, store: Store | None = None) -> None:
    """Puts the run into the trash, from where `restore` takes it back. One that waits in the queue is stopped first."""
    moves.delete(store or open_store(), run)


def restore(run: str, *, store: Store | None = None) -> None:
    """Takes the run back out of the trash."""
    moves.restore(store or open_store(), run)


def empty_trash(older_than: float = 0.0, *, store: Store | None = None) -> int:
    """Removes for good what has lain in the trash for `older_than` seconds or more; returns how many runs."""
    return (store or open_store()).empty_trash(older_than)


def rename(run: str, title: str, *, store: Store | None = None) -> None:
    moves.tell(store or open_store(), run, "named", title=title.strip()[:200])


def set_tags(run: str, tags: Sequence[str], *, store: Store | None = None) -> None:
    """Replaces the run's tags; empty and repeated ones are left out."""
    kept = list(dict.fromkeys(tag.strip()[:50] for tag in tags if tag.strip()))
    moves.tell(store or open_store(), run, "named", tags=kept)


def set_note(run: str, text: str, *, store: Store | None = None) -> None:
    moves.tell(store or open_store(), run, "named", note=text[:20_000])


# Runs: reading.
def run(run: str, *, store: Store | None = None) -> Run:
    return (store or open_store()).run(run)


def runs(
    *, states: Collection[State] | None = None, owner: str | None = None, trashed: bool = False, limit: int = 100,
    before: str | None = None, store: Store | None = None,
) -> list[Run]:  # fmt: skip
    """A page of runs, newest first. before: the id of the last run of the page before."""
    return (store or open_store()).runs(states=states, owner=owner, trashed=trashed, limit=limit, before=before)


def experiment(run: str, *, store: Store | None = None) -> Experiment:
    """The experiment as it was started; `changes` says what was changed since."""
    return Experiment.from_json((store or open_store()).run(run).experiment)


def changes(run: str, *, store: Store | None = None) -> list[dict[str, Any]]:
    """What was changed while the run trained, in order: {"field", "value", "step", "epoch"}."""
    return branching.changes(_of(store, run), run)


def changeable(run: str, *, store: Store | None = None) -> list[tuple[str, Field, Any]]:
    """(full name, field, value now) of the settings that `change` takes for this run."""
    return moves.turning(experiment(run, store=store), changes(run, store=store))


def checkpoints(run: str, *, store: Store | None = None) -> list[Artefact]:
    """The checkpoints that a branch can start from, in the order of their steps."""
    return branching.points(store or open_store(), run)


def history(run: str, *, store: Store | None = None) -> list[dict[str, Any]]:
    """One dict per recorded epoch: {"epoch": 1, "loss": …, "val_accuracy": …}."""
    return _of(store, run).history(run)


def curves(run: str, kind: CurveKind = "epochs", first: int = 0, *, store: Store | None = None) -> dict[str, Any]:
    """float32 arrays by name, from value `first` on: epoch i + 1, step i, or the measurements of monitors ("probe", with "step")."""
    return _of(store, run).curves(run, kind, first)


def metrics(run: str, *, store: Store | None = None) -> dict[str, dict[str, float | int | None]]:
    """name → {"last", "best", "best_epoch"}."""
    return _of(store, run).metrics(run)


def events(run: str, after: int = 0, kinds: Collection[str] | None = None, *, store: Store | None = None) -> list[tuple[int, Event]]:
    """(log id, event), oldest first; `after` is the log id seen last."""
    return _of(store, run).events(run, after=after, kinds=kinds)


def quarantined(*, store: Store | None = None) -> list[Quarantined]:
    """What is damaged, with why."""
    return (store or open_store()).quarantined()


def follow(run: str, after: int = 0, poll: float = 0.1, *, store: Store | None = None) -> Iterator[tuple[int, Event]]:
    """(log id, event) as they come, until the run is finished. A trainer that dies meanwhile is started again."""
    place = _of(store, run)
    return news.events(place, run, after, poll, lambda: _wake(place))


# Jobs and exports.
def submit_job(
    name: str, inputs: Mapping[str, Any], *, run: str = "", files: Mapping[str, str] | None = None, store: Store | None = None
) -> str:
    """Queues work beside runs; the same name, inputs and files are the same job. files: name → artefact id."""
    registry.find("jobs", name)
    place = store or open_store()
    number = place.submit_job(name, inputs, run=run, files=files)
    if not place.job(number).is_finished:
        _wake(place)
    return number


def job(job: str, *, store: Store | None = None) -> Job:
    return (store or open_store()).job(job)


def wait_job(job: str, timeout: float | None = None, progress: Callable[[float], None] | None = None, *, store: Store | None = None) -> Job:
    """The job once it is finished, failed or cancelled; `Unavailable` when that takes longer than `timeout` seconds."""
    place = store or open_store()
    return news.job(place, job, timeout, 0.05, lambda: _wake(place), progress)


def cancel_job(job: str, *, store: Store | None = None) -> None:
    """Ends a job that has not finished; nothing happens to one that has."""
    place = store or open_store()
    found = place.job(job)
    if found.state == "running":
        place.command(job, "cancel")
        _wake(place)
    elif found.state == "queued":
        place.update_job(job, state="cancelled")


def job_file(job: str, *, store: Store | None = None) -> bytes:
    """The file that a job made."""
    place = store or open_store()
    found = place.job(job)
    if not found.artefact:
        raise Refused(f"The job {found.name} has made no file: it is {found.state}.", found.hint)
    return place.get_file(found.artefact)


def export(run: str, format: str, *, timeout: float | None = None, store: Store | None = None) -> bytes:
    """The run in one of the forms of the exports room. Those that need Keras are made by a worker, and waited for."""
    place = store or open_store()
    number = start_export(run, format, store=place)
    if not number:
        return taking_away.write(place, run, format)
    found = wait_job(number, timeout, store=place)
    if found.state != "done":
        raise Unavailable(f"The export of run {run} was not made: {(found.cause or found.state).rstrip('.')}.", found.hint)
    return place.get_file(found.artefact)


def start_export(run: str, format: str, *, store: Store | None = None) -> str:
    """The id of the job that makes an export which needs Keras; "" for the others, which `export` writes at once."""
    place = store or open_store()
    if not registry.find("exports", format).worker:
        return ""
    inputs, checkpoint = taking_away.job(place, run, format)
    return submit_job("export", inputs, run=run, files={"checkpoint": checkpoint}, store=place)


def export_name(run: str, format: str, *, store: Store | None = None) -> str:
    """A file name for the export that says where it comes from."""
    return taking_away.name(store or open_store(), run, format)


# The trainer.
def trainer_status(*, store: Store | None = None) -> dict[str, Any]:
    """{"running": True, "pid", "started", "heartbeat", "workers"} as the trainer reported last; empty when none runs.

    One that has not reported yet has no "started" and no workers; what a former one reported does not count. ARCHITECTURE.md has the rest.
    """
    place = store or open_store()
    if not launch.is_running(place.home):
        return {}
    pid, report = launch.holder(place.home), place.trainer() or {}
    return {"running": True, "pid": pid, "workers": [], **(report if report.get("pid") == pid else {})}


def start_trainer(*, store: Store | None = None) -> bool:
    """Starts a trainer unless one runs; True when it was this call that started it."""
    return launch.start((store or open_store()).home)


def ensure_trainer(*, store: Store | None = None) -> None:
    """Starts a trainer when none runs, except where `DLCORE_TRAINER=manual` leaves that to people."""
    _wake(store or open_store())


def stop_trainer(timeout: float = 20.0, *, store: Store | None = None) -> bool:
    """Ends the trainer; False when none ran. Runs go on from their last checkpoint when one is started again."""
    return launch.stop((store or open_store()).home, timeout)


def _of(store: Store | None, run: str) -> Store:
    """The store, once it is sure that it has that run."""
    place = store or open_store()
    place.run(run)
    return place


def _waking(store: Store | None, ask: Callable[[Store], bool]) -> None:
    """Asks, and sees to it that a trainer runs when the answer needs one."""
    place = store or open_store()
    if ask(place):
        _wake(place)


def _wake(store: Store) -> None:
    if not launch.is_manual():
        launch.start(store.home)
