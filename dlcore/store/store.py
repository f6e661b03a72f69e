"""`Store`: everything that lasts, in one folder. Append and read; other modules know no SQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from dlcore.errors import Damaged, NotFound
from dlcore.experiment import Experiment
from dlcore.run import Event, Run, State
from dlcore.store import branches, curves, files, jobs, log, orders, quarantine, rows
from dlcore.store.database import Database
from dlcore.store.values import Artefact, Command, Job, Quarantined

# Events that must survive a power cut.
_ENDS = ("done", "stopped", "failed", "paused", "trashed", "restored")
P = ParamSpec("P")
T = TypeVar("T")
CurveKind = Literal["epochs", "steps", "probe"]


def mended(method: Callable[Concatenate[Store, P], T]) -> Callable[Concatenate[Store, P], T]:
    """Does it again when SQLite met a torn page: what could be read is then recovered, and the transaction had left nothing."""

    @wraps(method)
    def careful(store: Store, *values: P.args, **settings: P.kwargs) -> T:
        try:
            return method(store, *values, **settings)
        except Damaged:
            if not store._database.suspect:
                raise
            return method(store, *values, **settings)

    return careful


class Store:
    """The runs, events, curves, jobs and files below `home`, shared by any number of threads and processes.

    Opening a store makes, migrates or recovers it. Raises `Unavailable` when the disk or the folder does not allow what is asked, or
    when a newer version of the lab wrote it; `Damaged` for what cannot be read; `NotFound` for ids that are not there.
    """

    def __init__(self, home: Path | str, *, clock: Callable[[], float] = time.time) -> None:
        self.home = Path(home)
        self._clock = clock
        self._database = Database(self.home / "lab.sqlite3", clock)

    # Runs.
    @mended
    def submit(
        self, experiment: Experiment, *, owner: str = "", title: str = "", kind: str = "interactive",
        parent: str = "", parent_epoch: int = 0, checkpoint: str = "",
    ) -> str:  # fmt: skip
        """A new queued run's id. checkpoint: an artefact of the parent, copied as the new run's "latest", its curves up to it as well."""
        source = self._checked(checkpoint) if checkpoint else None
        with self._database.write() as db:
            now = self._clock()
            body = log.submission(experiment, kind) | {
                "owner": owner, "title": title, "parent": parent, "parent_epoch": parent_epoch, "colour": rows.next_colour(db),
            }  # fmt: skip
            event = Event(rows.new_id(db, now), 0, 0, "submitted", now, body)
            log.submit(db, log.first_row(event), event)
            if source is not None:
                found, data = source
                copy = files.write(self.home, event.run, found.name, data, "latest", found.epoch, found.step, now)
                branches.inherit(db, event.run, found, copy, now)
        return event.run

    @mended
    def append(self, events: Sequence[Event], *, only_from: Collection[State] | None = None) -> list[Event]:
        """Adds events in one transaction, with all that is folded from them; returns those written.

        Stale ones are dropped (`is_stale`), and rows that were recorded before, bitwise equal, are left out of theirs. `Refused`: a move
        that the table forbids, or a run that has left the states `only_from`. An end is on the disk itself when this returns.
        """
        with self._database.write(full=any(event.kind in _ENDS for event in events)) as db:
            kept, unneeded = log.append(db, events, only_from)
        files.erase(self.home, unneeded)
        return kept

    @mended
    def run(self, run: str) -> Run:
        with self._database.read() as db:
            return rows.load(db, run)[0]

    @mended
    def runs(
        self, *, states: Collection[State] | None = None, owner: str | None = None, trashed: bool = False,
        limit: int = 100, before: str | None = None,
    ) -> list[Run]:  # fmt: skip
        """A page of runs, newest first. before: the id of the last run of the page before. Damaged ones are left to `quarantined`."""
        with self._database.read() as db:
            found = rows.find(db, states, owner, trashed, limit, before)
        return self._intact(found)

    @mended
    def active(self) -> list[Run]:
        """Queued and running ones, in the order in which they were queued; a run whose worker was lost keeps its place."""
        with self._database.read() as db:
            found = rows.active(db)
        return self._intact(found)

    @mended
    def events(self, run: str, *, after: int = 0, kinds: Collection[str] | None = None) -> list[tuple[int, Event]]:
        """(log id, event), oldest first. after: the log id that the reader has seen last. `Damaged` quarantines the run."""
        try:
            with self._database.read() as db:
                return log.read(db, run, after, kinds)
        except Damaged as error:
            self._quarantine(Quarantined(run, str(error), "", self._clock()))
            raise

    @mended
    def rebuild(self, run: str) -> None:
        """Makes the run's row, curves and metrics anew from its events."""
        with self._database.write() as db:
            log.rebuild(db, run)

    # Curves.
    def curve(self, run: str, name: str, kind: CurveKind = "epochs") -> curves.Curve:
        """float32; value i of kind "epochs" is epoch i + 1, of "steps" step i. NaN where nothing was recorded."""
        found = self.curves(run, kind).get(name)
        if found is None:
            raise NotFound(f"Run {run} has recorded no {name}.")
        return found

    @mended
    def curves(self, run: str, kind: CurveKind = "epochs", first: int = 0) -> dict[str, curves.Curve]:
        """All curves of a kind from value `first` on. "probe" has one value per measurement, and "step" says when."""
        with self._database.read() as db:
            return log.probes(db, run, first) if kind == "probe" else curves.load(db, run, kind, None, first)

    def history(self, run: str) -> list[dict[str, Any]]:
        """One dict per recorded epoch: {"epoch": 1, "loss": …, "val_accuracy": …}."""
        return curves.rows(self.curves(run))

    def metrics(self, run: str) -> dict[str, dict[str, float | int | None]]:
        """name → {"last", "best", "best_epoch"}; None where a number is not finite."""
        return self.metrics_of([run])[run]

    @mended
    def metrics_of(self, runs: Sequence[str]) -> dict[str, dict[str, dict[str, float | int | None]]]:
        """The metrics of many runs at once, by run."""
        with self._database.read() as db:
            return curves.metrics(db, runs)

    @mended
    def top(self, name: str, limit: int = 50) -> list[tuple[str, float]]:
        """(run, best value) of the runs that did best by a metric, the best first."""
        with self._database.read() as db:
            return curves.top(db, name, limit)

    # Commands and the trainer.
    @mended
    def command(self, target: str, order: str, **body: Any) -> None:
        """Asks the trainer for something: stop, pause, change … of a run, cancel of a job."""
        with self._database.write() as db:
            orders.add(db, target, order, body, self._clock())

    @mended
    def take_commands(self, *, again: bool = False) -> list[Command]:
        """New commands, each handed out once. again: also those that a former trainer took and did not carry out."""
        with self._database.read() as db:
            if not again and not orders.waiting(db):
                return []
        with self._database.write() as db:
            return orders.take(db, again, self._clock())

    @mended
    def report_trainer(self, status: Mapping[str, Any]) -> None:
        with self._database.write() as db:
            orders.report(db, status)

    @mended
    def trainer(self) -> dict[str, Any] | None:
        """What the trainer reported last, whether or not it still runs."""
        with self._database.read() as db:
            return orders.status(db)

    # Jobs.
    @mended
    def submit_job(self, name: str, inputs: Mapping[str, Any], *, run: str = "", files: Mapping[str, str] | None = None) -> str:
        """The job's id. files: name → artefact id. The same name, inputs and files are the same job, unless it failed or was cancelled."""
        with self._database.write() as db:
            return jobs.submit(db, name, inputs, run, files or {}, self._clock())

    @mended
    def job(self, job: str) -> Job:
        with self._database.read() as db:
            return jobs.load(db, job)

    @mended
    def jobs(self, *, states: Collection[str] | None = None, run: str | None = None) -> list[Job]:
        """Oldest first."""
        with self._database.read() as db:
            return jobs.find(db, states, run)

    @mended
    def is_asked(self, name: str, run: str, artefact: str) -> bool:
        """Whether any job of that name about the run was given this file."""
        with self._database.read() as db:
            return jobs.is_asked(db, name, run, artefact)

    @mended
    def update_job(self, job: str, **changes: Any) -> bool:
        """Changes state, progress, result, artefact, cause or hint. A finished job stays as it is: then False."""
        with self._database.write() as db:
            return jobs.update(db, job, changes, self._clock())

    # Files.
    @mended
    def put_file(self, run: str, name: str, data: bytes, *, role: str, epoch: int = 0, step: int = 0) -> str:
        """Writes a file and returns its id. A checkpoint or view counts, and replaces the older one, once its event is appended."""
        made = files.write(self.home, run, name, data, role, epoch, step, self._clock())
        try:
            with self._database.write() as db:
                files.insert(db, made, counts=role not in files.ADOPTED)
        except BaseException:
            files.erase(self.home, [made.path])
            raise
        return made.id

    def get_file(self, artefact: str) -> bytes:
        """The bytes, checked; `Damaged` quarantines the run."""
        return self._checked(artefact)[1]

    @mended
    def files(self, run: str, role: str | None = None) -> list[Artefact]:
        """The run's files that count, in the order of their steps."""
        with self._database.read() as db:
            return files.of_run(db, run, role)

    @mended
    def file(self, artefact: str) -> Artefact:
        with self._database.read() as db:
            return files.find(db, artefact)

    def path_of(self, artefact: str) -> Path:
        """Where the bytes lie, for streaming; unchecked."""
        return self.home / self.file(artefact).path

    @mended
    def drop_file(self, artefact: str) -> None:
        with self._database.write() as db:
            unneeded = files.drop(db, artefact)
        files.erase(self.home, unneeded)

    # Trash and damage.
    @mended
    def empty_trash(self, older_than: float = 0.0) -> int:
        """Removes for good the runs that have lain in the trash for `older_than` seconds or more; returns how many."""
        with self._database.write(full=True) as db:
            gone = quarantine.in_trash(db, self._clock() - older_than)
            for run in gone:
                quarantine.forget(db, run)
        for run in gone:
            files.erase_folder(self.home, run)
        return len(gone)

    @mended
    def quarantined(self) -> list[Quarantined]:
        """What is damaged, with why; everything else works."""
        with self._database.read() as db:
            noted = quarantine.noted(db)
            found = quarantine.unreadable(db)
        known = {item.run for item in noted}
        return noted + [item for item in found if item.run not in known]

    def data_version(self) -> int:
        """A number that changes when any process has written anything."""
        return self._database.data_version()

    def close(self) -> None:
        self._database.close()

    def _checked(self, artefact: str) -> tuple[Artefact, bytes]:
        found = self.file(artefact)
        try:
            return found, files.read(self.home, found)
        except Damaged as error:
            self.file(artefact)  # `NotFound` when it was replaced while it was read: then nothing is damaged
            self._quarantine(Quarantined(found.run, str(error), artefact, self._clock()))
            raise

    def _intact(self, found: Sequence[Run | Quarantined]) -> list[Run]:
        for item in found:
            if isinstance(item, Quarantined):
                self._quarantine(replace(item, time=self._clock()))
        return [item for item in found if isinstance(item, Run)]

    def _quarantine(self, item: Quarantined) -> None:
        if self._database.writable:
            with self._database.write() as db:
                quarantine.note(db, item)
