"""A picture that the server draws as HTML or SVG, and that changes in place: nothing flickers, and it follows the theme."""

from __future__ import annotations

import html

from dlcore.charts.figure import Figure
from dlcore.ui.components import component


def figure(drawn: Figure, *, key: str, height: int = 0, wide: bool = False) -> None:
    """A drawing with its title above and its note beneath. height: pixels kept for it at least, so that nothing below moves as it
    changes. wide: it keeps its size and is scrolled sideways where there is less room."""
    note = f'<p class="note">{html.escape(drawn.note)}</p>' if drawn.note else ""
    scrolled = f'<div class="wide" tabindex="0">{drawn.svg}</div>' if wide else drawn.svg
    title = f'<p class="title">{html.escape(drawn.title)}</p>' if drawn.title else ""
    picture(f"<figure>{title}{scrolled}<figcaption>{note}</figcaption></figure>", key=key, height=height)


def picture(markup: str, *, key: str, height: int = 0) -> None:
    """HTML made by the charts room, which escapes every word that a person or a file has brought."""
    component("picture")(data={"html": markup, "height": height}, key=key, height="content")
