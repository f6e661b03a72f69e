"""Rows in the order of time, and windows over them: arrays of a draft are written anew, piece by piece."""

from __future__ import annotations

import numpy as np

from dlcore.errors import Invalid
from dlcore.owndata.keeping import Draft, release

PIECE = 4_000_000  # numbers that are in memory at once


def order(draft: Draft, by_time: bool, grouped: bool) -> None:
    """Brings the rows of "x", "y" and "group" into the order of "time", which is dropped; rows of the same time stay as they were."""
    if not by_time:
        return
    rows = np.argsort(_load(draft, "time"), kind="stable")
    for name in ("x", "y", *(["group"] if grouped else [])):
        _rewrite(draft, name, rows)
    draft.path("time.npy").unlink()


def cut(draft: Draft, steps: int, grouped: bool) -> None:
    """Makes windows of `steps` rows that follow each other in time (within a group, where there are several series), each with the target
    of the row after it. "x" becomes (windows, steps, features), in the order of the targets' times."""
    time = np.asarray(_load(draft, "time"))
    group = np.asarray(_load(draft, "group")) if grouped else np.zeros(len(time), "int64")
    rows = np.lexsort((time, group))
    ends = np.flatnonzero(group[rows][steps:] == group[rows][: len(rows) - steps]) + steps  # places, in `rows`, of the rows to be predicted
    if len(ends) < 10:
        raise Invalid(
            f"A forecast from {steps} rows back finds only {max(0, len(ends))} windows in {len(rows):,} rows; at least 10 are needed.",
            "Look back on fewer rows, or give a longer series.",
        )
    ends = ends[np.argsort(time[rows[ends]], kind="stable")]
    x, y = _load(draft, "x"), _load(draft, "y")
    draft.put("y", np.asarray(y)[rows[ends]])
    made = draft.create("windows", (len(ends), steps, x.shape[1]), "float32")
    size = max(1, PIECE // (steps * max(1, x.shape[1])))
    for first in range(0, len(ends), size):
        some = ends[first : first + size]
        made[first : first + size] = x[rows[some[:, np.newaxis] - np.arange(steps, 0, -1)]]
        release(made)
    made.flush()  # type: ignore[attr-defined]
    draft.path("windows.npy").replace(draft.path("x.npy"))
    for name in ("time", *(["group"] if grouped else [])):
        draft.path(f"{name}.npy").unlink()


def _rewrite(draft: Draft, name: str, rows: np.ndarray) -> None:
    old = _load(draft, name)
    made = draft.create("sorted", old.shape, old.dtype.str)
    size = max(1, PIECE // max(1, int(np.prod(old.shape[1:]))))
    for first in range(0, len(rows), size):
        made[first : first + size] = old[rows[first : first + size]]
        release(made)
        release(old)
    made.flush()  # type: ignore[attr-defined]
    draft.path("sorted.npy").replace(draft.path(f"{name}.npy"))


def _load(draft: Draft, name: str) -> np.ndarray:
    found: np.ndarray = np.load(draft.path(f"{name}.npy"), mmap_mode="r")
    return found
