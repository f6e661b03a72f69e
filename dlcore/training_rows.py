"""An experiment that trains on a given number of rows: the points of a learning curve. Light: no data are read."""

from __future__ import annotations

from dlcore.errors import Invalid
from dlcore.experiment import Experiment

MOST_JUDGED = 10_000
MOST_SHARE = 0.9  # the largest validation share that an experiment may have


def most_rows(experiment: Experiment) -> int:
    """How many rows can be trained on when a quarter of the data, 10,000 rows at most, is kept to judge by."""
    rows = experiment.shape.rows
    return rows - min(MOST_JUDGED, -(-rows // 4))


def with_rows(experiment: Experiment, rows: int) -> Experiment:
    """The experiment trained on exactly `rows` rows and judged, as validation, on others: up to nine times as many, 10,000 at most.

    Nothing is chosen by the validation rows any more: it neither stops early nor goes back to its best weights. All models that are given
    the same rows and seed see the same ones; with more rows they see those of fewer rows, and further ones. `Invalid` when there are not
    so many rows.
    """
    if not 1 <= rows <= most_rows(experiment):
        raise Invalid(f"{rows:,} training rows are not allowed: these data have from 1 to {most_rows(experiment):,} to train on.")
    judged = max(1, min(experiment.shape.rows - rows, MOST_JUDGED, int(rows * MOST_SHARE / (1 - MOST_SHARE) + 1e-9)))
    share = judged / (rows + judged)
    return experiment.with_(examples=rows + judged, validation=share, test=0.0, patience=0, restore_best=False)
