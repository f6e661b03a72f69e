"""What an imported .keras file answers to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.jobs._imported import opened
from dlcore.jobs.predict import MOST_ROWS
from dlcore.specs import Job


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "x" (rows, *input), as the model takes them: nothing is scaled. files: "model". The result has "outputs" (rows, *output)."""
    model = opened(files["model"])
    progress(0.3)
    shape = tuple(model.inputs[0].shape[1:])
    try:
        x = np.asarray(inputs["x"], "float32")
    except (TypeError, ValueError):
        raise Invalid(f"x is not allowed: each row must be numbers of shape {shape}.") from None
    if x.shape[1:] != shape or not 0 < len(x) <= MOST_ROWS:
        raise Invalid(f"x of shape {x.shape} is not allowed: it must be 1 to {MOST_ROWS:,} rows of shape {shape}.")
    return {"outputs": model.predict(x, batch_size=256, verbose=0).astype(float).tolist()}, None


JOB = Job("try_model", "Try an imported model", perform)
