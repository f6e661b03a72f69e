"""How trials are ended, when a search gives up, and what is dropped of trials that have ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from dlcore.run import Event, State
from dlcore.store import Store, searches
from dlcore.studies.search import Search, Trial
from dlcore.trainer import outcomes

if TYPE_CHECKING:
    from dlcore.trainer.daemon import Daemon

PASSING = ("latest", "kept", "view")  # roles of files that an ended trial does not need
ALL = (*PASSING, "final")
HELP = ("resumed", "widened", "frozen", "unfrozen", "changed")  # what a person does about failures; they are counted anew after it


def stop(daemon: Daemon, trial: Trial) -> None:
    """Ends a trial's runs; the weights of those under way are kept. `Refused` when one has moved on just now."""
    for run in searches.runs(daemon.store, trial.search, chosen=trial.runs).values():
        if run.state in (State.QUEUED, State.PAUSED):
            body = {"step": run.step, "epoch": run.epoch}
            daemon.store.append([Event(run.id, run.attempt, 0, "stopped", daemon.clock(), body)], only_from=(run.state,))
        elif run.state is State.RUNNING and run.id in daemon.attempts:
            daemon.attempts[run.id].order({"order": "stop"})


def to_prune(store: Store, search: Search, trials: Sequence[Trial]) -> list[tuple[Trial, tuple[int, float, float]]]:
    """Running trials that the median rule ends, each with (epoch, its best so far, the median of the others' by then)."""
    if search.pruning != "median":
        return []
    open_ = [trial for trial in trials if not trial.is_ended and not trial.pruned and trial.runs]
    done = [trial for trial in trials if trial.state is State.DONE and trial.runs]
    if len(done) < outcomes.ENOUGH or not open_:
        return []
    curves = searches.curves_of(store, [trial.runs[0] for trial in [*open_, *done]], search.objective)
    others = [curves[trial.runs[0]] for trial in done if trial.runs[0] in curves]
    found = []
    for trial in open_:
        curve = curves.get(trial.runs[0])
        if curve is not None and len(curve) < trial.epochs and (why := outcomes.below_median(search, curve, others)) is not None:
            found.append((trial, why))
    return found


def failed_in_a_row(store: Store, search: str, trials: Sequence[Trial]) -> list[Trial]:
    """The last trials when all of them failed, `outcomes.FAILURES` of them since a person last did something about it; else none."""
    row = outcomes.failures(trials)[-outcomes.FAILURES :]
    if len(row) < outcomes.FAILURES:
        return []
    helped = max((event.time for _, event in searches.events(store, search) if event.kind in HELP), default=0.0)
    return row if row[0].ended > helped else []


def tidy(store: Store, search: Search, trials: Sequence[Trial], dropped: Collection[int], is_over: bool) -> set[int]:
    """Drops the weights of ended trials that are not among the best; returns their numbers. dropped: where that was done before."""
    kept = outcomes.kept(search, trials, is_over)
    ended = [trial for trial in trials if trial.is_ended and trial.number not in dropped]
    gone, stay = [own for own in ended if own.number not in kept], [own for own in ended if own.number in kept]
    for roles, some in ((ALL, gone), (PASSING, stay)):
        if runs := [run for trial in some for run in trial.runs]:
            searches.drop_files(store, runs, roles)
    return {trial.number for trial in gone}
