"""What to call runs that are shown together: by what differs between them."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.experiment import PARTS, Experiment
from dlcore.fields import Field
from dlcore.run import Run

SHOWN = 3


def summary(experiment: Experiment) -> str:
    """Data set and model in short: "Handwritten digits · Multilayer perceptron"."""
    return f"{experiment.dataset_spec.title} · {experiment.model_spec.title}"


def described(experiment: Experiment) -> str:
    """The same with the settings that were moved from their default, the first few."""
    standard = Experiment().with_text({part: getattr(experiment, part).name for part in PARTS})
    before = {full: value for full, _, value in standard.fields()}
    moved = [f"{own.label.lower()} {shown(own, value)}" for full, own, value in experiment.fields() if before[full] != value]
    return " · ".join([summary(experiment), *moved[:SHOWN]])


def labels(runs: Sequence[Run], experiments: Sequence[Experiment]) -> list[str]:
    """One label a run: the title a person gave, else the settings that are not the same in all, else data set and model."""
    settings = [_settings(experiment) for experiment in experiments]
    keys = list(dict.fromkeys(key for found in settings for key in found))
    differing = [key for key in keys if len({found.get(key, "") for found in settings}) > 1]
    found = []
    for run, experiment, values in zip(runs, experiments, settings, strict=True):
        words = [values[key] for key in differing if key in values][:SHOWN]
        found.append(run.title or ", ".join(words) or summary(experiment))
    return _told_apart(found, runs)


def _settings(experiment: Experiment) -> dict[str, str]:
    parts = {part: getattr(experiment, part).name for part in PARTS}
    return parts | {full: f"{own.label.lower()} {shown(own, value)}" for full, own, value in experiment.fields()}


def shown(own: Field, value: object) -> str:
    """A setting's value in short: numbers with at most four digits, "none" for an empty list."""
    if isinstance(value, tuple):
        return ",".join(shown(own, item) for item in value) or "none"
    return f"{value:.4g}" if isinstance(value, float) else own.format_one(value)  # type: ignore[arg-type]


def _told_apart(names: list[str], runs: Sequence[Run]) -> list[str]:
    return [f"{name} ({run.id})" if names.count(name) > 1 else name for name, run in zip(names, runs, strict=True)]
