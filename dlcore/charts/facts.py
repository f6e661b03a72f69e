"""Published numbers as bars and dots, and milestones on a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlcore.charts.figure import Figure, comma_separated, svg, text

WIDTH = 680.0
ROW = 44.0
GROWN = 12.0  # a letter's width, in a drawing's units, where letters grow on a narrow screen
_VALUE = 'class="name on"'
_TICK = 'class="tick"'
_ON = 'class="on"'


@dataclass(frozen=True)
class Bar:
    """name beside it, value at its end; said: what a tooltip tells, its source included."""

    name: str
    value: float
    colour: str
    said: str = ""


@dataclass(frozen=True)
class Event:
    """A milestone. year; title; said: one sentence."""

    year: int
    title: str
    said: str


def columns(
    bars: Sequence[Bar], y_title: str, described: str, line: tuple[float, str] | None = None, legend: Sequence[tuple[str, str]] = ()
) -> Figure:
    """Upright bars without grid lines over them, each with its value. line: a value drawn across, with words. legend: (colour, words)."""
    height, left, bottom, top = 396.0, 44.0, 82.0, 48.0
    highest = max(bar.value for bar in bars)
    scale = (height - top - bottom) / highest
    pitch = (WIDTH - left - 10) / len(bars)
    parts = _keys(legend, left)
    if line:
        y = height - bottom - line[0] * scale
        words = text(WIDTH - 12, y - 6, line[1], "end", 'class="tick on"')
        parts.append(f'<path class="guide" d="M{left} {y:.1f}H{WIDTH - 10}"/>{words}')
    for number, bar in enumerate(bars):
        x, tall = left + pitch * number, bar.value * scale
        y = height - bottom - tall
        name, _, year = bar.name.partition("\n")
        parts.append(
            f'<g tabindex="0"><title>{_plain(bar.said)}</title><rect x="{x + pitch * 0.14:.1f}" y="{y:.1f}" width="{pitch * 0.72:.1f}" '
            f'height="{tall:.1f}" rx="2" fill="{bar.colour}"/>{text(x + pitch / 2, y - 6, f"{bar.value:g}", more=_VALUE)}'
            f"{text(x + pitch / 2, height - bottom + 22, year or name)}"
            f"{_below(x + pitch / 2, height - bottom + 42 + 18 * (number % 2), name)}</g>"
        )
    parts.append(f'<path class="ink" d="M{left} {height - bottom}H{WIDTH - 10}" stroke-opacity="0.5"/>')
    middle = (height - bottom + top) / 2
    parts.append(text(14, middle, y_title, more=f'transform="rotate(-90 14 {middle:.0f})"'))
    return Figure("", svg("".join(parts), described, WIDTH, height), described, table=lambda: _table(y_title, bars))


def dots(bars: Sequence[Bar], x_title: str, described: str, low: float, high: float, line: tuple[float, str] | None = None) -> Figure:
    """One row for each, a dot at its value; the axis need not begin at 0, because no length is compared."""
    left, right = 14.0, WIDTH - 70
    height = 58 + ROW * len(bars)
    place = lambda value: left + (value - low) / (high - low) * (right - left)  # noqa: E731
    parts = []
    for number, bar in enumerate(bars):
        y = 46 + ROW * number  # the name above its line: beside it, a long one would be cut where letters grow
        parts.append(
            f'<g tabindex="0"><title>{_plain(bar.said)}</title><path class="grid" d="M{left} {y}H{right}"/>'
            f'<circle cx="{place(bar.value):.1f}" cy="{y}" r="6" fill="{bar.colour}"/>'
            f"{text(left, y - 13, bar.name, 'start', _ON)}{text(place(bar.value) + 11, y + 4, f'{bar.value:g}', 'start', _TICK)}</g>"
        )
    if line:
        x = place(line[0])
        parts.append(f'<path class="guide" d="M{x:.1f} 12V{height - 24}"/>' + text(x - 5, height - 26, line[1], "end", 'class="tick on"'))
    parts.append(text((left + right) / 2, height - 6, x_title))
    return Figure("", svg("".join(parts), described, WIDTH, height), described, table=lambda: _table(x_title, bars))


def grouped(
    groups: Sequence[tuple[str, Sequence[Bar]]], y_title: str, described: str, highest: float, legend: Sequence[tuple[str, str]]
) -> Figure:
    """Bars side by side in groups, on an axis from 0 to `highest`."""
    height, left, bottom, top = 340.0, 44.0, 46.0, 34.0
    scale = (height - top - bottom) / highest
    pitch = (WIDTH - left - 10) / len(groups)
    parts = _keys(legend, left)
    for number, (name, bars) in enumerate(groups):
        x, width = left + pitch * number + pitch * 0.08, pitch * 0.84 / len(bars)
        for place, bar in enumerate(bars):
            tall = bar.value * scale
            y = height - bottom - tall
            parts.append(
                f'<g tabindex="0"><title>{_plain(bar.said)}</title><rect x="{x + place * width:.1f}" y="{y:.1f}" '
                f'width="{width * 0.88:.1f}" '
                f'height="{tall:.1f}" rx="2" fill="{bar.colour}"/></g>'
                + _upright(x + (place + 0.44) * width + 4, y + 6, f"{bar.value:.2f}")
            )
        one, _, two = name.partition(" → ")
        parts.append(text(x + pitch * 0.42, height - bottom + 17, f"{one} →", more='class="tick"'))
        parts.append(text(x + pitch * 0.42, height - bottom + 34, two, more='class="tick"'))
    parts.append(f'<path class="ink" d="M{left} {height - bottom}H{WIDTH - 10}" stroke-opacity="0.5"/>')
    middle = (height - bottom + top) / 2
    parts.append(text(14, middle, y_title, more=f'transform="rotate(-90 14 {middle:.0f})"'))
    whole = [Bar(f"{name}, {bar.name}", bar.value, bar.colour, bar.said) for name, bars in groups for bar in bars]
    return Figure("", svg("".join(parts), described, WIDTH, height), described, table=lambda: _table(y_title, whole))


def timeline(events: Sequence[Event], now: int, first: int, last: int, colours: Sequence[str]) -> Figure:
    """Milestones along the years, their titles in turn above and below; those after `now` are pale."""
    width, height, middle = 720.0, 330.0, 165.0
    place = lambda year: 40 + (year - first) / (last - first) * (width - 80)  # noqa: E731
    parts = [f'<path class="ink" d="M30 {middle}H{width - 30}" stroke-opacity="0.5" stroke-width="2"/>']
    parts.append(f'<path class="guide" d="M{place(now):.1f} 14V{height - 8}"/>' + text(place(now), 12, now, more='class="tick name"'))
    decades = range(-(-first // 10) * 10, last + 1, 10)
    parts += [f'<path class="ink" d="M{place(decade):.1f} {middle - 4}v8"/>' for decade in decades]
    heights = (-36, 58, -68, 86, -100, 114, -132, 142)  # letters grow on a narrow screen: neighbours need rows of their own
    titles = []
    for number, event in enumerate(events):
        x, y = place(event.year), middle + heights[number % len(heights)]
        colour = colours[number % 2]
        half = GROWN * len(f"{event.year} {event.title}") / 2
        end = "end" if x + half > width else "start" if x < half else "middle"
        state = "" if event.year <= now else 'class="off"'
        words = text(x, y + (-6 if y < middle else 14), f"{event.year} {event.title}", end, 'class="name on"')
        said = _plain(f"{event.year}, {event.title}: {event.said}")
        parts.append(
            f'<g {state}><g data-part="m{number}" tabindex="0" role="img" aria-label="{said}"><title>{said}</title>'
            f'<path d="M{x:.1f} {middle}V{y}" stroke="{colour}" stroke-width="1.5"/>'
            f'<circle cx="{x:.1f}" cy="{middle}" r="6" fill="{colour}"/></g></g>'
        )
        titles.append(f'<g {state}><g data-part="m{number}"><title>{said}</title>{words}</g></g>')
    parts += titles  # over all stems: else a later one's would cross them
    parts += [text(place(decade), middle + 20, decade, more='class="tick on"') for decade in decades]
    described = f"{sum(event.year <= now for event in events)} of {len(events)} milestones up to {now}."
    return Figure("", svg("".join(parts), described, width, height), described, "Point at a milestone for a sentence about it.")


def _upright(x: float, y: float, words: str) -> str:
    """Words that read upwards and end at (x, y), inside a bar: side by side they would run into each other where letters grow."""
    return text(x, y, words, "end", f'class="tick on" transform="rotate(-90 {x:.1f} {y:.1f})"')


def _below(x: float, y: float, name: str) -> str:
    """A name under a bar, without what it has in brackets; a long one in two lines, if it has a hyphen."""
    name = name.partition(" (")[0]
    first, hyphen, second = name.partition("-") if len(name) > 12 else (name, "", "")
    return text(x, y, first + hyphen, more=_TICK) + (text(x, y + 18, second, more=_TICK) if second else "")


def _keys(legend: Sequence[tuple[str, str]], left: float) -> list[str]:
    """Squares of the colours with their words, one after the other."""
    parts, x = [], left
    for colour, words in legend:
        parts.append(_key(colour, words, x, 16))
        x += 36 + 10 * len(words)
    return parts


def _key(colour: str, words: str, x: float, y: float) -> str:
    return f'<rect x="{x:.0f}" y="{y - 10:.0f}" width="12" height="12" rx="2" fill="{colour}"/>' + text(
        x + 18, y, words, "start", 'class="tick"'
    )


def _plain(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _table(title: str, bars: Sequence[Bar]) -> str:
    """CSV text: name, value, what is said of it."""
    return comma_separated(("name", title, "source"), [(bar.name.replace("\n", ", "), bar.value, bar.said) for bar in bars])
