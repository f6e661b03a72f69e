"""Lines and points over two axes as SVG, for pictures that answer a moved slider at once: no library loads, nothing flickers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dlcore.charts.figure import Figure, Frame, comma_separated, svg, text, ticks

WIDE = (620.0, 360.0)
SMALL = (310.0, 230.0)
LEFT, BOTTOM, TOP = 50.0, 40.0, 12.0
LINE_HEIGHT = 16.0
LETTER = 7.0
RANGE = 1e30
EDGE = 0.5  # of a pixel: a value at the limit lies inside


@dataclass(frozen=True, eq=False)
class Series:
    """A line of a plot: y at x, both (n,); what is not finite is a gap. name: written at its end, not at all where empty.

    dots: points without a line between them. fill: the area down to the lower edge `down_to` (n,), faintly.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str = ""
    dash: bool = False
    dots: bool = False
    width: float = 2.0
    faint: bool = False
    down_to: np.ndarray | None = None


@dataclass(frozen=True)
class Axes:
    """Titles with units, ranges (those of the data where None), and whether equal ratios are equal distances on y."""

    x: str
    y: str
    across: tuple[float, float] | None = None
    up: tuple[float, float] | None = None
    log: bool = False
    log_x: bool = False
    names: tuple[str, ...] = ()  # under whole numbers 0, 1, … of x, in place of numbers
    counted: bool = False  # y counts something: no halves stand beside it


def plot(
    series: Sequence[Series], axes: Axes, described: str, *, size: tuple[float, float] = WIDE, marks: Sequence[tuple[float, str]] = (),
    note: str = "", title: str = "", over: str = "",
) -> Figure:  # fmt: skip
    """marks: (place on x, words) of vertical lines. over: further SVG, drawn last, in the places of `frame_of`."""
    frame = frame_of(series, axes, size)
    body = [_grid(frame, axes), f'<rect class="frame" x="{frame.left:g}" y="{frame.top:g}" width="{frame.right - frame.left:g}" '
            f'height="{frame.bottom - frame.top:g}"/>']  # fmt: skip
    body += [_mark(frame, axes, place, words, 14.0 + 15 * number) for number, (place, words) in enumerate(marks)]
    body += [_series(frame, axes, one) for one in series]
    body.append(_labels(frame, axes, series))
    return Figure(title, svg("".join(body) + over, described, *size), described, note, partial(table, series, axes))


def table(series: Sequence[Series], axes: Axes) -> str:
    """All points as CSV text, in the plain values even of a logarithmic axis: line, x, y, and the lower edge of a filled area."""
    rows = []
    for number, one in enumerate(series, start=1):
        lower = one.down_to if one.down_to is not None else [""] * len(np.ravel(one.x))
        rows += [(one.name or number, *point) for point in zip(np.ravel(one.x), np.ravel(one.y), lower, strict=False)]
    return comma_separated(("line", axes.x, axes.y, "down to"), rows)


def frame_of(series: Sequence[Series], axes: Axes, size: tuple[float, float] = WIDE) -> Frame:
    """Where the plot's values lie in the drawing; logarithms to base 10 where an axis is logarithmic."""
    across = axes.across or _reach([one.x for one in series], axes.log_x)
    up = axes.up or _reach([part for one in series for part in (one.y, one.down_to) if part is not None], axes.log)
    across = (math.log10(across[0]), math.log10(across[1])) if axes.log_x else across
    up = (math.log10(up[0]), math.log10(up[1])) if axes.log else up
    room = 10.0 + LETTER * max((len(one.name) for one in series), default=0)
    return Frame(LEFT, TOP, size[0] - min(room, size[0] / 3), size[1] - BOTTOM, across, up)


