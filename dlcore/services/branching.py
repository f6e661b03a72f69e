"""Where a run can be branched, and the experiment that goes on from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dlcore.errors import Invalid, Refused
from dlcore.experiment import Experiment
from dlcore.procedure import FIELDS
from dlcore.run import Run
from dlcore.store import Artefact, Store

# What a branch may not change: the net, the data and the order of batches that its checkpoint was made with.
_FIXED = ("dataset", "model", "optimizer", "loss")
_FIXED_FIELDS = ("examples", "validation", "test", "label_noise", "batch_size", "seed", "split_seed")


def changes(store: Store, run: str) -> list[dict[str, Any]]:
    """What was changed while the run trained, in order: {"field", "value", "step", "epoch"}."""
    return [dict(event.body) for _, event in store.events(run, kinds=("changed",))]


def points(store: Store, run: str) -> list[Artefact]:
    """The run's checkpoints, one per step, in their order."""
    store.run(run)
    found = {own.step: own for role in ("latest", "final", "kept") for own in store.files(run, role)}
    return [found[step] for step in sorted(found)]


def choose(run: Run, known: Sequence[Artefact], epoch: int | None) -> Artefact:
    """The newest checkpoint, or that of an epoch."""
    if not known:
        raise Refused(f"Run {run.id} has no checkpoint yet to branch from.", "Wait for its first one.")
    if epoch is None:
        return known[-1]
    fitting = [own for own in known if own.epoch == epoch]
    if not fitting:
        there = ", ".join(dict.fromkeys(str(own.epoch) for own in known))
        raise Invalid(f"epoch = {epoch} is not allowed: run {run.id} has kept no checkpoint of that epoch.", f"It has kept: {there}.")
    # The first one of an epoch is the nearest to its end.
    return fitting[0]


def experiment(parent: Run, made: Sequence[Mapping[str, Any]], point: Artefact, wanted: Mapping[str, Any]) -> Experiment:
    """The parent's experiment with what was changed live up to the checkpoint, and with what is wanted."""
    before = Experiment.from_json(parent.experiment)
    live = {change["field"]: change["value"] for change in made if change["step"] <= point.step}
    typed = {key: value for key, value in wanted.items() if isinstance(value, str)}
    values = {key: value for key, value in wanted.items() if key not in typed}
    after = before.with_(**live).with_text(typed).with_(**values)
    _refuse_other_net(before, after)
    if after.epochs <= point.epoch:
        raise Invalid(
            f"epochs = {after.epochs} is not allowed: the branch starts at the end of epoch {point.epoch}.",
            f"Ask for {point.epoch + 1} epochs or more, or branch from an earlier epoch.",
        )
    return after


def _refuse_other_net(before: Experiment, after: Experiment) -> None:
    fixed = [part for part in _FIXED if getattr(before, part).name != getattr(after, part).name]
    fixed += [own.name for own in FIELDS if own.name in _FIXED_FIELDS and getattr(before, own.name) != getattr(after, own.name)]
    old = {full: value for full, _, value in before.fields()}
    for full, own, value in after.fields():
        if full.partition(".")[0] in ("dataset", "model") and not own.live and old.get(full) != value:
            fixed.append(full)
    if fixed:
        raise Invalid(
            f"{fixed[0]} cannot change in a branch: it goes on with the same net and the same data.", "Start a new run for that.",
        )  # fmt: skip
