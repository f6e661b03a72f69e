"""The typed specs that the rooms hold: one file per thing, one spec in it. Nothing here or in a spec's module imports Keras."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dlcore.calls import Call
from dlcore.data_specs import Baseline as Baseline
from dlcore.data_specs import Dataset as Dataset
from dlcore.data_specs import RemoteFile as RemoteFile
from dlcore.data_specs import Settings as Settings
from dlcore.data_specs import Shape as Shape
from dlcore.data_specs import Task as Task
from dlcore.fields import Field


@dataclass(frozen=True, slots=True)
class Head:
    """The last layer that task and loss ask for."""

    units: int
    activation: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model family. `plan` lists its layers, first to last, the output layer included (and no Input layer).

    plan(settings, shape, head, seed): every initialiser and dropout layer in the plan carries a seed of its own, drawn from `seed`,
    so that the same plan always starts from the same weights. Layers have no names: Keras counts them.
    accepts: kinds of input. fits(shape): which data of these kinds, `needs` in words; by default those whose inputs are numbers and that
    have one target for each row. check(settings, shape) raises `Invalid` for combinations that no single field can refuse.
    xla: whether a CPU trains it faster under XLA. split: whether cores train parts of each batch side by side (engine/split.py).
    """

    name: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    accepts: tuple[str, ...]
    plan: Callable[[Settings, Shape, Head, int], tuple[Call, ...]]
    check: Callable[[Settings, Shape], None] = lambda settings, shape: None
    fits: Callable[[Shape], bool] = lambda shape: not shape.tokens and not shape.per_step
    needs: str = "inputs that are numbers, and one target for each row"
    xla: bool = True
    split: bool = False
    order: int = 100


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer: `call(settings)` is the stock Keras optimizer. `closure`: full batch, driven by a line search (L-BFGS).

    slots(settings): numbers that it keeps for each weight, for the forecast of memory.
    """

    name: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    call: Callable[[Settings], Call]
    closure: bool = False
    slots: Callable[[Settings], int] = lambda settings: 2
    order: int = 100


@dataclass(frozen=True, slots=True)
class Schedule:
    """A learning-rate schedule.

    rates(base, steps, steps_per_epoch, **settings) returns the rate of each of `steps` optimizer steps, float64 of shape (steps,).
    Its source is copied into exported scripts: NumPy as `np`, nothing else.
    """

    name: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    rates: Callable[..., Any]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss: `call(settings, task)` is the Keras loss, `activation[task]` what the output layer needs; its keys are the tasks it fits.

    threshold: the value of a single output above which it means class 1; 0 where the output is linear.
    """

    name: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    call: Callable[[Settings, Task], Call]
    activation: Mapping[str, str]
    threshold: float = 0.5
    order: int = 100


@dataclass(frozen=True, slots=True)
class Initializer:
    """How weights start: `call(scale, connections, seed)`; a scale of 0 means `scale_default`.

    scale_label says what the scale is for this initialiser ("standard deviation", "gain"), empty where it has none.
    """

    name: str
    title: str
    summary: str
    call: Callable[[float, int, int], Call]
    scale_label: str = ""
    scale_default: float = 0.0
    order: int = 100


@dataclass(frozen=True, slots=True)
class Monitor:
    """Something watched while training: `measure(probe)` returns named scalars, computed on the device (see engine/probe.py).

    names may carry a layer: "gradient_norm/dense_1". `reading` says in plain words what the number means.
    """

    name: str
    title: str
    summary: str
    measure: Callable[[Any], Mapping[str, Any]]
    reading: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Export:
    """A form in which a run leaves the lab: `write(bundle)` returns the file's bytes (see exports/_bundle.py).

    worker: needs Keras, hence is made by a job on a worker; otherwise it is written where it is asked for.
    """

    name: str
    title: str
    summary: str
    suffix: str
    mime: str
    write: Callable[[Any], bytes]
    worker: bool = False
    order: int = 100


