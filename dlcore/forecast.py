"""What an experiment will cost before it starts: weights, arithmetic, memory, time. Counted from the plan, without Keras.

Memory counts float32 numbers (4 bytes) that are there at once. The multiples below were measured on a worker's peak of resident memory with
dense, convolutional and recurrent nets; the forecast came within a fifth of the peak where it was large.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dlcore import counts
from dlcore.errors import Invalid

if TYPE_CHECKING:
    from dlcore.experiment import Experiment

NUMBER = 4  # bytes of a float32
PROCESS = 830_000_000  # bytes of a worker with Keras imported and a first program compiled
COPIES = 5  # of weights and optimizer state: to begin afresh, those of the compiled program, a checkpoint on its way
ACTIVATIONS = 3  # of a batch's activations: their values, their gradients, what is under way
DATA = 2  # of the rows: as they were loaded, and on the device
STREAMED = 2**30  # bytes of rows in memory where they stay on the disk: slabs that train, wait, are read
HELD = 2 * 2**30  # bytes of rows as float32 above which pictures of one's own stay on the disk; `DLCORE_HELD_BYTES` sets it
SHARE = 0.8  # of the machine's memory that the workers may use together
CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes by what they hold.

    activations: what the layers put out for one batch, kept for the backward pass, with its gradients. copies: of weights and optimizer
    state, for the compiled program, for checkpoints and for the next run's beginning.
    """

    weights: int
    gradients: int
    optimizer: int
    copies: int
    activations: int
    data: int

    @property
    def total(self) -> int:
        """Bytes for training, without those of the process itself."""
        return self.weights + self.gradients + self.optimizer + self.copies + self.activations + self.data


@dataclass(frozen=True, slots=True)
class Forecast:
    """An experiment's layers (numbers for one example each), rows and memory.

    macs: multiplications with addition of one example's forward pass. inference: bytes to predict one batch: weights, and the two largest
    neighbouring outputs.
    """

    layers: tuple[counts.Layer, ...]
    training_rows: int
    validation_rows: int
    batch: int
    memory: Memory
    inference: int

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def trainable(self) -> int:
        return sum(layer.trainable for layer in self.layers)

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)


def forecast(experiment: Experiment) -> Forecast:
    """Raises `Invalid` when a layer would put out less than one pixel."""
    layers = counts.layers(experiment.plan(), experiment.shape.input)
    training, validation = rows(experiment)
    batch = min(experiment.batch_size, training) if experiment.batch_size and not experiment.optimizer_spec.closure else training
    inputs = math.prod(experiment.shape.input)
    parameters, trainable = sum(layer.parameters for layer in layers), sum(layer.trainable for layer in layers)
    slots = experiment.optimizer_spec.slots(experiment.optimizer.settings)
    used = min(experiment.examples or experiment.shape.rows, experiment.shape.rows) + experiment.shape.test_rows
    memory = Memory(
        weights=NUMBER * parameters,
        gradients=NUMBER * trainable,
        optimizer=NUMBER * trainable * slots,
        copies=NUMBER * COPIES * (parameters + trainable * slots),
        activations=NUMBER * batch * ACTIVATIONS * (inputs + sum(layer.held for layer in layers)),
        data=STREAMED + NUMBER * used * DATA * 2 if on_disk(experiment) else NUMBER * used * DATA * (inputs + 1),
    )
    sizes = [inputs, *(math.prod(layer.output) for layer in layers)]
    widest = max(before + after for before, after in zip(sizes, sizes[1:], strict=False))
    return Forecast(layers, training, validation, batch, memory, NUMBER * (parameters + batch * widest))


def on_disk(experiment: Experiment) -> bool:
    """Whether rows are read from the disk while a run trains, since all at once would take too much memory: pictures of one's own."""
    spec, shape = experiment.dataset_spec, experiment.shape
    if spec.origin != "file" or shape.kind != "image" or spec.scaling == "standardize":
        return False
    used = min(experiment.examples or shape.rows, shape.rows) + shape.test_rows
    return NUMBER * used * math.prod(shape.input) > int(os.environ.get("DLCORE_HELD_BYTES") or HELD)


def rows(experiment: Experiment) -> tuple[int, int]:
    """Rows for training and for validation, give or take the rounding of a stratified split."""
    shape = experiment.shape
    used = min(experiment.examples or shape.rows, shape.rows)
    validation = round(used * experiment.validation)
    test = 0 if shape.test_rows else round(used * experiment.test)
    return max(used - validation - test, 1), validation


def seconds(experiment: Experiment, flops_per_second: float) -> float:
    """Seconds of training at this speed: a step costs three forward passes (one forward, two backward), validation one an epoch."""
    ahead = forecast(experiment)
    passes = 3 * ahead.training_rows + ahead.validation_rows
    return experiment.epochs * passes * 2 * ahead.macs / flops_per_second


def check(experiment: Experiment, environment: Mapping[str, str] = os.environ) -> Forecast:
    """The forecast, or `Invalid` with the numbers when a worker's memory would not hold it; `Unavailable` where its data were deleted."""
    _check_data(experiment)
    ahead, budget = forecast(experiment), memory_budget(environment)
    need = PROCESS + ahead.memory.total
    if need <= budget:
        return ahead
    raise Invalid(
        f"This would need about {show_bytes(need)} of memory, and a worker may use {show_bytes(budget)}: {_parts(ahead)}.",
        _remedy(ahead),
    )


def _check_data(experiment: Experiment) -> None:
    from dlcore.owndata import shelf

    if experiment.dataset_spec.origin == "file":
        shelf.version_folder(experiment.dataset.name, str(experiment.dataset.settings["version"]))


def memory_budget(environment: Mapping[str, str] = os.environ) -> int:
    """Bytes that a worker may use: `DLCORE_WORKER_MEMORY` ("4GiB", "800MB", bytes), else a share of this machine's or container's."""
    if text := environment.get("DLCORE_WORKER_MEMORY", "").strip():
        return read_bytes(text)
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in CGROUP:
        try:
            limits.append(int(Path(path).read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return int(min(limits) * SHARE)


def read_bytes(text: str) -> int:
    """The bytes that a person wrote: "4GiB", "4 GB", "500M", "1000000"; raises `Invalid`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:([KMGT])(I?)B?|B)?", text.strip(), re.IGNORECASE)
    if not found:
        raise Invalid(f"DLCORE_WORKER_MEMORY = {text!r} is not allowed: it must be a size such as 4GiB, 800MB or a number of bytes.")
    unit = 1024 if found[3] else 1000
    return int(float(found[1]) * unit ** (" KMGT".index(found[2].upper()) if found[2] else 0))


def show_bytes(count: float) -> str:
    """A size for people: "1.2 GB"."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} bytes"


def _parts(ahead: Forecast) -> str:
    memory = ahead.memory
    return (
        f"{show_bytes(_held(memory))} for {ahead.parameters:,} weights with gradients, optimizer and copies, "
        f"{show_bytes(memory.activations)} for a batch of {ahead.batch:,} examples, {show_bytes(memory.data)} for the data, "
        f"{show_bytes(PROCESS)} for the program itself"
    )


def _remedy(ahead: Forecast) -> str:
    memory = ahead.memory
    if _held(memory) >= max(memory.activations, memory.data):
        return "Use fewer or smaller layers."
    return "Use a smaller batch." if memory.activations >= memory.data else "Use fewer rows."


def _held(memory: Memory) -> int:
    """Bytes that go with the number of weights."""
    return memory.weights + memory.gradients + memory.optimizer + memory.copies
