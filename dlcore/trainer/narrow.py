"""Hands narrow runs (search trials, claims, sweeps) to narrow workers: a series on each, as many workers as the work is worth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.structure import program_of
from dlcore.trainer.crew import Worker
from dlcore.trainer.series import Series

if TYPE_CHECKING:
    from dlcore.trainer.daemon import Daemon

LINGER = 0.5  # seconds that a series waits for more: an oracle may be about to suggest something
REMEMBERED = 1000  # runs whose programs are known


class Narrow:
    """All series of the trainer."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.series: list[Series] = []
        self._programs: dict[str, str] = {}

    def hand_out(self, ordered: Sequence[Run]) -> list[Run]:
        """Hands over as many of the queued narrow runs (next first) as there is room for; returns those."""
        taken, waiting = [], list(ordered)
        while run := next((run for run in waiting if self._has_room(run)), None):
            taken.append(self._hand(run, waiting))
            waiting.remove(taken[-1])
        left = sum(not self._is_full(run) for run in ordered) - len(taken)
        if left > 0 and not self.daemon.crew.free("narrow"):
            self.daemon.crew.want_narrow(len(self.series) + left)
        return taken

    def look(self, jobs_wait: bool) -> None:
        """Ends a series that has nothing to do, or whose worker a job waits for or is to be replaced."""
        now = time.monotonic()
        for series in self.series:
            is_idle = not series.attempts and (jobs_wait or now - series.idle_since > LINGER)
            if is_idle or series.worker.unwanted:
                series.leave()
        if jobs_wait and self.series and not any(series.is_closing for series in self.series):
            min(self.series, key=lambda series: len(series.attempts)).leave()

    def ended(self, series: Series) -> None:
        self.series.remove(series)

    def _has_room(self, run: Run) -> bool:
        return self._place(run) is not None

    def _hand(self, run: Run, waiting: Sequence[Run]) -> Run:
        """Gives the run, or another of its search that suits the worker better, to where there is room; returns it."""
        place = self._place(run)
        assert place is not None
        worker = place.worker if isinstance(place, Series) else place
        run = self._suited(worker, [run, *(other for other in waiting if run.search and other.search == run.search)])
        if not isinstance(place, Series):
            place = Series(self.daemon, worker)
            self.series.append(place)
            self.daemon.start_series(place, run)
        worker.programs.add(self._program(run))
        self.daemon.hand_over(place, run)
        return run

    def _suited(self, worker: Worker, runs: Sequence[Run]) -> Run:
        """The first run whose program the worker has compiled; else the first whose program no worker has; else the first."""
        everywhere = set().union(*(other.programs for other in self.daemon.crew.workers.values()))
        known = next((run for run in runs if self._program(run) in worker.programs), None)
        return known or next((run for run in runs if self._program(run) not in everywhere), runs[0])

    def _program(self, run: Run) -> str:
        if run.id not in self._programs:
            try:
                self._programs[run.id] = program_of(Experiment.from_json(run.experiment), self.daemon.searches.switched(run.search))
            except LabError:  # its worker will say what is wrong with it
                self._programs[run.id] = run.id
            while len(self._programs) > REMEMBERED:
                del self._programs[next(iter(self._programs))]
        return self._programs[run.id]

    def _place(self, run: Run) -> Series | Worker | None:
        """Where the run can go: a series that has nothing to do, a free worker, else the series with the most room."""
        of_search, full = self._of_search(run), self._is_full(run)
        idle = [series for series in self.series if not series.attempts and not series.is_closing]
        if idle and not full:
            return idle[0]
        if not full and (worker := self.daemon.crew.free("narrow")):
            return worker
        roomy = [series for series in (of_search if full else self.series) if series.room > 0]
        return max(roomy, key=lambda series: series.room, default=None)

    def _is_full(self, run: Run) -> bool:
        """Whether its search has as many workers as it may have."""
        parallel = self.daemon.searches.parallel(run.search)
        return bool(parallel) and len(self._of_search(run)) >= parallel

    def _of_search(self, run: Run) -> list[Series]:
        return [series for series in self.series if run.search and any(own.run.search == run.search for own in series.attempts.values())]
