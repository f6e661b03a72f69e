"""What a picture of the live panel is: SVG of a fixed size, with words for those who do not see it; and the axes that several share."""

from __future__ import annotations

import csv
import html
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 320, 320
_BELOW_ZERO = re.compile(r"(?<![\w.)\]-])-(?=[\d.]*\d)|(?<=\de)-(?=\d)")


@dataclass(frozen=True)
class Figure:
    """title: what the picture shows; note: of what, small print beneath. svg: an <svg> element. described: for a screen reader.

    table(): the numbers that it shows as CSV text, made when somebody takes them away; None for a drawing of something else.
    """

    title: str
    svg: str
    described: str
    note: str = ""
    table: Callable[[], str] | None = field(default=None, compare=False)


def comma_separated(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV text (RFC 4180) with a line of names."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


def svg(body: str, described: str, width: float = WIDTH, height: float = HEIGHT, widest: float = 0.0) -> str:
    """The drawing in a frame of `width` × `height` units. It is drawn as wide as the room allows; widest: pixels a unit at most, 0 any."""
    held = f' style="max-width:{width * widest:g}px"' if widest else ""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"{held} role="img" '
        f'aria-label="{html.escape(described)}">{body}</svg>'
    )


def text(x: float, y: float, words: object, anchor: str = "middle", more: str = "") -> str:
    """Words at a place. more: further attributes."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{html.escape(minus(str(words)))}</text>'


def minus(words: str) -> str:
    """The words with a true minus before numbers below zero, in exponents too; dates, ranges and hyphens stay."""
    return _BELOW_ZERO.sub("−", words)


def short(words: str, limit: int) -> str:
    """At most `limit` characters, the last one "…" where some were cut."""
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from low to high, about `count` of them."""
    if not high > low:
        return [low]
    rough = (high - low) / max(1, count)
    size = 10.0 ** math.floor(math.log10(rough))
    factors = (1, 2, 5, 10) if size == 1 else (1, 2, 2.5, 5, 10)  # what is counted has no halves
    step = next(size * factor for factor in factors if size * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(place * step, 12) for place in range(first, math.floor(high / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Frame:
    """A rectangle of the drawing (left, top, right, bottom) and the values at its edges."""

    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies; one that is outside lies at the edge."""
        across = min(max((x - self.x[0]) / (self.x[1] - self.x[0]), 0), 1)
        up = min(max((y - self.y[0]) / (self.y[1] - self.y[0]), 0), 1)
        return self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)

    def axes(self, x_title: str, y_title: str) -> str:
        """The frame's outline with tick labels and titles."""
        width, height = self.right - self.left, self.bottom - self.top
        parts = [f'<rect class="frame" x="{self.left}" y="{self.top}" width="{width}" height="{height}"/>']
        for value in ticks(*self.x):
            parts.append(text(self.at(value, self.y[0])[0], self.bottom + 14, f"{value:g}", more='class="tick"'))
        for value in ticks(*self.y):
            parts.append(text(self.left - 5, self.at(self.x[0], value)[1] + 4, f"{value:g}", "end", 'class="tick"'))
        middle = (self.top + self.bottom) / 2
        parts.append(text((self.left + self.right) / 2, self.bottom + 30, x_title))
        parts.append(text(12, middle, y_title, more=f'class="upright" transform="rotate(-90 12 {middle:.1f})"'))
        return "".join(parts)


def dots(places: Sequence[tuple[float, float]]) -> str:
    """A path that draws a dot at each place, when its line has round ends."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
