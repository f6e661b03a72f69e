"""The typed specs that the rooms hold: one file per thing, one spec in it. Nothing here or in a spec's module imports Keras."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dlcore.calls import Call
from dlcore.fields import Field, Value

Task = Literal["classes", "binary", "regression"]
Settings = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a data set looks like before it is loaded.

    kind: "vector" (features,), "image" (height, width, channels) or "sequence" (steps, features); `input` has that shape.
    outputs: classes of a "classes" task, 1 for "binary", targets of a "regression".
    rows: rows for training and validation together; test_rows: rows of a test set that comes with the data (0: none comes).

    Of sequences: tokens > 0 says that the inputs (steps, 1) are whole numbers from 0 to tokens − 1, which stand for something.
    per_step: there is a target for each step, and the net's outputs are (rows, steps, outputs). operators > 0: the last so many tokens
    join two values, and the sequence is an expression in postfix order. ending: how a sequence that a net writes comes to its end.
    """

    kind: Literal["vector", "image", "sequence"]
    input: tuple[int, ...]
    task: Task
    outputs: int
    rows: int
    test_rows: int = 0
    tokens: int = 0
    per_step: bool = False
    operators: int = 0
    ending: Literal["", "symbol", "halt", "length"] = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What one scores without having learned anything: `value` of `metric` ("accuracy", "mse", …) on average over the data.

    words: how, after "by": "always saying 1".
    """

    metric: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that a data set is downloaded from.

    path: where it lies below KERAS_HOME/datasets, as Keras's own loader expects it. sha256, bytes: of the original file.
    own_folder: its loader also looks in the folder that DLCORE_DATA names, where a person may have put it by hand.
    stand_in: the name of another file, which its loader reads instead where that folder has it ("": there is none).
    """

    path: str
    url: str
    sha256: str
    bytes: int
    own_folder: bool = False
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set.

    load(seed=…, **settings) returns a dict of arrays: "x" (rows, *shape.input), "y" (rows,) of int64 class numbers or
    (rows,)/(rows, outputs) of float32 targets, and "x_test", "y_test" where a test set comes with the data. Where `shape.per_step`,
    "y" has an axis of steps after the rows. Values are raw (not scaled); only "generated" data depend on the seed. Its source is
    copied into exported scripts: it may use NumPy as `np`, the functions in `sources`, and import everything else inside itself.
    "group" (rows,) of whole numbers, where it is among the arrays, says which rows must not be parted by the split.
    in_order: rows follow each other in time: the first are for training, the next for validation, the last for the test.
    vocabulary(settings): what the tokens stand for, as many as `shape.tokens`. baseline(settings): what ignorance scores.
    scaling: "standardize" (per feature, from training rows only), "bytes" (x / 255) or "none".
    target_unit: what 1 means in the targets of a regression. `load` chooses a unit that makes them of order one, and they are
    not scaled further, so that losses and metrics are in this unit ("100,000 dollars").
    of(settings): the same data set as these settings make it, where they change more than `shape` and `load`.
    origin: "bundled" and "generated" need no network; "download" says `megabytes` first, fetches `files` and offers `alternative`.
    """

    name: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    shape: Callable[[Settings], Shape]
    load: Callable[..., dict[str, Any]]
    scaling: Literal["standardize", "bytes", "none"] = "standardize"
    origin: Literal["bundled", "generated", "download", "file"] = "bundled"
    megabytes: float = 0.0
    alternative: str = ""
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    target_unit: str = ""
    files: tuple[RemoteFile, ...] = ()
    sources: tuple[Callable[..., Any], ...] = ()
    in_order: bool = False
    vocabulary: Callable[[Settings], tuple[str, ...]] | None = None
    baseline: Callable[[Settings], Baseline] | None = None
    of: Callable[[Settings], Dataset] | None = None
    order: int = 100


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
}
