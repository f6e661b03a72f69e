"""Hands narrow runs (search trials, claims, sweeps) to narrow workers: a series on each, as many workers as the work is worth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dlcore.run import Run
from dlcore.trainer.series import Series

if TYPE_CHECKING:
    from dlcore.trainer.daemon import Daemon

LINGER = 0.5  # seconds that a series waits for more: an oracle may be about to suggest something


class Narrow:
    """All series of the trainer."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.series: list[Series] = []

    def hand_out(self, ordered: Sequence[Run]) -> list[Run]:
        """Hands over as many of the queued narrow runs (next first) as there is room for; returns those."""
        taken = [run for run in ordered if self._hand(run)]
        left = sum(not self._is_full(run) for run in ordered) - len(taken)
        if left > 0 and not self.daemon.crew.free("narrow"):
            self.daemon.crew.want_narrow(len(self.series) + left)
        return taken

    def look(self, jobs_wait: bool) -> None:
        """Ends a series that has nothing to do, or whose worker a job waits for."""
        now = time.monotonic()
        for series in self.series:
            if not series.attempts and not series.is_closing and (jobs_wait or now - series.idle_since > LINGER):
                series.leave()
        if jobs_wait and self.series and not any(series.is_closing for series in self.series):
            min(self.series, key=lambda series: len(series.attempts)).leave()

    def ended(self, series: Series) -> None:
        self.series.remove(series)

    def _hand(self, run: Run) -> bool:
        series = self._place(run)
        if series is None:
            return False
        self.daemon.hand_over(series, run)
        return True

    def _place(self, run: Run) -> Series | None:
        """Where the run can go: a free worker, else the series with the most room."""
        of_search, full = self._of_search(run), self._is_full(run)
        idle = [series for series in self.series if not series.attempts and not series.is_closing]
        if idle and not full:
            return idle[0]
        if not full and (worker := self.daemon.crew.free("narrow")):
            made = Series(self.daemon, worker)
            self.series.append(made)
            self.daemon.start_series(made, run)
            return made
        roomy = [series for series in (of_search if full else self.series) if series.room > 0]
        return max(roomy, key=lambda series: series.room, default=None)

    def _is_full(self, run: Run) -> bool:
        """Whether its search has as many workers as it may have."""
        parallel = self.daemon.searches.parallel(run.search)
        return bool(parallel) and len(self._of_search(run)) >= parallel

    def _of_search(self, run: Run) -> list[Series]:
        return [series for series in self.series if run.search and any(own.run.search == run.search for own in series.attempts.values())]
