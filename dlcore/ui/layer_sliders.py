"""Hidden layers by sliders: how many, and how wide; all alike, or each for itself. What is set goes into the page's experiment."""

from __future__ import annotations

import streamlit as st

from dlcore.ui import form
from dlcore.ui.tries import Look, Values

DEEPEST = 10
WIDTHS = (4, 8, 16, 32, 64, 128, 256, 512)
USUAL = 64
DEPTH, ALIKE, WIDTH = "layer_depth", "layer_alike", "layer_width"


def sliders(values: Values, look: Look) -> None:
    """Drawn below a picture of the net (`Try.verbs`). Nothing for a model that has no list of dense layers."""
    experiment = look.opened.experiment
    layers = experiment.model.settings.get("layers")
    if not isinstance(layers, tuple):
        return
    now = [int(width) for width in layers]  # type: ignore[arg-type]
    wanted = sliders_for(now)
    if wanted != now:
        form.change({"model.layers": ",".join(map(str, wanted))}, base=look.opened.base)
        st.rerun()


def sliders_for(now: list[int]) -> list[int]:
    """The sliders for these widths, and what they say."""
    depth = st.slider("Hidden layers", 0, max(DEEPEST, len(now)), len(now), key=f"{DEPTH}_{len(now)}")
    if not depth:
        return []
    wanted = (now + [now[-1] if now else USUAL] * depth)[:depth]
    alike = len(set(now)) < 2
    if depth < 2 or st.toggle("All layers alike", alike, key=f"{ALIKE}_{alike}"):
        width = _width("Units in a layer" if depth > 1 else "Units", wanted[0], WIDTH)
        return [width] * depth
    return [_width(f"Units in layer {place + 1}", width, f"{WIDTH}_{place}") for place, width in enumerate(wanted)]


def _width(label: str, now: int, key: str) -> int:
    return int(st.select_slider(label, sorted({*WIDTHS, now}), now, key=f"{key}_{now}"))