def path(frame: Frame, x: np.ndarray, y: np.ndarray) -> str:
    """The `d` of a line through places in the frame's own values, cut where it leaves the frame; a value that is not finite is a gap."""
    across, up = _places(frame, x, y)
    known = np.isfinite(across) & np.isfinite(up)
    with np.errstate(invalid="ignore"):
        beside = (across < frame.left - EDGE) | (across > frame.right + EDGE) | (up < frame.top - EDGE) | (up > frame.bottom + EDGE)
    inside = known & ~beside
    parts, drawing = [], False
    for place, here in enumerate(inside):
        joined = place > 0 and known[place - 1] and known[place]
        if joined and not (here and inside[place - 1]):
            # One end at least lies outside: what is left of the way between the two begins or ends at the frame's edge.
            cut = _cut(frame, across[place - 1], up[place - 1], across[place], up[place])
            if cut:
                parts.append(f"{'L' if drawing else f'M{cut[0]:.1f} {cut[1]:.1f}L'}{cut[2]:.1f} {cut[3]:.1f}")
            drawing = bool(here) and bool(cut)
        elif here:
            parts.append(f"{'L' if drawing else 'M'}{across[place]:.1f} {up[place]:.1f}")
            drawing = True
        else:
            drawing = False
    return "".join(parts)


def _places(frame: Frame, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where values lie in the drawing, also outside the frame."""
    with np.errstate(invalid="ignore", over="ignore"):
        across = frame.left + (np.clip(x, -RANGE, RANGE) - frame.x[0]) / (frame.x[1] - frame.x[0]) * (frame.right - frame.left)
        up = frame.bottom - (np.clip(y, -RANGE, RANGE) - frame.y[0]) / (frame.y[1] - frame.y[0]) * (frame.bottom - frame.top)
    return across, up


def _area(frame: Frame, x: np.ndarray, y: np.ndarray, down_to: np.ndarray) -> str:
    """The `d` of the area between two lines; what lies outside the frame is drawn at its edge."""
    across, up = _places(frame, np.concatenate([x, x[::-1]]), np.concatenate([y, down_to[::-1]]))
    known = np.isfinite(across) & np.isfinite(up)
    spots = zip(np.clip(across, frame.left, frame.right)[known], np.clip(up, frame.top, frame.bottom)[known], strict=True)
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in spots) + "Z" if known.any() else ""


def _cut(frame: Frame, x1: float, y1: float, x2: float, y2: float) -> tuple[float, float, float, float] | None:
    """The part of a straight way that lies in the frame (Liang & Barsky 1984), both in the drawing's units; None where there is none."""
    first, last, dx, dy = 0.0, 1.0, x2 - x1, y2 - y1
    for step, room in ((-dx, x1 - frame.left), (dx, frame.right - x1), (-dy, y1 - frame.top), (dy, frame.bottom - y1)):
        if step == 0:
            if room < -EDGE:
                return None
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    if first > last:
        return None
    return x1 + first * dx, y1 + first * dy, x1 + last * dx, y1 + last * dy


def _series(frame: Frame, axes: Axes, one: Series) -> str:
    x, y = _scaled(one.x, axes.log_x), _scaled(one.y, axes.log)
    colour = f'stroke="{one.colour}"' if one.colour else 'class="ink"'
    opacity = ' stroke-opacity="0.35"' if one.faint else ""
    if one.dots:
        inside = np.isfinite(x) & np.isfinite(y)
        spots = "".join("M{:.1f} {:.1f}h0".format(*frame.at(a, b)) for a, b in zip(x[inside], y[inside], strict=True))
        shown = f'class="dots" {colour}' if one.colour else 'class="dots ink"'
        return f'<path d="{spots}" {shown}{opacity}/>'
    dash = ' stroke-dasharray="6 4"' if one.dash else ""
    area = ""
    if one.down_to is not None:
        area = f'<path d="{_area(frame, x, y, _scaled(one.down_to, axes.log))}" fill="{one.colour}" fill-opacity="0.18" stroke="none"/>'
    return f'{area}<path d="{path(frame, x, y)}" fill="none" {colour} stroke-width="{one.width:g}" stroke-linejoin="round"{dash}{opacity}/>'


def _scaled(values: np.ndarray, log: bool) -> np.ndarray:
    values = np.asarray(values, float)
    if not log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log10(values), np.nan)


