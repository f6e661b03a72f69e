"""The net of two inputs, two hidden units and one output, with the numbers that are known after so many steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from dlcore.charts.figure import Figure, svg, text

SIZE = (680.0, 380.0)
PLACES = {"x1": (60, 100), "x2": (60, 290), "h1": (300, 100), "h2": (300, 290), "o": (520, 195), "loss": (640, 195)}
EDGES = {"w11": ("x1", "h1", 0.5, -10), "w12": ("x1", "h2", 0.3, -8), "w21": ("x2", "h1", 0.3, 16), "w22": ("x2", "h2", 0.5, 20),
         "v1": ("h1", "o", 0.5, -10), "v2": ("h2", "o", 0.5, 20)}  # fmt: skip
BIASES = {"b1": ("h1", -52), "b2": ("h2", 62), "c": ("o", 72)}
NAMES = {"w11": "w₁₁", "w12": "w₁₂", "w21": "w₂₁", "w22": "w₂₂", "v1": "v₁", "v2": "v₂", "b1": "b₁", "b2": "b₂", "c": "c",
         "x1": "x₁", "x2": "x₂", "h1": "h₁", "h2": "h₂", "o": "o", "loss": "L"}  # fmt: skip


def net(
    weights: Mapping[str, float], values: Mapping[str, float], gradients: Mapping[str, float], lit: Collection[str],
    after: Mapping[str, float], colours: Sequence[str], described: str,
) -> Figure:  # fmt: skip
    """weights: all nine parameters. values: inputs and what the forward pass has found so far; gradients: what the backward pass has;
    after: parameters that were updated. lit: the edges and units of this step."""
    body = [_edge(name, weights, gradients, after, lit, colours) for name in EDGES]
    body.append(f'<path class="arrow" d="M548 195H{PLACES["loss"][0] - 28}m-5 -4l5 4l-5 4"/>')
    body += [_bias(name, weights, gradients, after, lit, colours) for name in BIASES]
    body += [_unit(name, values, gradients, lit, colours) for name in PLACES]
    note = "Orange: ∂L, how much the loss grows when this number does. Green: the parameter after the update."
    return Figure("", svg("".join(body), described, *SIZE), described, note)


def _edge(name: str, weights: Mapping[str, float], gradients: Mapping[str, float], after: Mapping[str, float], lit: Collection[str],
          colours: Sequence[str]) -> str:  # fmt: skip
    one, two, share, shift = EDGES[name]
    (x1, y1), (x2, y2) = PLACES[one], PLACES[two]
    stroke = f'stroke="{colours[0]}" stroke-width="4"' if name in lit else 'stroke="currentColor" stroke-opacity="0.4" stroke-width="1.5"'
    x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1) + shift
    words = _words(name, x, y, weights[name], gradients.get(name), after.get(name), colours, up=shift < 0)
    return f'<path d="M{x1 + 26} {y1}L{x2 - 28} {y2}" fill="none" {stroke}/>{words}'


def _bias(name: str, weights: Mapping[str, float], gradients: Mapping[str, float], after: Mapping[str, float], lit: Collection[str],
          colours: Sequence[str]) -> str:  # fmt: skip
    unit, shift = BIASES[name]
    x, y = PLACES[unit]
    edge = y + (30 if shift > 0 else -30)
    stroke = f'stroke="{colours[0]}" stroke-width="4"' if name in lit else 'stroke="currentColor" stroke-opacity="0.4"'
    return f'<path d="M{x} {edge}V{y + shift * 0.82:.0f}" {stroke}/>' + _words(
        name, x, y + shift, weights[name], gradients.get(name), after.get(name), colours, up=shift < 0
    )


def _words(
    name: str, x: float, y: float, value: float, gradient: float | None, after: float | None, colours: Sequence[str], up: bool
) -> str:
    """The parameter, and above or below it what has been found of it."""
    parts = [text(x, y, f"{NAMES[name]} = {value:.3g}", more='class="on"')]
    further = [(f"∂L {gradient:.3g}", colours[1])] if gradient is not None else []
    further += [(f"→ {after:.4g}", colours[2])] if after is not None else []
    if further:
        shift = "-1.2em" if up else "1.2em"
        spans = "  ".join(words for words, _ in further)
        parts.append(text(x, y, spans, more=f'dy="{shift}" class="name on" style="fill:{further[-1][1]}"'))
    return "".join(parts)


def _unit(name: str, values: Mapping[str, float], gradients: Mapping[str, float], lit: Collection[str], colours: Sequence[str]) -> str:
    x, y = PLACES[name]
    edge = f'style="stroke:{colours[0]};stroke-width:4"' if name in lit else ""
    shape = f'<circle class="sheet" cx="{x}" cy="{y}" r="28" {edge}/>' if name != "loss" else (
        f'<rect class="sheet" x="{x - 26}" y="{y - 26}" width="52" height="52" rx="8" {edge}/>'
    )  # fmt: skip
    inside = text(x, y, NAMES[name], more='dy="-0.1em" class="name"')
    known = values.get(name)
    inside += text(x, y, "?" if known is None else f"{known:.3g}", more='dy="1.1em" class="tick"')
    gradient = gradients.get(name)
    below = text(x, y + 44, f"∂L {gradient:.3g}", more=f'class="name on" style="fill:{colours[1]}"') if gradient is not None else ""
    return shape + inside + below
