"""The experiment: a frozen, validated value that round-trips through JSON.

The same value goes to the form, the link, the store, the worker and the exported script.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from dlcore import metrics, registry
from dlcore.errors import Invalid
from dlcore.fields import Field, Value, check_settings
from dlcore.procedure import FIELDS
from dlcore.specs import Dataset, Head, Loss, Model, Optimizer, Schedule, Shape

VERSION = 1
PARTS = {"dataset": "datasets", "model": "models", "optimizer": "optimizers", "schedule": "schedules", "loss": "losses"}


@dataclass(frozen=True)
class Part:
    """A thing chosen from a room, with its settings."""

    name: str
    settings: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.settings.items())))

    def __reduce__(self) -> tuple[Any, ...]:
        return Part, (self.name, dict(self.settings))


@dataclass(frozen=True)
class Experiment:
    """Everything that decides a run. Making one checks it: `Invalid` names the field, the value and what is allowed."""

    dataset: Part = Part("digits")
    model: Part = Part("mlp")
    optimizer: Part = Part("adam")
    schedule: Part = Part("constant")
    loss: Part = Part("auto")
    examples: int = 0
    validation: float = 0.2
    test: float = 0.1
    label_noise: float = 0.0
    batch_size: int = 32
    epochs: int = 20
    patience: int = 0
    min_delta: float = 0.0
    stop_on: str = "val_loss"
    restore_best: bool = False
    metrics: tuple[str, ...] = ()
    monitors: tuple[str, ...] = ("gradients", "updates", "activations")
    seed: int = 0
    split_seed: int = -1

    def __post_init__(self) -> None:
        for part, room in PARTS.items():
            chosen = getattr(self, part)
            if not isinstance(chosen, Part):
                raise Invalid(f"{part} = {chosen!r} is not allowed: it must be a name with settings.")
            spec = registry.find(room, chosen.name)
            settings = check_settings(f"The {registry._one(room)} {chosen.name}", spec.fields, chosen.settings)
            object.__setattr__(self, part, Part(chosen.name, settings))
        for own in FIELDS:
            object.__setattr__(self, own.name, own.check(getattr(self, own.name)))
        self._check_together()

    # What the parts are.
    @property
    def dataset_spec(self) -> Dataset:
        spec: Dataset = registry.find("datasets", self.dataset.name)
        return spec.of(self.dataset.settings) if spec.of else spec

    @property
    def model_spec(self) -> Model:
        return registry.find("models", self.model.name)

    @property
    def optimizer_spec(self) -> Optimizer:
        return registry.find("optimizers", self.optimizer.name)

    @property
    def schedule_spec(self) -> Schedule:
        return registry.find("schedules", self.schedule.name)

    @property
    def loss_spec(self) -> Loss:
        """The loss's spec, with "auto" resolved by the task."""
        default = {"classes": "crossentropy", "binary": "crossentropy", "regression": "mse"}
        name = default[self.shape.task] if self.loss.name == "auto" else self.loss.name
        return registry.find("losses", name)

    @property
    def shape(self) -> Shape:
        return self.dataset_spec.shape(self.dataset.settings)

    @property
    def head(self) -> Head:
        return Head(self.shape.outputs, self.loss_spec.activation[self.shape.task])

    @property
    def recorded_metrics(self) -> tuple[str, ...]:
        return self.metrics or metrics.DEFAULT[self.shape.task]

    @property
    def watched(self) -> str:
        """The metric that early stopping and the best weights go by; without validation rows, its form on training rows."""
        return self.stop_on if self.validation > 0 else self.stop_on.removeprefix("val_")

    @property
    def data_seed(self) -> int:
        """The seed that draws generated data and splits the rows."""
        return self.seed if self.split_seed < 0 else self.split_seed

    def plan(self) -> tuple[Any, ...]:
        """The layers as calls, first to last."""
        return self.model_spec.plan(self.model.settings, self.shape, self.head, self.seed)

    # Changed copies.
    def with_(self, **changes: Any) -> Experiment:
        """A copy with settings changed by key, values as Python values: `with_(model="cnn", learning_rate=0.01)`.

        Keys are a field ("epochs"), a part ("model", by name: settings moved from their default are kept where the new one shares
        them), a setting of a part in full ("model.layers", as in `**{"model.layers": …}`) or in short where only one part has it.
        """
        return self._changed(changes, parse=False)

    def with_text(self, changes: Mapping[str, str]) -> Experiment:
        """The same with values as a person types them, from the command line or a link."""
        return self._changed(changes, parse=True)

    def fields(self) -> Iterator[tuple[str, Field, Value]]:
        """All settings as (full key, field, value): "model.layers", …, "epochs", …; the parts' names are not among them."""
        for part, room in PARTS.items():
            chosen = getattr(self, part)
            for own in registry.find(room, chosen.name).fields:
                yield f"{part}.{own.name}", own, chosen.settings[own.name]
        for own in FIELDS:
            yield own.name, own, getattr(self, own.name)

    def find_field(self, key: str) -> tuple[str, Field]:
        """The full key and field that a full or short key means; `Invalid` when it means none or several."""
        known = {full: own for full, own, _ in self.fields()}
        if key in known:
            return key, known[key]
        matches = [full for full in known if full.partition(".")[2] == key]
        if len(matches) == 1:
            return matches[0], known[matches[0]]
        if matches:
            named = " or ".join(f"{full} ({known[full].label})" for full in matches)
            raise Invalid(f"{key!r} could mean {named}.", f"Write the full name, as in {matches[0]}.")
        raise Invalid(f"There is no setting called {key!r} in this experiment.", f"It has: {', '.join([*PARTS, *known])}.")

    def to_text(self) -> dict[str, str]:
        """The link, which `Experiment().with_text(…)` reads: what differs from the default; of own data, which change, all."""
        standard = Experiment()
        changed = {part: getattr(self, part).name for part in PARTS if getattr(self, part).name != getattr(standard, part).name}
        base = standard.with_text(changed)
        before = {full: value for full, _, value in base.fields() if self.dataset_spec.origin != "file" or not full.startswith("dataset.")}
        return changed | {full: own.format(value) for full, own, value in self.fields() if before.get(full) != value}

    # JSON.
    def to_json(self) -> str:
        body: dict[str, Any] = {"version": VERSION}
        for part in PARTS:
            chosen = getattr(self, part)
            body[part] = {"name": chosen.name, **chosen.settings}
        return json.dumps(body | {own.name: getattr(self, own.name) for own in FIELDS})

    @staticmethod
    def from_json(text: str) -> Experiment:
        """Reads any version up to `VERSION`; what an old JSON lacks takes its default. Raises `Invalid`."""
        try:
            body = json.loads(text)
        except (ValueError, RecursionError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else error
            raise Invalid(f"This experiment is not valid JSON: {why}.") from None
        if not isinstance(body, dict):
            raise Invalid("This experiment is not a JSON object.", 'It must look like {"version": 1, "dataset": …}.')
        version = body.pop("version", 1)
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise Invalid(f"version = {version!r} is not allowed: it must be a whole number from 1 to {VERSION}.")
        if version > VERSION:
            raise Invalid(f"This experiment has version {version}, and this lab reads versions up to {VERSION}.", "Update the lab.")
        known = [*PARTS, *(own.name for own in FIELDS)]
        for key in body:
            if key not in known:
                raise Invalid(f"An experiment has no field called {key!r}.", f"It has: {', '.join(known)}.")
        given: dict[str, Any] = {key: _part(key, value) if key in PARTS else _tupled(value) for key, value in body.items()}
        return Experiment(**given)

    def _changed(self, changes: Mapping[str, Any], parse: bool) -> Experiment:
        parts = {part: getattr(self, part) for part in PARTS}
        for part in PARTS:
            if part in changes:
                name = changes[part].strip() if parse else changes[part]
                spec = registry.find(PARTS[part], name)
                if name != parts[part].name:
                    parts[part] = Part(name, _kept(spec, parts[part], registry.find(PARTS[part], parts[part].name)))
        draft = _Draft(parts, self)
        own: dict[str, Any] = {}
        for key, value in changes.items():
            if key in PARTS:
                continue
            full, setting = draft.find_field(key)  # type: ignore[misc]  # it needs `fields` only
            checked = setting.parse(value) if parse else setting.check(value)
            part, _, name = full.rpartition(".")
            if part:
                parts[part] = Part(parts[part].name, {**parts[part].settings, name: checked})
            else:
                own[full] = checked
        return dataclasses.replace(self, **parts, **own)

    def _check_together(self) -> None:
        shape, model = self.shape, self.model_spec
        if shape.kind not in model.accepts:
            raise Invalid(
                f"The model {self.model.name} cannot read the data set {self.dataset.name}: it takes {' or '.join(model.accepts)} "
                f"input, and this is {shape.kind} input.",
                "Choose another model or another data set.",
            )
        if not model.fits(shape):
            raise Invalid(
                f"The model {self.model.name} cannot read the data set {self.dataset.name}: it needs {model.needs}.",
                "Choose another model or another data set.",
            )
        model.check(self.model.settings, shape)
        if shape.task not in self.loss_spec.activation:
            fits = [spec.name for spec in registry.members("losses").values() if shape.task in spec.activation]
            raise Invalid(
                f"loss = {self.loss.name!r} does not fit the task of {self.dataset.name} ({_task(shape.task)}): "
                f"it must be auto or one of {', '.join(fits)}."
            )
        for name in self.metrics:
            if shape.task not in metrics.METRICS[name].calls:
                fits = [metric.name for metric in metrics.METRICS.values() if shape.task in metric.calls]
                raise Invalid(f"metrics = {name!r} does not fit {_task(shape.task)}: it must be among {', '.join(fits)}.")
        if shape.per_step and "r2" in self.metrics:
            raise Invalid("metrics = 'r2' does not fit data with a target for each step of a sequence.", "Use mae or rmse.")
        if self.stop_on.removeprefix("val_") not in ("loss", *self.recorded_metrics):
            recorded = ", ".join(("loss", *self.recorded_metrics))
            raise Invalid(
                f"stop_on = {self.stop_on!r} is not recorded by this experiment: it must be one of {recorded}, with or without val_."
            )
        if self.validation + self.test >= 1:
            shares = f"validation = {self.validation:g} and test = {self.test:g}"
            raise Invalid(f"{shares} leave nothing to train on: together they must be below 1.")


class _Draft:
    """Parts under construction, for looking up fields before the whole is valid."""

    def __init__(self, parts: Mapping[str, Part], whole: Experiment) -> None:
        for name, part in parts.items():
            spec = registry.find(PARTS[name], part.name)
            setattr(self, name, Part(part.name, check_settings(part.name, spec.fields, part.settings)))
        for own in FIELDS:
            setattr(self, own.name, getattr(whole, own.name))

    fields = Experiment.fields
    find_field = Experiment.find_field


def _kept(spec: Any, old: Part, old_spec: Any) -> dict[str, Value]:
    """The settings of `old` that a person moved from their default and that `spec` shares and accepts."""
    moved = {own.name for own in old_spec.fields if old.settings[own.name] != own.default}
    kept = {}
    for own in spec.fields:
        if own.name in moved:
            try:
                kept[own.name] = own.check(old.settings[own.name])
            except Invalid:
                continue
    return kept


def _part(key: str, value: Any) -> Part:
    if isinstance(value, str):
        return Part(value)
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise Invalid(f"{key} = {str(value)[:80]} is not allowed: it must be a name, or an object with a name and settings.")
    return Part(value["name"], {name: _tupled(item) for name, item in value.items() if name != "name"})


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _task(task: str) -> str:
    return {"classes": "classification into classes", "binary": "classification into two classes", "regression": "regression"}[task]
