"""Totals made of parts, as bars under each other on one scale, each part as long as its share."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.charts.figure import Figure, comma_separated, short, svg, text

WIDE, LEFT, ROW = 620.0, 10.0, 92.0
LETTER = 8.0  # width of a letter, a little more than it is: drawings of narrow screens have larger ones


def shares(bars: Sequence[tuple[str, Sequence[tuple[str, int]]]], unit: str, colours: Sequence[str]) -> Figure:
    """bars: (name, its parts as (name, number)). A part's name stands in it where there is room; all are listed beneath their bar."""
    totals = [sum(number for _, number in parts) for _, parts in bars]
    scale = (WIDE - 2 * LEFT) / max(1, *totals)
    body = []
    for place, ((name, parts), total) in enumerate(zip(bars, totals, strict=True)):
        x, y = LEFT, 22 + ROW * place
        body.append(text(LEFT, y - 6, f"{name}: {total:,} {unit}", "start", 'class="name"'))
        for index, (part, number) in enumerate(parts):
            wide = scale * number
            colour = colours[index % len(colours)]
            body.append(
                f'<rect x="{x:.1f}" y="{y + 4:.1f}" width="{max(0.5, wide):.1f}" height="26" fill="{colour}" fill-opacity="0.55">'
                f"<title>{part}: {number:,} {unit}</title></rect>"
            )
            if wide > LETTER * 1.7 * len(part):
                body.append(text(x + wide / 2, y + 22, part, more='class="tick on"'))
            x += wide
        listed = ", ".join(f"{part} {number:,}" for part, number in parts if number)
        body.append(text(LEFT, y + 48, short(listed, 68), "start", 'class="tick"'))
    described = ". ".join(f"{name} has {total:,} {unit}" for (name, _), total in zip(bars, totals, strict=True))
    rows = [(name, part, number) for name, parts in bars for part, number in parts]
    drawing = svg("".join(body), described, WIDE, ROW * len(bars))
    return Figure("", drawing, described, "", lambda: comma_separated(("net", "layer", unit), rows))
