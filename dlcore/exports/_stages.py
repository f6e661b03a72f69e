"""A run as stages: the experiments that were in force, one after the other, and what differs between them.

A live change and a branch are the same thing to a script: from some step on, numbers are others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dlcore.calls import Call
from dlcore.errors import Refused
from dlcore.experiment import Experiment
from dlcore.exports._bundle import Bundle


@dataclass(frozen=True)
class Stage:
    """From this optimizer step on, from 0 over the whole run, this experiment was in force."""

    experiment: Experiment
    step: int = 0


def stages(bundle: Bundle) -> list[Stage]:
    """The run's stages, those of the runs it branched from first. Raises `Refused` for a branch that one `fit` cannot replay."""
    if bundle.run.kind == "imported":
        raise Refused(f"Run {bundle.run.id} was imported: how it was trained is not known, and no script can repeat it.")
    found: list[Stage] = []
    chain = [*bundle.ancestors, bundle]
    if chain[0].begins:
        raise Refused(f"The run that {bundle.run.id} branched from is gone, and a script must begin there.", "Export its model instead.")
    for one, branch in zip(chain, [*chain[1:], None], strict=True):
        if found:
            _check_same(found[-1].experiment, one.experiment, one.run.id)
        found.append(Stage(one.experiment, one.begins))
        for change in one.changes:
            if branch is None or change["step"] <= branch.begins:
                found.append(Stage(found[-1].experiment.with_(**{change["field"]: change["value"]}), int(change["step"])))
    return found


def rate_changes(found: Sequence[Stage]) -> Iterator[Stage]:
    """The stages, the first one too, that begin with another learning rate, schedule or number of epochs than the one before."""
    yield found[0]
    for before, after in pairwise(found):
        if _rates(before.experiment) != _rates(after.experiment):
            yield after


def replays(found: Sequence[Stage]) -> Iterator[tuple[int, str, list[str], bool]]:
    """For each stage that turned other numbers than the rate: its step, what changed, the script's lines, whether to trace anew."""
    first = found[0].experiment.plan()
    for before, after in pairwise(found):
        lines = list(turned(first, before.experiment, after.experiment))
        stopping = patience_lines(before.experiment, after.experiment)
        if lines or stopping:
            yield after.step, difference(before.experiment, after.experiment), [*lines, *stopping], bool(lines)


def difference(before: Experiment, after: Experiment) -> str:
    """What changed, for a comment: "model.dropout = 0.5"."""
    old = {key: value for key, _, value in before.fields()}
    return ", ".join(f"{key} = {own.format(value)}" for key, own, value in after.fields() if old.get(key) != value)


def patience_lines(before: Experiment, after: Experiment) -> list[str]:
    return [f"stopper.patience = {after.patience or 'EPOCHS'}"] if before.patience != after.patience else []


def turned(first: Sequence[Call], before: Experiment, after: Experiment) -> Iterator[str]:
    """Assignments such as `model.layers[2].rate = 0.5`, from the one experiment's numbers to the other's, on layers made from `first`."""
    for number, (old, new) in enumerate(zip(_fitted(first, before.plan()), _fitted(first, after.plan()), strict=True)):
        yield from _assignments(f"model.layers[{number}]", old, new)
    settings = before.optimizer.settings, after.optimizer.settings
    yield from _assignments("model.optimizer", before.optimizer_spec.call(settings[0]), after.optimizer_spec.call(settings[1]))


def _fitted(first: Sequence[Call], plan: Sequence[Call]) -> list[Call]:
    """The plan on the layers of `first`: a dropout layer that it leaves out, since its rate is 0, is there with that rate."""
    rest = list(plan)
    found = []
    for call in first:
        is_off = call.kind == "Dropout" and (not rest or rest[0].kind != "Dropout" or rest[0].arguments["seed"] != call.arguments["seed"])
        found.append(_off(call) if is_off else rest.pop(0))
    if rest:
        raise Refused("A layer was added while the run trained, which a script cannot replay.", "Export its model instead.")
    return found


def _off(call: Call) -> Call:
    """The call with its rate or strengths at 0."""
    return Call(call.path, {name: 0.0 if name in ("rate", "l1", "l2") else value for name, value in call.arguments.items()})


def _assignments(place: str, old: Call, new: Call) -> Iterator[str]:
    for name in {**old.arguments, **new.arguments}:
        a, b = old.arguments.get(name), new.arguments.get(name)
        if isinstance(a, Call) and b is None:  # a penalty of 0 is left out of the plan
            b = _off(a)
        elif isinstance(b, Call) and a is None:
            a = _off(b)
        if a == b or name == "learning_rate":
            continue
        if isinstance(a, list) and isinstance(b, list):  # layers within a layer
            for number, (one, other) in enumerate(zip(a, b, strict=True)):
                yield from _assignments(f"{place}.{name}[{number}]", one, other)
        elif isinstance(a, Call) and isinstance(b, Call):
            sides = ("forward_layer", "backward_layer") if name == "layer" else (name,)
            for side in sides:
                yield from _assignments(f"{place}.{side}", a, b)
        else:
            yield f"{place}.{name} = {b!r}"


def _rates(experiment: Experiment) -> tuple[Any, ...]:
    rate = experiment.optimizer.settings.get("learning_rate")
    return rate, experiment.schedule, experiment.epochs if experiment.schedule.name != "constant" else 0


def _check_same(parent: Experiment, branch: Experiment, run: str) -> None:
    """A branch that changed the data, the net or the kind of optimizer is a new beginning, not the same `fit` going on."""
    before, after = _frame(parent), _frame(branch)
    changed = [name for name in before if before[name] != after[name]]
    if changed:
        raise Refused(
            f"Run {run} branched with another {' and '.join(changed)}, which one script cannot replay.",
            "Export its model instead, or the script of the run it came from.",
        )


def _frame(experiment: Experiment) -> Mapping[str, Any]:
    return {
        "data set": (experiment.dataset, experiment.examples, experiment.validation, experiment.test, experiment.label_noise),
        "model": [call.kind for call in experiment.plan()],
        "optimizer": experiment.optimizer.name,
        "loss": experiment.loss,
        "metric": experiment.recorded_metrics,
        "batch size": experiment.batch_size,
        "seed": (experiment.seed, experiment.data_seed),
    }
