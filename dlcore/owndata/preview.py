"""What a table would become, from its first rows: looked at before it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.owndata import columns, features
from dlcore.owndata.findings import findings
from dlcore.owndata.fitting import preparation
from dlcore.owndata.names import distinct
from dlcore.owndata.table_set import Plan, profile_of
from dlcore.owndata.targets import Target


@dataclass(frozen=True)
class Preview:
    """Of the first 20,000 rows at most: warnings and profile as they would be kept, features' names, and how many rows were looked at."""

    rows: int
    warnings: list[dict[str, str]]
    profile: dict[str, Any]
    features: tuple[str, ...]


def preview(made: Plan) -> Preview:
    """Raises `Invalid` as keeping would, as far as the first rows tell."""
    sample = made.table.head(columns.SAMPLE)
    target = Target(made.guess.target, "classes" if made.guess.task == "classes" else "regression", made.table.decimal, made.log)
    target.add(sample[target.name])
    target.settle()
    fits = made.fits
    for fit in fits:
        fit.add(sample[fit.column.name])
    prepared = preparation(fits, made.table.decimal, target.constants())
    y = target.read(sample[target.name])
    kept = y >= 0 if target.task == "classes" else ~np.isnan(y)
    x, names = features.encode(sample, prepared)[kept], distinct(features.feature_names(prepared))
    if made.guess.task == "forecast":  # its features hold the target's own past, which is no leak
        x = x[:, :0]
    warned = findings(fits, made.left_out, target, x, y[kept], names if made.guess.task != "forecast" and not made.is_text else ())
    return Preview(target.rows, warned, profile_of(made, fits, target), names)
