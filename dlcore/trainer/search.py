"""Drives one search: asks its oracle ahead of time, tells it what trials came to, and writes all of it down in one transaction each."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dlcore.errors import LabError, Refused
from dlcore.run import State
from dlcore.store import searches
from dlcore.studies.search import Search, Study, Trial
from dlcore.studies.switched import switched
from dlcore.trainer import ends, outcomes
from dlcore.trainer.oracles import OracleBroken, OracleLost, OracleProcess
from dlcore.trainer.trials import planned, row_of

if TYPE_CHECKING:
    from dlcore.trainer.daemon import Daemon

log = logging.getLogger("dlcore.trainer")

LOOK = 1.0  # seconds between looks when nothing happens, for the time budget
GATHER = 0.05  # seconds in which more may happen that one look answers
UNDER_WAY = (State.QUEUED, State.RUNNING)
LOSSES = 3  # of the oracle's process without an answer in between
SHORT = 2.0  # seconds; trials that take less are asked for further ahead
FAR, NEAR = 12, 1  # trials asked for ahead, for each worker


class Driver:
    """One search. `drive` ends when nothing is left to do for it, be it paused, stopped or over."""

    def __init__(self, daemon: Daemon, search: str) -> None:
        self.daemon, self.store, self.id = daemon, daemon.store, search
        self.study: Study = searches.load(self.store, search)
        self.trials: dict[int, Trial] = {trial.number: trial for trial in searches.trials(self.store, search)}
        self.oracle = OracleProcess(daemon.searches.spare)
        self._dropped: set[int] = set()
        self._has_ended = False  # the oracle has nothing left to suggest
        self._losses = 0
        self._spent_at = time.monotonic()
        self._wake = asyncio.Event()
        self._in_order_again = (0, 0)
        self._asked_in: tuple[str, Mapping[str, Any]] | None = None  # the space and frozen values that the oracle knows

    @property
    def search(self) -> Search:
        return self.study.search

    @property
    def is_active(self) -> bool:
        return self.study.state in UNDER_WAY

    @property
    def parallel(self) -> int:
        return self.search.parallel

    @property
    def switched(self) -> tuple[str, ...]:
        try:
            return switched(self.search)
        except LabError:  # its data were deleted: each trial will say so
            return ()

    def wake(self) -> None:
        self._wake.set()

    def worst_kept(self) -> float | None:
        """The score that a trial must beat for its weights to be worth keeping; None while there is room."""
        best = outcomes.ranked(self.search, list(self.trials.values()))[: self.search.keep]
        if self.search.oracle == "hyperband" or self.search.seeds > 1 or not 0 < self.search.keep <= len(best):
            return None
        return best[-1].score

    async def drive(self) -> None:
        while not self.is_over():
            self._wake.clear()
            try:
                await self._step()
                self._losses = 0
            except OracleLost as lost:
                self._losses += 1
                log.warning("Search %s: the oracle was lost: %s", self.id, lost)
                await self.oracle.close()
                if self._losses >= LOSSES:
                    self._fail(
                        f"Its oracle ended {LOSSES} times in a row without an answer.", "Resume it; the trainer's log has the details."
                    )
            except OracleBroken as broken:
                log.error("Search %s: %s\n%s", self.id, broken, broken.trace)
                self._fail(f"Its oracle could not go on: {broken}", "Change the space, or use another oracle.")
            except Refused as error:  # a person was faster; what the oracle said meanwhile counts for nothing
                log.info("Search %s: %s", self.id, error)
                await self.oracle.close()
            except (LabError, OSError) as error:
                log.error("Search %s: %s", self.id, error)
                await self.oracle.close()
                await asyncio.sleep(LOOK)
            if not self.is_over():
                await self._rest()

    def is_over(self) -> bool:
        return not self.is_active and not any(not trial.is_ended for trial in self.trials.values())

    async def close(self) -> None:
        await self.oracle.close()

    def confess(self) -> None:
        self._fail("The trainer made a mistake of its own; its log has the details.", "Resume it.")

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), LOOK)
        except TimeoutError:
            return
        await asyncio.sleep(GATHER)

    async def _step(self) -> None:
        self.study = await asyncio.to_thread(searches.load, self.store, self.id)
        if not self.is_active:
            await self.oracle.close()
        over = await asyncio.to_thread(self._ended)
        if over:
            await asyncio.to_thread(self._record, over)
            self._tidy()
        if not self.is_active:
            return
        if row := ends.failed_in_a_row(self.store, self.id, list(self.trials.values())):
            cause = f"{len(row)} trials in a row failed, the last one so: {row[-1].cause}"
            self._finish(State.FAILED, cause=cause, hint="Change the space so that its trials can be trained, then resume the search.")
            return
        if self.search.seconds and self.study.seconds + self._spent() > self.search.seconds:
            self._finish(State.DONE, reason=f"Its time budget of {self.search.seconds:g} seconds is used up.")
            return
        await self._turns()
        await asyncio.to_thread(self._prune)
        if all(trial.is_ended for trial in self.trials.values()) and (self._has_ended or len(self.trials) >= self.search.planned):
            all_tried = (
                "" if len(self.trials) >= self.search.planned else "The oracle found nothing in the space that was not tried before."
            )
            self._finish(State.DONE, reason=all_tried or "All trials have ended.")

    # What trials came to.
    def _ended(self) -> list[Trial]:
        """Trials whose runs are all finished and that were open until now."""
        waiting = [trial for trial in self.trials.values() if not trial.is_ended]
        runs = searches.runs(self.store, self.id, chosen=[run for trial in waiting for run in trial.runs])
        finished = [trial for trial in waiting if all(run not in runs or runs[run].state.is_finished for run in trial.runs)]
        curves = searches.curves_of(self.store, [run for trial in finished for run in trial.runs], self.search.objective)
        made = []
        for trial in finished:
            own = [runs[run] for run in trial.runs if run in runs]
            made.append(outcomes.ended(self.search, trial, own, curves, self.daemon.clock()))
        return made

    def _record(self, changed: Sequence[Trial] = (), **more: Any) -> list[Trial]:
        """One transaction, and what it changes here."""
        made = searches.record(self.store, self.id, changed=changed, seconds=self._spent(), **more)
        self._spent_at = time.monotonic()
        for trial in [*changed, *made]:
            self.trials[trial.number] = trial
        return made

    def _spent(self) -> float:
        return time.monotonic() - self._spent_at if self.is_active else 0.0

    # Asking and telling.
    async def _turns(self) -> None:
        """Tells what is new and asks for as many trials as should be at hand; in order, one answer at a time."""
        if not self.oracle.is_running:
            await self._load()
        await self._respace()
        new = [trial for trial in self._by_number() if trial.is_ended and not trial.told]
        if self.search.is_in_order:
            for trial in self._next_in_order(new):
                await self._turn([trial])
            if self._in_order_again != (now := (self.search.planned, self.search.parallel)) or all(
                trial.told for trial in self.trials.values()
            ):
                self._in_order_again = now
                await self._turn([])  # not at any other time: what an oracle is asked, and when, must be the same each time
        else:
            await self._turn(new)

    def _next_in_order(self, new: Sequence[Trial]) -> list[Trial]:
        """Those of the new ones before which none is open."""
        first_open = min((trial.number for trial in self.trials.values() if not trial.is_ended), default=len(self.trials) + 1)
        return [trial for trial in new if trial.number < first_open]

    async def _turn(self, tell: Sequence[Trial]) -> None:
        count = self._wanted(tell)
        add = self.study.enqueued[: self._room()]
        if not tell and not add and (count <= 0 or self._has_ended):
            return
        said = [{"id": trial.oracle_id, "score": trial.score} for trial in tell if trial.oracle_id]
        answer = await self.oracle.turn(said, add, max(0, count - len(add)))
        self._has_ended = answer["ended"]
        told = [replace(trial, told=True) for trial in tell]
        asked = await asyncio.to_thread(planned, self.store, self.study, self.trials, add, answer, self.daemon.clock())
        events: list[tuple[str, Mapping[str, Any]]] = [] if self.study.state is State.RUNNING else [("started", {})]
        more = {
            "asked": asked,
            "oracle": answer["state"],
            "events": events,
            "taken": len(add),
            "only_from": UNDER_WAY,
            "state": State.RUNNING,
        }
        await asyncio.to_thread(self._record, told, **more)
        self.study = replace(self.study, state=State.RUNNING, enqueued=self.study.enqueued[len(add) :])
        if asked:
            self.daemon.wake()

    def _room(self) -> int:
        return max(0, self.search.planned - len(self.trials))

    def _wanted(self, tell: Sequence[Trial]) -> int:
        """How many more trials should be asked for now. In order it depends on nothing but what was told, so that it can be repeated."""
        workers = self.search.parallel or max(1, self.daemon.settings.narrow)
        if self.search.is_in_order:
            known = {trial.number for trial in tell}
            there = sum(not trial.told and trial.number not in known for trial in self.trials.values())
            return min(self._room(), workers + 1 - there)
        workers = self.search.parallel or max(workers, self.daemon.crew.count("narrow"))  # a cluster may have more than this machine
        there = sum(not trial.is_ended for trial in self.trials.values())
        return min(self._room(), workers * (1 + self._ahead()) - there)

    def _ahead(self) -> int:
        """Trials at hand for each worker. What the oracle says of random and grid trials does not depend on how early it is asked."""
        if self.search.oracle in ("bayesian", "hyperband"):
            return NEAR
        done = [trial for trial in self.trials.values() if trial.ended and trial.created]
        seconds = self.study.seconds / max(1, len(done)) * (self.search.parallel or max(1, self.daemon.settings.narrow))
        return FAR if not done or seconds < SHORT else NEAR

    async def _load(self) -> None:
        state = await asyncio.to_thread(searches.oracle_state, self.store, self.id)
        rows = [row_of(trial, self.trials) for trial in self._by_number()]
        forgot = await self.oracle.load(self.search, self.study.frozen, state, rows)
        self._asked_in = (self.search.space.to_json(), dict(self.study.frozen))
        if not state and any(row["id"] for row in rows):
            await asyncio.to_thread(
                self._record, self._nameless() if forgot else (), events=[("restored", {"why": "The oracle's state was lost."})]
            )

    async def _respace(self) -> None:
        """Passes a wider range or a frozen value on."""
        now = (self.search.space.to_json(), dict(self.study.frozen))
        if now == self._asked_in:
            return
        answer = await self.oracle.respace(self.search, self.study.frozen)
        self._asked_in, self._has_ended = now, False
        await asyncio.to_thread(self._record, self._nameless() if answer["forgot"] else (), oracle=answer["state"])

    def _nameless(self) -> list[Trial]:
        """All trials, without the ids of an oracle that has begun again."""
        return [replace(trial, oracle_id="") for trial in self._by_number()]

    def _by_number(self) -> list[Trial]:
        return [self.trials[number] for number in sorted(self.trials)]

    # Ends.
    def _prune(self) -> None:
        """Stops trials by the median rule; Hyperband's rungs are its own."""
        for trial, found in ends.to_prune(self.store, self.search, list(self.trials.values())):
            body = {"trial": trial.number, "epoch": found[0], "value": found[1], "median": found[2]}
            self._record([replace(trial, pruned=True, cause=outcomes.pruned_words(self.search, *found))], events=[("pruned", body)])
            ends.stop(self.daemon, trial)

    def _finish(self, state: State, reason: str = "", cause: str = "", hint: str = "") -> None:
        body = {"reason": reason} if state is State.DONE else {"cause": cause, "hint": hint}
        self._record(events=[(str(state), body)], state=state, cause=cause, hint=hint, only_from=UNDER_WAY)
        self.study = replace(self.study, state=state, cause=cause, hint=hint)
        log.info("Search %s is %s: %s%s", self.id, state, reason, cause)
        for trial in self.trials.values():
            if not trial.is_ended:
                try:
                    ends.stop(self.daemon, trial)
                except Refused:  # its worker was faster; the next step looks again
                    self.wake()
        self._tidy()

    def _fail(self, cause: str, hint: str) -> None:
        try:
            self._finish(State.FAILED, cause=cause, hint=hint)
        except LabError as error:
            log.error("Search %s: %s", self.id, error)

    def _tidy(self) -> None:
        """Drops the weights of trials that are not among the best, and what the others do not need any more."""
        self._dropped |= ends.tidy(self.store, self.search, list(self.trials.values()), self._dropped, is_over=not self.is_active)
