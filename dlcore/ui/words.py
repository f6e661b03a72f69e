"""Numbers and states in words that a person reads: three significant digits, thousands separated, units after numbers."""

from __future__ import annotations

import math

from dlcore import registry
from dlcore.charts.figure import minus
from dlcore.metrics import METRICS
from dlcore.run import Run, State

NAMES = {"loss": "loss", **{metric.name: metric.title[0].lower() + metric.title[1:] for metric in METRICS.values()}}
ICONS = {
    State.QUEUED: ":material/hourglass_top:",
    State.RUNNING: ":material/play_circle:",
    State.PAUSED: ":material/pause_circle:",
    State.DONE: ":material/check_circle:",
    State.STOPPED: ":material/stop_circle:",
    State.FAILED: ":material/error:",
}
COLOURS = {
    State.QUEUED: "gray",
    State.RUNNING: "blue",
    State.PAUSED: "orange",
    State.DONE: "green",
    State.STOPPED: "gray",
    State.FAILED: "red",
}


SPELLED = {
    "relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "silu": "SiLU", "scaled_tanh": "scaled tanh",
    "lstm": "LSTM", "gru": "GRU", "simple": "simple RNN", "auc": "AUC", "mae": "mean absolute error", "mse": "mean squared error",
}  # fmt: skip


def choice(name: str) -> str:
    """One of a field's choices as people write it: "leaky ReLU", "He normal", "validation loss"; the name itself where it is a word."""
    if name in SPELLED:
        return SPELLED[name]
    initializers = registry.members("initializers")
    if name in initializers:
        return str(initializers[name].title)
    return f"validation {choice(name[4:])}" if name.startswith("val_") else name.replace("_", " ")


def number(value: float | None) -> str:
    """Three significant digits: "0.861", "−1,240", "118 k", "3.2 M"; "–" for what is not known or not finite."""
    return minus(_digits(value))


def _digits(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= size:
            scaled = value / (1e3 if unit == " k" else size)
            return f"{scaled:.3g}{unit}" if abs(scaled) < 999.5 else f"{scaled:,.0f}{unit}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if value == int(value):
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) < 0.01 else f"{value:#.3g}".rstrip(".")


def duration(seconds: float | None) -> str:
    """ "less than 0.1 s", "0.4 s", "12 s", "3 min 20 s", "2 h 5 min"; "–" for what is not known."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return "–"
    if seconds < 0.05:
        return "less than 0.1 s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def ago(seconds: float) -> str:
    """How long ago, roughly: "just now", "5 min ago", "3 h ago", "2 days ago"."""
    if seconds < 60:
        return "just now"
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''} ago"
    return "just now"


def metric_name(name: str) -> str:
    """ "val_accuracy" → "validation accuracy", "loss" → "training loss"."""
    plain = name.removeprefix("val_")
    return ("validation " if name.startswith("val_") else "training ") + NAMES.get(plain, plain.replace("_", " "))


def quantity(name: str) -> str:
    """A metric's own name without the part of the data it was measured on, as an axis says it: "accuracy"."""
    return NAMES.get(name, name.replace("_", " "))


def state_words(run: Run, warm: bool = True, preparing: str = "") -> str:
    """Where the run is, in a sentence. warm: whether a worker of its class is up; preparing: how far the download of its data is."""
    match run.state:
        case State.QUEUED if run.cause:
            return f"Waiting to go on: {run.cause.rstrip('.')}."
        case State.QUEUED:
            return "Waiting for a free worker." if warm else "Keras is starting on the worker, which takes a few seconds once."
        case State.RUNNING:
            now = min(run.epoch + 1, run.epochs)
            return f"Training, epoch {now:,} of {run.epochs:,}." if run.step else preparing or "Preparing data and model."
        case State.PAUSED:
            return f"Paused after epoch {run.epoch:,} of {run.epochs:,}. Nothing is lost; Resume goes on exactly from here."
        case State.DONE:
            early = f"stopped early after {run.epoch:,} of {run.epochs:,}" if run.epoch < run.epochs else f"trained {run.epoch:,}"
            return f"Done: {early} epoch{'s' if run.epochs > 1 else ''} in {duration(run.seconds)}."
        case State.STOPPED:
            return f"Stopped after epoch {run.epoch:,} of {run.epochs:,}. The best weights are kept."
        case State.FAILED:
            return f"Failed in epoch {run.epoch + 1:,}."
    raise AssertionError(run.state)
