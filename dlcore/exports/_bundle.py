"""What an export is made from: everything known about one run, as plain values. Exports never reach the store."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlcore.experiment import Experiment
from dlcore.run import Run, State

ROLES = ("final", "latest")
"""Roles of a run's weights, the one to export first: what the run ended with, else its newest."""


@dataclass(frozen=True)
class Bundle:
    """One run, ready to be written in any form.

    history: one dict per finished epoch, {"epoch": 1, "loss": …, "val_accuracy": …}, from `Store.history`.
    changes: what a person changed while it trained, {"field", "value", "step", "epoch"}, in order; the bodies of its "changed" events.
    program: the body of the run's last "program" event ({"jit": …}), empty before there is one.
    begins: the optimizer step at which the run began: 0, or for a branch that of its checkpoint.
    ancestors: for a branch, the bundles of the runs it came from, oldest first.
    checkpoint: a packed checkpoint (dlcore/engine/checkpoint.py), for exports with `worker=True`.
    """

    run: Run
    experiment: Experiment
    history: Sequence[Mapping[str, Any]] = ()
    changes: Sequence[Mapping[str, Any]] = ()
    program: Mapping[str, Any] = field(default_factory=dict)
    begins: int = 0
    ancestors: Sequence[Bundle] = ()
    checkpoint: bytes = b""

    @property
    def environment(self) -> Mapping[str, Any]:
        """Versions, device, threads: what the worker said about itself."""
        return self.run.environment

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes in the order of the outputs; empty for a regression."""
        return self.experiment.dataset_spec.class_names

    def filename(self, suffix: str) -> str:
        """A name for the file that says where it comes from: "fashion_mnist-mlp-0a1b2c.keras"."""
        return f"{self.experiment.dataset.name}-{self.experiment.model.name}-{self.run.id}{suffix}"

    def job_inputs(self, form: str) -> dict[str, Any]:
        """The inputs of the job "export", plain JSON; the checkpoint travels beside them as the file "checkpoint"."""
        return {"form": form, "bundle": self.to_json()}

    def to_json(self) -> dict[str, Any]:
        """The bundle without its checkpoint, as plain JSON."""
        run = dataclasses.asdict(dataclasses.replace(self.run, environment={}, metrics={}, experiment=""))
        return {
            "run": run | {"environment": dict(self.run.environment), "metrics": dict(self.run.metrics)},
            "experiment": json.loads(self.experiment.to_json()),
            "history": [dict(row) for row in self.history],
            "changes": [dict(change) for change in self.changes],
            "program": dict(self.program),
            "begins": self.begins,
            "ancestors": [ancestor.to_json() for ancestor in self.ancestors],
        }

    @staticmethod
    def from_json(body: Mapping[str, Any], checkpoint: bytes = b"") -> Bundle:
        """Reads what `to_json` wrote."""
        experiment = Experiment.from_json(json.dumps(body["experiment"]))
        run: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in body["run"].items()}
        return Bundle(
            run=Run(**{**run, "state": State(run["state"]), "experiment": experiment.to_json()}),
            experiment=experiment,
            history=body["history"],
            changes=body["changes"],
            program=body["program"],
            begins=body["begins"],
            ancestors=[Bundle.from_json(ancestor) for ancestor in body["ancestors"]],
            checkpoint=checkpoint,
        )
