"""keras-tuner's oracles as the lab uses them: quiet, without files, with values that a person froze, with all their state as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.oracle.light import oracle_class, tuner_module
from dlcore.oracle.space import Hyperparameters
from dlcore.studies.search import Search, brackets

FOREVER = 10**9
MOST_COLLISIONS = 20


def make(search: Search, space: Hyperparameters, frozen: Mapping[str, Any]) -> Any:
    """A new oracle. frozen: values that every suggestion has, by dimension name."""
    base = oracle_class(search.oracle)
    kind = {"grid": _Grid, "bayesian": _Bayesian, "hyperband": _Hyperband}.get(search.oracle, _Lab)
    settings: dict[str, Any] = {"seed": search.seed + 1, "max_consecutive_failed_trials": FOREVER}  # keras-tuner takes 0 for "any"
    if search.oracle == "hyperband":
        sweep = sum(size for sizes in brackets(search.most_epochs, search.factor) for size, _ in sizes)
        settings |= {"max_epochs": search.most_epochs, "factor": search.factor, "hyperband_iterations": -(-search.planned // sweep)}
    else:
        settings["max_trials"] = None
    objective = tuner_module("engine.objective").Objective(search.objective, search.direction)
    oracle = type(f"Lab{base.__name__}", (kind, base), {})(objective, hyperparameters=space.made(), **settings)
    oracle.verbose = 0
    oracle.frozen = space.encode(frozen)
    return oracle


class _Lab:
    """What all have in common. `note` and `recall` are the state beside the trials themselves."""

    frozen: Mapping[str, Any]

    def save(self) -> None:
        """The lab writes the state to its store, in one transaction with the trials."""

    def _save_trial(self: Any, trial: Any) -> None:
        """The same."""

    def note(self: Any) -> dict[str, Any]:
        return {"seed_state": self._seed_state, "started": list(self.start_order), "ended": list(self.end_order)}

    def recall(self: Any, note: Mapping[str, Any]) -> None:
        self._seed_state = note["seed_state"]
        self.start_order, self.end_order = list(note["started"]), list(note["ended"])

    def rebuild(self: Any, rows: list[Mapping[str, Any]]) -> None:
        """As well as can be without a note: nothing that was drawn is drawn again."""
        self._seed_state += len(rows) * (MOST_COLLISIONS + 1) * max(1, len(self.hyperparameters.space))
        self.start_order = [row["id"] for row in rows]
        self.end_order = [row["id"] for row in rows if row["status"] != "RUNNING"]

    def _random_values(self: Any) -> dict[str, Any] | None:
        """keras-tuner's own draw, with the same seeds, but for what is frozen."""
        for _ in range(MOST_COLLISIONS + 1):
            drawn = tuner_module("engine.hyperparameters").HyperParameters()
            for own in self.hyperparameters.space:
                drawn.merge([own])
                if drawn.is_active(own):
                    value = own.random_sample(self._seed_state)
                    drawn.values[own.name] = self.frozen.get(own.name, value)
                    self._seed_state += 1
            if not self._duplicate(drawn.values):
                return dict(drawn.values)
        return None


class _Grid(_Lab):
    """Its place in the grid is part of the state.

    keras-tuner derives each combination from one whose trial has ended, since a trial could bring new settings; here none does, so
    that the next one is there at once and workers need not wait for each other.
    """

    def populate_space(self: Any, trial_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = super().populate_space(trial_id)  # type: ignore[misc]
        if answer["status"] == "RUNNING" and trial_id not in self._populate_next:
            self._populate_next.append(trial_id)
        return answer

    def note(self: Any) -> dict[str, Any]:
        ordered = self._ordered_ids
        following = [[index, after] for index, after in ordered._next_index.items() if after is not None]
        places = {"memory": ordered._memory, "following": following, "last": ordered._last_index, "next": self._populate_next}
        return super().note() | {"grid": places}

    def recall(self: Any, note: Mapping[str, Any]) -> None:
        super().recall(note)
        places, ordered = note["grid"], self._ordered_ids
        ordered._memory = list(places["memory"])
        ordered._data_to_index = {data: index for index, data in enumerate(ordered._memory)}
        ordered._next_index.update(dict(places["following"]))
        ordered._last_index = places["last"]
        self._populate_next = list(places["next"])


class _Bayesian(_Lab):
    """The state of its random numbers, and what its process was fitted to last: it predicts trials that have not ended with that."""

    fitted: tuple[Any, Any] | None = None

    def note(self: Any) -> dict[str, Any]:
        name, keys, at, has_gauss, gauss = self._random_state.get_state()
        drawn = [name, keys.tolist(), at, has_gauss, gauss]
        fitted = [array.tolist() for array in self.fitted] if self.fitted else None
        return super().note() | {"bayesian": {"drawn": drawn, "fitted": fitted}}

    def recall(self: Any, note: Mapping[str, Any]) -> None:
        super().recall(note)
        name, keys, *others = note["bayesian"]["drawn"]
        self._random_state.set_state((name, np.array(keys, dtype=np.uint32), *others))
        if note["bayesian"]["fitted"]:
            self.fitted = tuple(np.array(array) for array in note["bayesian"]["fitted"])
            self.gpr.fit(*(np.nan_to_num(array, posinf=0, neginf=0) for array in self.fitted))

    def _vectorize_trials(self: Any) -> tuple[Any, Any]:
        self.fitted = super()._vectorize_trials()  # type: ignore[misc]
        return self.fitted  # type: ignore[return-value]

    def _get_hp_bounds(self: Any) -> Any:
        """Frozen dimensions have no room: the process learns from all values and looks only there."""
        bounds = []
        for own in self._nonfixed_space():
            at = own.value_to_prob(self.frozen[own.name]) if own.name in self.frozen else None
            bounds.append([0.0, 1.0] if at is None else [at, at])
        return np.array(bounds)


class _Hyperband(_Lab):
    """Its brackets are part of the state."""

    def note(self: Any) -> dict[str, Any]:
        places = {"brackets": self._brackets, "bracket": self._current_bracket, "iteration": self._current_iteration, "places": self.places}
        return super().note() | {"hyperband": places}

    def recall(self: Any, note: Mapping[str, Any]) -> None:
        super().recall(note)
        own = note["hyperband"]
        self._brackets, self._current_bracket, self._current_iteration = own["brackets"], own["bracket"], own["iteration"]
        self.places = dict(own["places"])

    def rebuild(self: Any, rows: list[Mapping[str, Any]]) -> None:
        super().rebuild(rows)
        self._brackets = []
        for row in rows:
            bracket = next((own for own in self._brackets if own["bracket_num"] == row["bracket"]), None)
            if bracket is None:
                self._current_bracket = row["bracket"]
                self._start_new_bracket()
                bracket = self._brackets[-1]
            bracket["rounds"][row["rung"]].append({"past_id": row["parent"] or None, "id": row["id"]})
            self.places[row["id"]] = row["bracket"]

    @property
    def places(self: Any) -> dict[str, int]:
        """The bracket of each trial; keras-tuner itself tells the newest bracket for trials of earlier ones."""
        if not hasattr(self, "_places"):
            self._places: dict[str, int] = {}
        return self._places

    @places.setter
    def places(self: Any, found: dict[str, int]) -> None:
        self._places = found

    def populate_space(self: Any, trial_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = super().populate_space(trial_id)  # type: ignore[misc]
        for bracket in self._brackets:
            if any(info["id"] == trial_id for round_ in bracket["rounds"] for info in round_):
                self.places[trial_id] = bracket["bracket_num"]
        return answer
