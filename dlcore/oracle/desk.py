"""One search's oracle: asked for trials, told their scores, and handed back as JSON after every turn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dlcore.oracle import lab
from dlcore.oracle.light import tuner_module
from dlcore.oracle.space import Hyperparameters
from dlcore.studies.search import Search
from dlcore.studies.space import Dimension

OPEN = ("random", "bayesian")  # these take trials in that they did not suggest themselves


class Desk:
    """state: what `turn` handed back last, {} for a new search or one whose state is lost. rows: its trials so far, oldest first, each
    {id, values, status ("RUNNING", "COMPLETED", "FAILED"), score, bracket, rung, parent}; id is "" where the oracle does not know it.
    forgot: whether it began again, so that all trials before that have lost their ids.
    """

    def __init__(self, search: Search, frozen: Mapping[str, Any], state: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
        self.search, self.frozen = search, dict(frozen)
        self._space, self._oracle = self._made()
        self._known = {_key(row["values"]) for row in rows if not row["id"]}
        own = [row for row in rows if row["id"]]
        self._passed: dict[str, dict[str, Any]] = dict(state.get("passed", {}))
        passed = [{"id": number, "values": values, "status": "COMPLETED", "score": 0.0} for number, values in self._passed.items()]
        for row in sorted([*own, *passed], key=lambda row: int(row["id"])):
            self._put(row)
        self.forgot = not state and bool(own) and self.search.oracle == "grid"
        if state:
            self._oracle.recall(state)
        elif self.forgot:
            self._known |= {_key(row["values"]) for row in own}
            self._space, self._oracle = self._made()
        elif own:
            self._oracle.rebuild(own)

    def turn(self, tell: Sequence[Mapping[str, Any]], add: Sequence[Mapping[str, Any]], count: int) -> dict[str, Any]:
        """Takes scores in, and values that a person wants tried, and suggests up to `count` trials.

        tell: {id, score (None: it failed)}. Returns asked: {id, values, epochs, bracket, rung, parent (an id, or "")}; added: ids for
        what was added; ended: whether there is nothing left to try; state: for the next process.
        """
        for item in tell:
            self._tell(item["id"], item["score"])
        added = [self._add(values) for values in add]
        asked, ended = self._ask(count)
        return {"asked": asked, "added": added, "ended": ended, "state": self.state()}

    def respace(self, search: Search, frozen: Mapping[str, Any]) -> dict[str, Any]:
        """Goes on in another space, or with other values frozen; what was tried stays known. A grid begins again and passes over that."""
        self.search, self.frozen = search, dict(frozen)
        if search.oracle == "grid":
            self._known |= {_key(self._space.decode(trial.hyperparameters.values)) for trial in self._oracle.trials.values()}
            self._passed, self.forgot = {}, True
            self._space, self._oracle = self._made()
        else:
            self._space = Hyperparameters(search.space, search.experiment, grid=False)
            self._oracle.hyperparameters = self._space.made()
            self._oracle.frozen = self._space.encode(self.frozen)
        return self.state()

    def state(self) -> dict[str, Any]:
        note: dict[str, Any] = self._oracle.note()
        return note | {"passed": self._passed}

    def _made(self) -> tuple[Hyperparameters, Any]:
        """A new oracle, in the space as it is now."""
        grid, space = self.search.oracle == "grid", self.search.space
        if grid:  # a frozen dimension has one value there
            for name, value in self.frozen.items():
                space = space.replaced(_one_value(space[name], value))
        made = Hyperparameters(space, self.search.experiment, grid)
        return made, lab.make(self.search, made, self.frozen)

    def _put(self, row: Mapping[str, Any]) -> None:
        """A trial of before."""
        trial = self._trial(row["id"], self._space.encode(row["values"]), row["status"])
        if row["score"] is not None:
            self._oracle.update_trial(row["id"], {self.search.objective: row["score"]})
            self._oracle.score_trial(trial)
        if row["status"] == "RUNNING":
            self._oracle.ongoing_trials[row["id"]] = trial
        else:
            self._oracle._run_times[row["id"]] += 1

    def _trial(self, number: str, values: Mapping[str, Any], status: str) -> Any:
        own = self._oracle.hyperparameters.copy()
        own.values = dict(values)
        trial = tuner_module("engine.trial").Trial(hyperparameters=own, trial_id=number, status=status)
        self._oracle.trials[number] = trial
        self._oracle._record_values(trial)
        return trial

    def _tell(self, number: str, score: float | None) -> None:
        trial = self._oracle.trials.get(number)
        if trial is None:  # asked for before a grid began again
            return
        if score is not None:
            self._oracle.update_trial(number, {self.search.objective: score})
        trial.status = "FAILED" if score is None else "COMPLETED"
        self._oracle.end_trial(trial)

    def _add(self, values: Mapping[str, Any]) -> str:
        """The id of a trial that a person wants; "" where the oracle takes none in."""
        if self.search.oracle not in OPEN:
            self._known.add(_key(values))
            return ""
        number = f"{len(self._oracle.trials):04d}"
        trial = self._trial(number, self._space.encode(values), "RUNNING")
        self._oracle.ongoing_trials[number] = trial
        self._oracle.start_order.append(number)
        return number

    def _ask(self, count: int) -> tuple[list[dict[str, Any]], bool]:
        asked: list[dict[str, Any]] = []
        while len(asked) < count:
            trial = self._oracle.create_trial(f"{len(self._oracle.trials):04d}")
            if trial.status != "RUNNING":
                return asked, trial.status == "STOPPED"
            suggested = dict(trial.hyperparameters.values)
            values = self._space.decode(suggested)
            if _key(values) in self._known:
                self._pass_over(trial, values)
                continue
            trial.hyperparameters.values = suggested | self._space.encode(values)  # what will be tried, to the last digit
            self._oracle._record_values(trial)
            asked.append({
                "id": trial.trial_id, "values": values, "epochs": suggested.get("tuner/epochs", 0),
                "bracket": getattr(self._oracle, "places", {}).get(trial.trial_id, 0), "rung": suggested.get("tuner/round", 0),
                "parent": suggested.get("tuner/trial_id", ""),
            })  # fmt: skip
        return asked, False

    def _pass_over(self, trial: Any, values: dict[str, Any]) -> None:
        self._passed[trial.trial_id] = values
        self._tell(trial.trial_id, 0.0)


def _one_value(own: Dimension, value: Any) -> Dimension:
    return replace(own, low=None, high=None, step=None, log=False, choices=(value,))


def _key(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), sort_keys=True)
