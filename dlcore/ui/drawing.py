"""A topic's drawing: SVG from the charts room that changes in place, lights up what belongs together and reports clicks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from dlcore.charts.figure import Figure, Frame
from dlcore.ui.components import ASSETS, component


def drawing(
    figure: Figure, *, key: str, height: int = 0, frame: Frame | None = None, clicked: Callable[[float, float], None] | None = None,
    follows: Mapping[str, Any] | None = None, beneath: str = "",
) -> None:  # fmt: skip
    """height: pixels kept for it at least. clicked(x, y) is called with a place in the frame's own values.

    follows: how it asks for what the page's sliders say while they move (`try_panel`); beneath: the address at which the drawing above it
    does so, for both. Elements of the SVG that share a data-part light up together when one of them is pointed at or focused.
    """
    data = {"html": content(figure), "height": height, "frame": vars(frame) if frame and clicked else None, "follows": follows,
            "beneath": beneath}  # fmt: skip

    def act() -> None:
        spot = st.session_state[key].get("spot")
        if spot and clicked:
            clicked(float(spot[0]), float(spot[1]))

    component("drawing")(data=data, key=key, height="content", on_spot_change=act)


def content(figure: Figure) -> str:
    """The drawing and the small print beneath it, as HTML."""
    return figure.svg + (f'<p class="note">{html.escape(figure.note)}</p>' if figure.note else "")


# Where a theme says nothing: Streamlit's own colours.
_OWN = {"textColor": ("#31333F", "#FAFAFA"), "backgroundColor": ("#FFFFFF", "#0E1117"), "secondaryBackgroundColor": ("#F0F2F6", "#262730"),
        "borderColor": ("#D3D4D6", "#4C4F58"), "primaryColor": ("#FF4B4B", "#FF4B4B")}  # fmt: skip


def standalone(figure: Figure, dark: bool) -> bytes:
    """The drawing as an SVG file that any program shows as the page does: ground, colours and letters are written into it."""
    colours = {name: st.get_option(f"theme.{'dark' if dark else 'light'}.{name}") or own[dark] for name, own in _OWN.items()}
    style = _style()
    for name, value in colours.items():
        style = style.replace(f"var(--st-{re.sub('[A-Z]', lambda letter: '-' + letter[0].lower(), name)})", value)
    head, _, body = figure.svg.partition(">")
    note = f"<desc>{html.escape(figure.note or figure.described)}</desc>"
    ground = f'<rect width="100%" height="100%" fill="{colours["backgroundColor"]}"/>'
    opened = head.replace("<svg", f'<svg xmlns="http://www.w3.org/2000/svg" color="{colours["textColor"]}"', 1)
    return f"{opened}>{note}<style>{style}</style>{ground}{body}".encode()


@cache
def _style() -> str:
    """The page's own style of drawings, as far as it says how shapes look, without what only browsers understand."""
    rules = re.findall(r"^\.drawing ((?:svg |text|\.)[^{]*)(\{[^}]*\})", (ASSETS / "drawing.css").read_text(encoding="utf-8"), re.MULTILINE)
    text = "".join(f"{selector.strip()}{body}" for selector, body in rules if not selector.startswith((".note", ".keys", "svg ")))
    text = re.sub(r"calc\(([\d.]+px) \* var\(--grow\)\)", r"\1", text)
    return text.replace("var(--st-font)", "sans-serif")
