"""What trials came to: scores from their runs' curves, when one is worse than half of the others, which weights are worth keeping."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dlcore.run import Run, State
from dlcore.studies.search import Search, Trial, brackets

FAILURES = 3  # in a row end a search
ENOUGH = 5  # trials that must have trained for as long before another is compared with them


def best_epoch(curve: np.ndarray | None, direction: str) -> tuple[float, int] | None:
    """(best finite value, its epoch from 1), None where there is none; the earliest of equals."""
    if curve is None or not np.isfinite(curve).any():
        return None
    sign = -1.0 if direction == "max" else 1.0
    at = int(np.where(np.isfinite(curve), sign * curve, np.inf).argmin())
    return float(curve[at]), at + 1


def ended(search: Search, trial: Trial, runs: Sequence[Run], curves: Mapping[str, np.ndarray], now: float) -> Trial:
    """The trial once all of its runs are finished. One whose run failed, or recorded no number of the objective, has failed."""
    broken = next((run for run in runs if run.state is State.FAILED), None)
    found = [best_epoch(curves.get(run.id), search.direction) for run in runs]
    values = [own for own in found if own is not None]
    stopped = any(run.state is State.STOPPED for run in runs)
    end = max((run.ended for run in runs), default=now)
    if broken is not None or not runs:
        return replace(trial, state=State.FAILED, cause=broken.cause if broken else "Its runs are gone.", ended=end)
    if len(values) < len(runs):
        if stopped:
            return replace(trial, state=State.STOPPED, cause="It was stopped before its first epoch.", ended=end)
        return replace(trial, state=State.FAILED, cause=f"It recorded no finite {search.objective}.", ended=end)
    score = math.fsum(value for value, _ in values) / len(values)
    return replace(trial, state=State.STOPPED if stopped else State.DONE, score=score, best_epoch=values[0][1], ended=end)


def failures(trials: Sequence[Trial]) -> list[Trial]:
    """The failed trials at the end of the search so far, in the order in which they ended, with none between them that did not fail."""
    row: list[Trial] = []
    for trial in sorted((own for own in trials if own.is_ended), key=lambda own: (own.ended, own.number)):
        row = [*row, trial] if trial.state is State.FAILED else []
    return row


def below_median(search: Search, curve: np.ndarray, others: Sequence[np.ndarray]) -> tuple[int, float, float] | None:
    """The median rule (Golovin et al. 2017): (epoch, best so far, median) when a trial's best so far is worse than the median of others'.

    others: the objective's curves of trials that trained to their end; `ENOUGH` of them must be as long as this one.
    """
    epoch = len(curve)
    mine = best_epoch(curve, search.direction)
    theirs = [best for other in others if len(other) >= epoch and (best := best_epoch(other[:epoch], search.direction)) is not None]
    if mine is None or len(theirs) < ENOUGH:
        return None
    median = float(np.median([value for value, _ in theirs]))
    return (epoch, mine[0], median) if search.is_better(median, mine[0]) else None


def pruned_words(search: Search, epoch: int, value: float, median: float) -> str:
    """Why a trial was ended early, for people."""
    worse = "below" if search.direction == "max" else "above"
    best = f"its best {search.objective} by epoch {epoch}, {value:.4g}"
    return f"Ended early: {best}, was {worse} {median:.4g}, the median of the others by then."


def ranked(search: Search, trials: Sequence[Trial]) -> list[Trial]:
    """Ended trials with a score, the best first, the earlier of equals."""
    sign = -1.0 if search.direction == "max" else 1.0
    scored = [trial for trial in trials if trial.is_ended and trial.score is not None]
    return sorted(scored, key=lambda trial: (sign * (trial.score or 0.0), trial.number))


def kept(search: Search, trials: Sequence[Trial], is_over: bool) -> set[int]:
    """Numbers of the trials whose weights stay: the best, and those from which a rung of Hyperband may still go on."""
    best = {trial.number for trial in ranked(search, trials)[: search.keep]}
    return best if is_over or search.oracle != "hyperband" else best | _awaited(search, trials)


def _awaited(search: Search, trials: Sequence[Trial]) -> set[int]:
    sizes = {len(rungs) - 1: rungs for rungs in brackets(search.most_epochs, search.factor)}
    there = Counter((trial.bracket, trial.rung) for trial in trials)
    found = set()
    for trial in trials:
        rungs, after = sizes.get(trial.bracket, []), trial.rung + 1
        if after < len(rungs):
            sweeps = math.ceil(there[trial.bracket, 0] / rungs[0][0])
            if there[trial.bracket, after] < sweeps * rungs[after][0]:
                found.add(trial.number)
    return found