@dataclass(frozen=True, slots=True)
class Job:
    """Work beside runs that needs Keras or more than a blink.

    perform(inputs, files, progress) -> (result, artefact): `inputs` is JSON, `files` maps names to bytes, progress(fraction) reports
    and raises when the job was cancelled; `result` is JSON, `artefact` bytes or None.
    """

    name: str
    title: str
    perform: Callable[[Mapping[str, Any], Mapping[str, bytes], Callable[[float], None]], tuple[dict[str, Any], bytes | None]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the course, put to the test.

    title: the question. summary: the sentence that is claimed. reference: who says so. topic: the file name of its page.
    arms: label → experiments. Each is trained once with every seed, the same seeds on all sides. compute(seed): for a claim about
    arithmetic, label → values at once; then there are no arms.
    measure(outcome): one number of a trained run (see claims/_measures.py). looks: "" when its curves are enough, else the moment,
    "start" or "end", at which the job `inside` looks into the net; "start" trains nothing. timed: it is measured in seconds.
    effect(values): one number of a seed, from the label → measures of its experiments, in their order; a quotient for the kind "ratio",
    0 or 1 for "share". quantity says what it is, unit what 1 of it is called.
    region: the effects that bear the claim out, without the limits. refuted: what would refute it, in words.
    """

    name: str
    title: str
    summary: str
    topic: str
    reference: str
    effect: Callable[[Mapping[str, Any]], float]
    quantity: str
    refuted: str
    arms: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    compute: Callable[[int], Mapping[str, Any]] | None = None
    measure: Callable[[Any], float] | None = None
    looks: Literal["", "start", "end"] = ""
    timed: bool = False
    kind: Literal["difference", "ratio", "share"] = "difference"
    unit: str = ""
    region: tuple[float, float] = (0.0, math.inf)
    seeds: int = 5
    order: int = 100


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook of the course: plain Keras, NumPy and Matplotlib, nothing of the lab.

    filename: with its suffix, as the notes name it. fields: what can be set; the values stand in the notebook's first cell of code.
    topic: the file name of the page that offers it. cells(settings): ("markdown" | "code", text), from the first to the last.
    """

    name: str
    title: str
    summary: str
    filename: str
    topic: str
    fields: tuple[Field, ...]
    cells: Callable[[Settings], Sequence[tuple[str, str]]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Preset:
    """A search worth making often: it varies `space(prepared)`, prepared = `prepare(experiment)`, with its own `settings` by name."""

    name: str
    title: str
    summary: str
    space: Callable[[Any], Any]
    settings: Settings
    prepare: Callable[[Any], Any] = lambda experiment: experiment
    order: int = 100


@dataclass(frozen=True, slots=True)
class Exercise:
    """Something to do with data of one's own, or with a built-in set: where they come from, what to look for, what to beat.

    source: where the data come from; looks: what the file looks like. kind: "table" or "images". dataset: the built-in set ("": none).
    reading: choices for `own_data.add`. prepare(file, table): writes the table that is read, where the file must be turned into one.
    metric: what counts, on validation rows: "accuracy", "macro_f1" or "rmse". ignorance: what the baseline always says: the "commonest"
    class, the "mean" or "zero" (of the targets as they are learned). experiments: title → what differs from the default experiment, as a
    link says it, without the data set. synthetic(seed): name and content of a made-up file of the same form; synthetic_words: what is in
    it. page: the file name of a page of the course that belongs to it.
    """

    name: str
    title: str
    summary: str
    source: str
    looks: str
    kind: Literal["table", "images"]
    metric: Literal["accuracy", "macro_f1", "rmse"]
    ignorance: Literal["commonest", "mean", "zero"]
    experiments: Mapping[str, Mapping[str, str]]
    checklist: tuple[str, ...]
    synthetic: Callable[[int], tuple[str, bytes]]
    synthetic_words: str
    reading: Settings = field(default_factory=dict)
    prepare: Callable[[Any, Any], None] | None = None
    dataset: str = ""
    page: str = ""
    order: int = 100


ROOMS: dict[str, type] = {
    "datasets": Dataset,
    "models": Model,
    "optimizers": Optimizer,
    "schedules": Schedule,
    "losses": Loss,
    "initializers": Initializer,
    "monitors": Monitor,
    "exports": Export,
    "jobs": Job,
    "searches": Preset,
    "claims": Claim,
    "notebooks": Notebook,
    "exercises": Exercise,
}
