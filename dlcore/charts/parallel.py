"""Parallel coordinates: one upright axis for each setting that varied and one for the score, a line across them for each trial.

A box drawn over the picture chooses the trials whose lines pass through it (Inselberg 1985; Wegman 1990).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

Picture = alt.LayerChart | alt.FacetChart  # what layers with a height are, to a type checker
BRUSH = "brush"
HEIGHT = 320
TICKS = 5
GROUND = {False: "#FFFFFF", True: "#0F151C"}  # of the page, .streamlit/config.toml
TITLES = 800  # pixels for all titles side by side
LEAST = 100  # pixels from axis to axis for level titles


@dataclass(frozen=True)
class Axis:
    """One axis. key: of the values in a trial. low, high: its ends; not used where there are choices, which stand at equal distances."""

    key: str
    title: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Any, ...] = field(default=())

    def place(self, value: Any) -> float:
        """Where a value stands, from 0 at the lower end to 1; NaN for what is missing, or not on the axis."""
        if value is None:
            return math.nan
        if self.choices:
            return self.choices.index(value) / max(1, len(self.choices) - 1) if value in self.choices else math.nan
        if not isinstance(value, (int, float)) or not math.isfinite(value) or (self.log and value <= 0):
            return math.nan
        low, high, at = (math.log(end) if self.log else end for end in (self.low, self.high, value))
        return (at - low) / (high - low) if high > low else 0.5

    def value(self, place: float) -> float:
        """The number at a place of an axis without choices: the inverse of `place`."""
        if self.log:
            return math.exp(math.log(self.low) + place * (math.log(self.high) - math.log(self.low)))
        return self.low + place * (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """(place, words) of a few values to write beside the axis."""
        if self.choices:
            return [(self.place(choice), str(choice)) for choice in self.choices]
        if self.low == self.high:
            return [(0.5, short(self.low))]
        if self.log and self.high >= 100 * self.low:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            every = -(-(last - first + 1) // (TICKS + 2))
            return [(self.place(10.0**power), short(10.0**power)) for power in range(first, last + 1, every)]
        if isinstance(self.low, int) and isinstance(self.high, int) and self.high - self.low <= TICKS:
            return [(self.place(whole), str(whole)) for whole in range(self.low, self.high + 1)]
        return [(place, short(self.value(place))) for place in np.linspace(0, 1, TICKS)]


def parallel(
    axes: Sequence[Axis], trials: Sequence[Mapping[str, Any]], *, ink: str, better: str = "low", dark: bool = False, noun: str = "trial"
) -> Picture:  # fmt: skip
    """A chart with the selection `BRUSH` over x (number of the axis, from 0) and y (place on it), as `passing` reads it.

    trials: dicts with "trial" (number), "score", and a value for each axis's key (None: none). The last axis is the score's. better: the
    end of the score that is good ("low" or "high"); it stands out most against the ground. ink: colour of axes and words.
    dark: whether the ground is. noun: what one line is called.
    The specification depends on the axes only, so that the picture stays in place while trials come in.
    """
    lines = _lines(axes, trials)
    x = alt.X("axis:Q", axis=None, scale=alt.Scale(domain=[-0.35, len(axes) - 0.65], nice=False, zero=False))
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.04, 1.12], nice=False))
    brush = alt.selection_interval(name=BRUSH, encodings=["x", "y"], zoom=False)
    colour = alt.Color("score:Q", scale=scale_of(better, dark), legend=None)
    named = alt.Tooltip("trial:N", title=noun)
    drawn = (
        # Altair would name the picture after its data, and a new name draws everything anew.
        alt.Chart(lines, name="trials").mark_line(strokeWidth=1.6, opacity=0.75)
        .encode(x=x, y=y, detail="trial:N", color=colour, order="axis:Q", tooltip=[named, "score:Q", "setting:N", "value:N"])
        .add_params(brush)
    )  # fmt: skip
    dots = alt.Chart(lines).mark_circle(size=18, opacity=0.9).encode(x=x, y=y, color=colour, tooltip=[named, "setting:N", "value:N"])
    words = alt.Chart(_words(axes))
    rules = alt.Chart(_ends(axes)).mark_rule(color=ink, opacity=0.6).encode(x=x, y=y, y2="top:Q")
    beside: dict[str, Any] = {"align": "right", "dx": -6, "fontSize": 11}
    # Lines cross the words of all axes but the first: the ground around a word keeps them apart.
    cleared = words.mark_text(**beside, stroke=GROUND[dark], strokeWidth=5, strokeJoin="round").encode(x=x, y=y, text="words:N")
    ticks = words.mark_text(**beside, color=ink).encode(x=x, y=y, text="words:N")
    titles = (
        alt.Chart(_titles(axes))
        .mark_text(
            fontWeight="bold",
            fontSize=12,
            color=ink,
            limit=TITLES // len(axes),
            angle=_leaning(len(axes), "-32", "0"),
            align=_leaning(len(axes), "'left'", "'center'"),
            dx=_leaning(len(axes), "-6", "0"),
        )
        .encode(x=x, y=y, text="words:N")
    )
    return alt.layer(rules, drawn, dots, cleared, ticks, titles).properties(height=HEIGHT)


def passing(axes: Sequence[Axis], trials: Sequence[Mapping[str, Any]], box: Mapping[str, Sequence[float]]) -> list[int]:
    """Numbers of the trials whose lines pass through the box {"axis": [from, to], "place": [from, to]}.

    Where the box covers axes, a line must be inside at each of them; else it must cross the middle of the box between two axes.
    """
    if not box.get("axis") or not box.get("place"):
        return [int(trial["trial"]) for trial in trials]
    left, right = sorted(box["axis"])
    low, high = sorted(box["place"])
    covered = [number for number in range(len(axes)) if left <= number <= right]
    kept = []
    for trial in trials:
        places = [axis.place(trial.get(axis.key)) for axis in axes]
        middle = (left + right) / 2
        looked = [places[number] for number in covered] if covered else [float(np.interp(middle, range(len(axes)), places))]
        if all(low <= place <= high for place in looked):
            kept.append(int(trial["trial"]))
    return kept


def scale_of(better: str, dark: bool) -> alt.Scale:
    """Viridis with the good end of a score, "low" or "high", farthest from the ground."""
    return alt.Scale(scheme="viridis", reverse=(better == "high") != dark)


def score_axis(key: str, title: str, scores: Sequence[float | None]) -> Axis:
    """An axis from the least to the greatest score there is."""
    known = [score for score in scores if score is not None and math.isfinite(score)]
    return Axis(key, title, min(known, default=0.0), max(known, default=1.0))


def short(value: float) -> str:
    """Three significant digits at most: "0.001", "64", "1.5e-05"."""
    return f"{value:.3g}"


def _lines(axes: Sequence[Axis], trials: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    rows = [
        (trial["trial"], trial.get("score"), number, place, axis.title, _shown(trial.get(axis.key)))
        for trial in trials
        for number, axis in enumerate(axes)
        if math.isfinite(place := axis.place(trial.get(axis.key)))
    ]
    frame = pd.DataFrame(rows, columns=["trial", "score", "axis", "place", "setting", "value"])
    return frame.astype({"score": float, "axis": float, "place": float})


def _words(axes: Sequence[Axis]) -> pd.DataFrame:
    rows = [(number, place, words) for number, axis in enumerate(axes) for place, words in axis.ticks()]
    return pd.DataFrame(rows, columns=["axis", "place", "words"])


def _titles(axes: Sequence[Axis]) -> pd.DataFrame:
    return pd.DataFrame([(number, 1.08, axis.title) for number, axis in enumerate(axes)], columns=["axis", "place", "words"])


def _leaning(axes: int, narrow: str, wide: str) -> Any:
    """What holds where the titles would run into each other, and elsewhere, by the width that the browser gives the picture."""
    return alt.expr(f"width < {axes * LEAST} ? {narrow} : {wide}")


def _ends(axes: Sequence[Axis]) -> pd.DataFrame:
    return pd.DataFrame([(number, 0.0, 1.0) for number in range(len(axes))], columns=["axis", "place", "top"])


def _shown(value: Any) -> str:
    return short(value) if isinstance(value, float) else str(value)
