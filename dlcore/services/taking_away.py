"""A run as the bundle that exports are made from."""

from __future__ import annotations

from typing import Any

from dlcore import registry
from dlcore.errors import NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.exports._bundle import ROLES, Bundle
from dlcore.services import branching
from dlcore.store import Store


def write(store: Store, run: str, format: str) -> bytes:
    """The bytes of an export that needs no Keras."""
    spec = registry.find("exports", format)
    return spec.write(bundle(store, run))


def job(store: Store, run: str, format: str) -> tuple[dict[str, Any], str]:
    """The inputs of the job "export" and the artefact id of the checkpoint it works on."""
    return bundle(store, run).job_inputs(format), weights(store, run)


def name(store: Store, run: str, format: str) -> str:
    found = store.run(run)
    return Bundle(found, Experiment.from_json(found.experiment)).filename(registry.find("exports", format).suffix)


def bundle(store: Store, run: str, until: int | None = None) -> Bundle:
    """until: the last epoch that counts, for a run that was branched there."""
    found = store.run(run)
    programs = [event.body for _, event in store.events(run, kinds=("program",))]
    history = store.history(run)
    return Bundle(
        run=found,
        experiment=Experiment.from_json(found.experiment),
        history=[row for row in history if until is None or row["epoch"] <= until],
        changes=[change for change in branching.changes(store, run) if until is None or change["epoch"] <= until],
        program=dict(programs[-1]) if programs else {},
        begins=_begins(store, run) if found.parent else 0,
        ancestors=_ancestors(store, found.parent, found.parent_epoch),
    )


def _begins(store: Store, run: str) -> int:
    """The step of the checkpoint that a branch began at."""
    started = store.events(run, kinds=("started",))
    return int(started[0][1].body.get("step", 0)) if started else 0


def _ancestors(store: Store, parent: str, until: int) -> list[Bundle]:
    """The bundles of the runs it came from, oldest first; it ends at one that was removed for good."""
    if not parent:
        return []
    try:
        own = bundle(store, parent, until)
    except NotFound:
        return []
    return [*own.ancestors, own]


def weights(store: Store, run: str) -> str:
    """The artefact of the run's weights: those it ended with, else its newest. `Refused` before there are any."""
    for role in ROLES:
        found = store.files(run, role)
        if found:
            return found[-1].id
    raise Refused(f"Run {run} has no weights yet.", "Wait for its first checkpoint.")
