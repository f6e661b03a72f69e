"""What a data set says of itself: its shape, the files it is read from, and its spec in the room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

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

    @property
    def is_written(self) -> bool:
        """Whether a net trained on it says what may come next, so that it can write."""
        return self.tokens > 0 and self.per_step and (self.ending != "" or self.outputs == self.tokens)


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
    url: "" where nobody offers it: then a person puts it into the folder that DLCORE_DATA names.
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
    own_unit(settings): how much 1 in the targets is in a unit that people know, and its name: (11.2, "°C"); None: `target_unit` it is.
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
    own_unit: Callable[[Settings], tuple[float, str]] | None = None
    of: Callable[[Settings], Dataset] | None = None
    order: int = 100

    @property
    def unit(self) -> str:
        """`target_unit` without what explains it; "" where 1 means nothing but 1."""
        plain = self.target_unit.partition(" (")[0]
        return "" if plain == "1" else plain

    def unit_sentence(self, settings: Settings) -> str:
        """What the numbers of an answer mean, as a sentence; "" where there is nothing to say."""
        if self.own_unit:
            size, name = self.own_unit(settings)
            return f"In units of {size:.3g} {name}."
        explained = self.target_unit.partition(" (")[2].removesuffix(")")
        if not self.unit and explained:
            return f"{explained[0].upper()}{explained[1:]}."
        return f"In units of {self.target_unit}." if self.target_unit else ""

    def symbols(self, settings: Settings) -> tuple[str, ...]:
        """What the tokens stand for, where the inputs are texts; none elsewhere."""
        return self.vocabulary(settings) if self.vocabulary and self.shape(settings).tokens else ()
