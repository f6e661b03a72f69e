"""An expression as a tree and, below it, as a chain: how many times a net composes on the longest way from a number to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlcore.charts.figure import Figure, svg, text

WIDTH, LEVEL, TOP = 680.0, 46.0, 24.0
BIG = 8


@dataclass(frozen=True)
class Spot:
    """A node: its symbol and what it comes to, its place across (leaves at 0, 1, …), its depth, its parent's number (root: −1)."""

    symbol: str
    value: int
    across: float
    down: int
    parent: int


def tree(spots: Sequence[Spot], symbols: Sequence[str], leaf: int, colours: Sequence[str]) -> Figure:
    """spots: the root first. symbols: of the expression with all its brackets. leaf: the number (from 0, in reading order) whose way to the
    root is drawn bold; beneath, the same number's way along the chain."""
    parents = {spot.parent for spot in spots}
    leaves = [number for number in range(len(spots)) if number not in parents]
    count, depth = len(leaves), max(spot.down for spot in spots)
    gap = (WIDTH - 60) / max(1, count - 1)
    at = [(30 + gap * spot.across if count > 1 else WIDTH / 2, TOP + LEVEL * spot.down) for spot in spots]
    way = _way(spots, leaves[min(leaf, count - 1)])
    body = [_edge(at[number], at[spot.parent], number in way, colours[0]) for number, spot in enumerate(spots) if spot.parent >= 0]
    for number, spot in enumerate(spots):
        left = spot.parent >= 0 and spots[spot.parent].across > spot.across
        body.append(_node(spot, *at[number], number in way, count, left, number not in leaves, colours[0]))
    height = TOP + LEVEL * depth + 40
    chained, needed = _chain(symbols, min(leaf, count - 1), height + 26, colours)
    body.append(chained)
    described = (
        f"The tree of {' '.join(symbols)}: {len(way) - 1} compositions from the chosen number to the root, {needed} along the chain."
    )
    note = "Bold: the way of one number to the answer. In the tree each joint composes once; the chain composes at every symbol."
    return Figure("", svg("".join(body), described, WIDTH, height + 60), described, note)


def _way(spots: Sequence[Spot], number: int) -> list[int]:
    found = [number]
    while (parent := spots[found[-1]].parent) >= 0:
        found.append(parent)
    return found


def _edge(child: tuple[float, float], parent: tuple[float, float], lit: bool, colour: str) -> str:
    stroke = f'stroke="{colour}" stroke-width="4"' if lit else 'stroke="currentColor" stroke-opacity="0.45"'
    return f'<path d="M{child[0]:.1f} {child[1]:.1f}L{parent[0]:.1f} {parent[1]:.1f}" {stroke}/>'


def _node(spot: Spot, x: float, y: float, lit: bool, count: int, left: bool, pair: bool, colour: str) -> str:
    """left: its parent lies to the right, so that what it comes to stands on its left, clear of the edge."""
    radius = 15 if count <= 16 else 9
    edge = f'style="stroke:{colour};stroke-width:3"' if lit else ""
    size = "" if count <= 16 else 'style="font-size:9px"'
    inside = text(x, y + 4.5, spot.symbol, more=f'class="name" {size}')
    side, anchor = (-radius - 4, "end") if left else (radius + 4, "start")
    value = text(x + side, y - 7, f"{spot.value:,}".replace("-", "−"), anchor, 'class="tick on"') if pair and count <= BIG else ""
    return f'<circle class="sheet" cx="{x:.1f}" cy="{y:.1f}" r="{radius}" {edge}/>{inside}{value}'


def _chain(symbols: Sequence[str], leaf: int, y: float, colours: Sequence[str]) -> tuple[str, int]:
    """The symbols in a row, those from the chosen number on bold; and how many there are from it to the end."""
    numbers = [place for place, symbol in enumerate(symbols) if symbol[-1].isdigit()]
    begin, gap = numbers[leaf], (WIDTH - 40) / len(symbols)
    links, spots = [], []
    for place, symbol in enumerate(symbols):
        x = 20 + gap * (place + 0.5)
        if place:
            stroke = f'stroke="{colours[1]}" stroke-width="4"' if place > begin else 'stroke="currentColor" stroke-opacity="0.45"'
            links.append(f'<path d="M{x - gap:.1f} {y}H{x:.1f}" {stroke}/>')
        spots.append(_symbol(place >= begin, x, symbol, y, gap, colours[1]))
    return "".join(links + spots), len(symbols) - begin


def _symbol(lit: bool, x: float, symbol: str, y: float, gap: float, colour: str) -> str:
    edge = f'style="stroke:{colour};stroke-width:3"' if lit else ""
    radius = min(13.0, gap * 0.42)
    words = text(x, y + radius * 0.33, symbol, more=f'style="font-size:{min(13.0, radius * 1.1):.1f}px"')
    return f'<circle class="sheet" cx="{x:.1f}" cy="{y}" r="{radius:.1f}" {edge}/>{words}'