def _reach(parts: Sequence[np.ndarray], log: bool) -> tuple[float, float]:
    values = np.concatenate([np.ravel(part) for part in parts]) if parts else np.zeros(0)
    values = values[np.isfinite(values) & ((values > 0) | (not log)) & (np.abs(values) < RANGE)]
    if not len(values):
        return (0.1, 10.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if low == high:
        return (low / 3, high * 3) if log else (low - 0.5, high + 0.5)
    return low, high


def _grid(frame: Frame, axes: Axes) -> str:
    parts = []
    for value, words in _ticks(frame.x, axes.log_x, 6, axes.names):
        x = frame.at(value, frame.y[0])[0]
        parts.append(f'<path class="grid" d="M{x:.1f} {frame.top:g}V{frame.bottom:g}"/>{text(x, frame.bottom + 15, words, more=_TICK)}')
    for value, words in _ticks(frame.y, axes.log, 4):
        if axes.counted and value % 1:
            continue
        y = frame.at(frame.x[0], value)[1]
        line = f'<path class="grid" d="M{frame.left:g} {y:.1f}H{frame.right:g}"/>'
        parts.append(line + text(frame.left - 5, y + 4, words, "end", _TICK))
    middle = (frame.top + frame.bottom) / 2
    parts.append(text((frame.left + frame.right) / 2, frame.bottom + 33, axes.x))
    parts.append(text(12, middle, axes.y, more=f'class="upright" transform="rotate(-90 12 {middle:.1f})"'))
    return "".join(parts)


_TICK = 'class="tick"'


def _ticks(reach: tuple[float, float], log: bool, count: int, names: Sequence[str] = ()) -> list[tuple[float, str]]:
    if names:
        return [(float(place), name) for place, name in enumerate(names)]
    if not log:
        return [(value, f"{value:,g}") for value in ticks(*reach, count)]
    low, high = math.ceil(reach[0] - 1e-9), math.floor(reach[1] + 1e-9)
    every = max(1, -(-(high - low) // count))
    return [(float(power), _power(power)) for power in range(low, high + 1, every)]


def _power(power: int) -> str:
    """1000 as "1000", 10⁴ and 10⁻⁷ as such."""
    if -3 <= power <= 3:
        return f"{10.0**power:g}"
    return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _mark(frame: Frame, axes: Axes, place: float, words: str, down: float) -> str:
    x = frame.at(math.log10(place) if axes.log_x else place, frame.y[0])[0]
    end = "end" if x > (frame.left + frame.right) / 2 else "start"
    shift = -5 if end == "end" else 5
    return f'<path class="guide" d="M{x:.1f} {frame.top:g}V{frame.bottom:g}"/>' + text(
        x + shift, frame.top + down, words, end, 'class="tick on"'
    )


def _labels(frame: Frame, axes: Axes, series: Sequence[Series]) -> str:
    """The lines' names at their ends, moved apart where they would lie on each other."""
    ends: list[tuple[float, Series]] = []
    for one in series:
        y = _scaled(one.y, axes.log)
        known = np.flatnonzero(np.isfinite(y))
        if one.name and len(known):
            ends.append((frame.at(frame.x[1], float(y[known[-1]]))[1] + 4, one))
    ends.sort(key=lambda end: end[0])
    places: list[float] = []
    for end, _ in ends:
        places.append(max(end, places[-1] + LINE_HEIGHT) if places else end)
    over = max(0.0, places[-1] - frame.bottom) if places else 0.0
    # Moving all up may push the first ones out: then they are squeezed into the height there is.
    lowest = [frame.top + 8 + LINE_HEIGHT * index for index in range(len(places))]
    places = [max(low, place - over) for low, place in zip(lowest, places, strict=True)]
    return "".join(
        text(frame.right + 6, place, one.name, "start",
             f'class="tick name end{" dashed" * one.dash}" style="fill:{one.colour or "currentColor"}"')
        for place, (_, one) in zip(places, ends, strict=True)
    )  # fmt: skip
