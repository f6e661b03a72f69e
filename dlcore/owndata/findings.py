"""What a person should know before they train: leaks, repeated rows, columns that teach nothing, classes that are rare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.owndata.fitting import Fit
from dlcore.owndata.keeping import release
from dlcore.owndata.names import plain, shown
from dlcore.owndata.targets import Target

Finding = dict[str, str]
ROWS = 20_000
BINS = 64
LEAK = 0.98


def findings(
    fits: Sequence[Fit], left_out: Sequence[Any], target: Target, x: np.ndarray, y: np.ndarray, names: Sequence[str]
) -> list[Finding]:
    """{"level": "error" | "warning" | "info", "text", "advice"}, the worst first. x (rows, features) and y (rows,) as they are kept."""
    found = [*_leaks(x, y, names, target), *_repeated(x, y), *imbalance(target), *_columns(fits, left_out), *_lost(target)]
    if len(y) < 200:
        found.append(
            said("warning", f"There are only {len(y)} rows: results will differ a lot from seed to seed.", "Compare several seeds.")
        )
    if target.task == "regression" and not target.log and target.least >= 0 and _skew(y) > 3:
        found.append(said("info", f"A few values of {shown(target.name)} are far larger than the rest.",
                           "Predicting its logarithm may suit better: relative errors count then."))  # fmt: skip
    order = ("error", "warning", "info")
    return sorted(found, key=lambda one: order.index(one["level"]))


def said(level: str, text: str, advice: str = "") -> Finding:
    return {"level": level, "text": text, "advice": advice}


def _leaks(x: np.ndarray, y: np.ndarray, names: Sequence[str], target: Target) -> list[Finding]:
    """Features that alone tell the target of a row almost surely: most often they were known only after it."""
    chosen = np.linspace(0, len(y) - 1, min(len(y), ROWS)).astype("int64")
    rows, own = np.asarray(x[chosen]).reshape(len(chosen), -1), np.asarray(y[chosen]).astype("float64")
    if len(own) < 50:
        return []
    found = []
    for place in range(min(rows.shape[1], len(names))):
        told = told_by(rows[:, place], own, target.task == "classes")
        if told > LEAK:
            what = "tells its class" if target.task == "classes" else "explains the target"
            found.append(said("error", f"{plain(names[place])} alone {what} for {told:.1%} of what there is to know.",
                               "If it is known only after the target, leave it out: it would not be there when you predict."))  # fmt: skip
    return found[:5]


def told_by(feature: np.ndarray, y: np.ndarray, classes: bool) -> float:
    """How much of y one feature tells, 0 to 1: the share of its variance, or of the errors of always saying the commonest class, that is
    gone when each of up to 64 parts of the feature's range has an answer of its own. Parts with fewer than 5 rows tell nothing.

    Of two classes it tells at least as much as its order does: 1 where all rows of one class lie above all of the other.
    """
    parts = max(4, min(BINS, len(y) // 8))
    edges = np.unique(np.quantile(feature, np.linspace(0, 1, parts + 1)[1:-1]))
    part = np.searchsorted(edges, feature, side="right")
    size = np.bincount(part, minlength=len(edges) + 1).astype("float64")
    if classes:
        table = np.zeros((len(size), int(y.max()) + 1))
        np.add.at(table, (part, y.astype("int64")), 1)
        base, right = float(table.sum(axis=0).max()), float(np.where(size >= 5, table.max(axis=1), 0).sum())
        told = max(0.0, (right - base) / max(1.0, len(y) - base))
        return max(told, _parted(feature, y)) if table.shape[1] == 2 else told
    mean = np.bincount(part, y, len(size)) / np.maximum(size, 1)
    whole = float(np.var(y)) * len(y)
    return float((np.where(size >= 5, size, 0) * (mean - y.mean()) ** 2).sum()) / whole if whole > 0 else 0.0


def _parted(feature: np.ndarray, y: np.ndarray) -> float:
    """|2 · AUC − 1| of two classes, ties counted half: how well a limit on the feature parts them, for any share of the classes."""
    ones = int(y.sum())
    if not 0 < ones < len(y):
        return 0.0
    _, place, counts = np.unique(feature, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    area = (ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones))
    return abs(2 * float(area) - 1)


def row_hashes(x: np.ndarray) -> np.ndarray:
    """A 64-bit hash of each row's features, (rows,): equal rows have equal ones."""
    flat = x.reshape(len(x), -1)
    draw = np.random.default_rng(7).integers(1, 2**63, flat.shape[1], dtype="uint64") | np.uint64(1)
    found = np.zeros(len(flat), "uint64")
    step = max(1, 4_000_000 // max(1, flat.shape[1]))
    for first in range(0, len(flat), step):
        bits = np.ascontiguousarray(flat[first : first + step], "float32").view("uint32").astype("uint64")
        bits ^= bits >> np.uint64(13)
        found[first : first + step] = (bits * draw).sum(axis=1, dtype="uint64")
        release(x)
    return found


def _repeated(x: np.ndarray, y: np.ndarray) -> list[Finding]:
    """Rows with the same features as another: after a random split the same row may be learned and tested."""
    if x.ndim > 2 or not x.shape[1]:
        return []
    hashes = row_hashes(x)
    _, first, counts = np.unique(hashes, return_index=True, return_counts=True)
    again = len(hashes) - len(first)
    if not again:
        return []
    level = "warning" if again > 0.005 * len(hashes) else "info"
    return [said(level, f"{again:,} of {len(hashes):,} rows repeat another row's features, so the same row could be learned and tested.",
                  "Remove them, or split by a group that keeps repeated rows together.")]  # fmt: skip


def imbalance(target: Target) -> list[Finding]:
    if target.task != "classes":
        return []
    counts = {name: target.counts[name] for name in target.classes}
    rare, common = min(counts.values()), max(counts.values())
    found = []
    few = [name for name, count in counts.items() if count < 10]
    if few:
        named = ", ".join(shown(name) for name in few[:5]) + (" …" if len(few) > 5 else "")
        what = "1 class has" if len(few) == 1 else f"{len(few)} classes have"
        found.append(said("warning", f"{what} fewer than 10 rows: {named}.", "Join what is rare, or find more rows."))
    if common > 4 * rare:
        share = common / sum(counts.values())
        found.append(said("warning", f"The commonest class has {share:.0%} of the rows: always saying it is right as often.",
                           "Look at balanced accuracy or the F1 of each class, not at accuracy alone."))  # fmt: skip
    return found


def _columns(fits: Sequence[Fit], left_out: Sequence[Any]) -> list[Finding]:
    found = [said("info", f"{shown(column.name)} is left out. {column.note}", "Choose the kind text for that column to use both."
                  if column.role == "beside" else "Choose another kind for it to use it.")
             for column in left_out if column.role]  # fmt: skip
    for fit in fits:
        if fit.cut > 0.01:
            longer = f"{fit.cut:.0%} of the texts are longer than {fit.steps} {fit.column.kind}: only their ends are read."
            found.append(said("info", longer, "More steps read more and take longer."))
        if fit.odd:
            what = "no dates" if fit.column.kind == "date" else "no numbers, infinite or beyond 1e30"
            found.append(said("warning", f"{fit.odd:,} values of {shown(fit.column.name)} are {what}; they count as missing."))
        if fit.missing > 0.5 * fit.rows:
            found.append(
                said("warning", f"{shown(fit.column.name)} is missing in {fit.missing / fit.rows:.0%} of the rows.", "Leave it out?")
            )
    return found


def _lost(target: Target) -> list[Finding]:
    lost = target.rows - target.known
    return (
        [said("warning" if lost > 0.05 * target.rows else "info", f"{lost:,} of {target.rows:,} rows have no target and are left out.")]
        if lost
        else []
    )


def _skew(y: np.ndarray) -> float:
    y = np.asarray(y, "float64").reshape(-1)
    spread = y.std()
    return float((((y - y.mean()) / spread) ** 3).mean()) if spread > 0 else 0.0
