"""The cells of LSTM and GRU, drawn with the numbers of one unit; a part and its formula light up together."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from dlcore.charts.figure import Figure, svg, text

SIZE = (680.0, 470.0)
LSTM = {
    "forget": ("f = σ(w x + u h + b)", "f", "Forget gate: how much of the cell is kept"),
    "input": ("i = σ(w x + u h + b)", "i", "Input gate: how much of the candidate is let in"),
    "candidate": ("g = tanh(w x + u h + b)", "g", "Candidate: what might be written"),
    "cell": ("c = f · c before + i · g", "c", "Cell: the memory itself, a sum and no squashing on its way"),
    "output": ("o = σ(w x + u h + b)", "o", "Output gate: how much of the cell is shown"),
    "state": ("h = o · tanh(c)", "h", "State: what the net and the next step see"),
}
GRU = {
    "reset": ("r = σ(w x + u h + b)", "r", "Reset gate: how much of the state the candidate sees"),
    "candidate": ("g = tanh(w x + r · (u h + b))", "g", "Candidate: what might be written"),
    "update": ("z = σ(w x + u h + b)", "z", "Update gate: how much of the old state is kept"),
    "state": ("h = z · h before + (1 − z) · g", "h", "State: old and new, mixed"),
}
Numbers = Mapping[str, float]


def lstm(numbers: Numbers, colours: Sequence[str]) -> Figure:
    """numbers: x, before_h, before_c, and f, i, g, c, o, h of one unit at one step."""
    n = {name: f"{value:.2f}" for name, value in numbers.items()}
    inside = {
        "cell": _way("30,60 172,60", "208,60 352,60", "388,60 650,60") + _join(370, 60, "+") + _said(62, 46, f"c before {n['before_c']}")
        + _said(622, 46, f"c {n['c']}"),
        "state": _way("560,60 560,94", "560,124 560,170", "560,204 560,290 650,290") + _oval(560, 110, "tanh") + _join(560, 188, "×")
        + _said(622, 278, f"h {n['h']}"),
        "forget": _way("190,290 190,254", "190,218 190,78") + _box(190, 235, "σ") + _join(190, 60, "×") + _said(214, 150, n["f"]),
        "input": _way("280,290 280,254", "280,218 280,140 352,140") + _box(280, 235, "σ") + _said(304, 190, n["i"]),
        "candidate": _way("370,290 370,254", "370,218 370,158", "370,124 370,78") + _box(370, 235, "tanh") + _join(370, 140, "×")
        + _said(396, 190, n["g"]),
        "output": _way("470,290 470,254", "470,218 470,188 542,188") + _box(470, 235, "σ") + _said(494, 206, n["o"]),
    }  # fmt: skip
    given = (
        _way("30,290 470,290", "90,350 90,290", head=False) + _said(90, 366, f"x {n['x']}") + _said(62, 278, f"h before {n['before_h']}")
    )
    return _drawn("LSTM", given, inside, LSTM, n, colours)


def gru(numbers: Numbers, colours: Sequence[str]) -> Figure:
    """numbers: x, before_h, and z, r, g, h of one unit at one step."""
    n = {name: f"{value:.2f}" for name, value in numbers.items()}
    inside = {
        "state": _way("30,60 302,60", "338,60 532,60", "566,60 650,60") + _join(320, 60, "×") + _join(550, 60, "+")
        + _said(62, 46, f"h before {n['before_h']}") + _said(622, 46, f"h {n['h']}"),
        "reset": _way("170,60 170,125 412,125 412,134", "190,290 190,254", "190,218 190,150 394,150", "412,166 412,216")
        + _box(190, 235, "σ") + _join(412, 150, "×") + _said(214, 196, n["r"]),
        "update": _way("320,290 320,254", "320,218 320,78", "320,190 472,190", "526,190 532,190") + _box(320, 235, "σ")
        + _said(344, 210, n["z"]) + _oval(500, 190, "1 −"),
        "candidate": _way("450,290 450,254", "450,235 550,235 550,208", "550,174 550,78") + _box(436, 235, "tanh") + _join(550, 190, "×")
        + _said(500, 252, n["g"]),
    }  # fmt: skip
    given = _way("60,60 60,290 450,290", "90,350 90,290", head=False) + _said(90, 366, f"x {n['x']}")
    return _drawn("GRU", given, inside, GRU, n, colours)


def _drawn(
    name: str,
    given: str,
    inside: Mapping[str, str],
    parts: Mapping[str, tuple[str, str, str]],
    n: Mapping[str, str],
    colours: Sequence[str],
) -> Figure:
    """given: what stands outside of all parts. inside: the drawing of each part."""
    frame = '<rect x="130" y="20" width="480" height="300" rx="14" fill="none" stroke="currentColor" stroke-opacity="0.3"/>'
    body = [frame, given]
    for place, (part, colour) in enumerate(zip(parts, colours, strict=False)):
        formula, key, said = parts[part]
        x, y = 30 + 330 * (place % 2), 402 + 26 * (place // 2)
        body.append(_part(part, said, colour, inside[part]))
        body.append(_part(part, said, colour, text(x, y, f"{formula} = {n[key]}", "start", f'style="fill:{colour}" class="name"')))
    described = f"A cell of {name} with its parts: " + ", ".join(f"{part} {n[key]}" for part, (_, key, _) in parts.items())
    note = "Point at a part, or move to it with the Tab key: it and its formula light up."
    return Figure("", svg("".join(body), described, *SIZE), described, note)


def _part(name: str, said: str, colour: str, inside: str) -> str:
    said = html.escape(said)
    return f'<g data-part="{name}" tabindex="0" aria-label="{said}" style="color:{colour}"><title>{said}</title>{inside}</g>'


def _way(*lines: str, head: bool = True) -> str:
    """Lines through points "x,y x,y …" along the axes, each with an arrowhead at its end."""
    found = []
    for line in lines:
        points = [tuple(float(part) for part in point.split(",")) for point in line.split()]
        (x1, y1), (x2, y2) = points[-2:]
        ux, uy = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
        end = f"m{-6 * ux - 4 * uy} {-6 * uy - 4 * ux}L{x2:g} {y2:g}l{-6 * ux + 4 * uy} {-6 * uy + 4 * ux}" if head else ""
        found.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + end)
    return f'<path d="{"".join(found)}" fill="none" stroke="currentColor" stroke-width="1.8"/>'


def _box(x: float, y: float, words: str) -> str:
    return f'<rect class="sheet" x="{x - 24}" y="{y - 17}" width="48" height="34" rx="6"/>' + text(x, y + 5, words, more='class="name"')


def _oval(x: float, y: float, words: str) -> str:
    return f'<ellipse class="sheet" cx="{x}" cy="{y}" rx="26" ry="14"/>' + text(x, y + 4.5, words)


def _join(x: float, y: float, words: str) -> str:
    return f'<circle class="sheet" cx="{x}" cy="{y}" r="16"/>' + text(x, y + 6, words, more='class="name large"')


def _said(x: float, y: float, words: str) -> str:
    return text(x, y, words, more='class="tick on"')
