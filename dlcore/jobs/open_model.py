"""Looks into an imported .keras file: what it takes, what it gives, which layers it has. Nothing of its author's runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dlcore.errors import Invalid
from dlcore.jobs._imported import opened
from dlcore.specs import Job

MOST_LAYERS = 500


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """files: "model", the .keras file. The result has "input" and "output" (shapes without the rows), "parameters", and "layers":
    [{"name", "kind", "output", "parameters"}]."""
    progress(0.1)
    model = opened(files["model"])
    given, made = tuple(model.inputs[0].shape[1:]), tuple(model.outputs[0].shape[1:])
    if not all(isinstance(size, int) for size in (*given, *made)):
        raise Invalid(
            f"This model takes inputs of shape {given}: the bench needs a shape without gaps.", "Save it with a fixed input shape."
        )
    layers = [
        {"name": layer.name, "kind": type(layer).__name__, "output": list(layer.output.shape[1:]), "parameters": int(layer.count_params())}
        for layer in model.layers[:MOST_LAYERS]
    ]
    return {"input": list(given), "output": list(made), "parameters": int(model.count_params()), "layers": layers}, None


JOB = Job("open_model", "Open a model", perform)
