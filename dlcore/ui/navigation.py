"""The menu, built from what lies in the folders under pages/: a file there is a page, and its docstring's first words are its title."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from dlcore.ui import altair_chart, held, login, palette, way_back

PAGES = Path(__file__).parents[2] / "pages"
GROUPS = {
    "deep_learning": "Deep learning",
    "ann": "ANN",
    "hyper_parameters": "Hyper-parameters",
    "cnn": "CNN",
    "rnn": "RNN",
    "lab": "Lab",
}
# An icon of our own: a named one would be fetched from another server.
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><g stroke="#0072B2" stroke-width="1.6">
<path d="M5 6 12 12 5 18M12 12h7"/></g><g fill="#0072B2"><circle cx="5" cy="6" r="3"/><circle cx="5" cy="18" r="3"/>
<circle cx="12" cy="12" r="3"/></g><circle cx="19" cy="12" r="3" fill="#D55E00"/></svg>"""
# The one piece of CSS: Streamlit leaves 96 pixels above a page and 80 beside it, and as much between wrapped rows as between columns.
STYLE = """<style>
.st-key-theme { position: absolute; }
.st-key-health { min-height: 3rem; }
.st-key-verbs { gap: .5rem; }
.st-key-settings_undo [data-testid="stMarkdownContainer"], .st-key-settings_redo [data-testid="stMarkdownContainer"] {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.stMainBlockContainer { padding: 4.25rem 1.5rem 3rem; }
[data-testid="stMain"] [data-testid="stCheckbox"] :is(.stMarkdownEllipsis, p) { white-space: normal; }
[data-testid="stMain"] [data-testid="stPageLink-NavLink"] { padding-inline: 0; }
[data-testid="stMain"] [data-testid="stPageLink-NavLink"] p { white-space: normal; color: light-dark(#00598C, #8CCBF0); }
/* Room for what a live panel draws: its scripts come after what stands beneath it, which would jump. */
[class*="st-key-curve_"]:not([class*="st-key-curve_of_"]) { min-height: 330px; }
.st-key-second, .st-key-net_before { min-height: 366px; }
.st-key-mistakes { min-height: 250px; }
[data-testid="stSidebarHeader"] { height: 2rem; margin-bottom: 0; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: .65rem; }
/* Picture and controls of a topic belong on the first screen. */
[class*="st-key-controls_"], [class*="st-key-try_"] { gap: .4rem; }
[class*="st-key-numbers_"] { row-gap: .3rem; }
/* Streamlit writes white on the light blue of the dark theme's buttons, and captions too pale to be read by everybody. */
[data-testid="stBaseButton-primary"], [data-testid="stMultiSelect"] span[title] { color: light-dark(#FFFFFF, #0F151C); }
[data-testid="stCaptionContainer"] { opacity: .85; }
/* Buttons to save an Altair chart, like those at the corner of every other picture. */
.vega-embed { position: relative; }
.vega-embed .saves { position: absolute; top: 0; right: 0; display: flex; gap: 4px; opacity: 0; }
.vega-embed:hover .saves, .vega-embed .saves:focus-within { opacity: 1; }
.vega-embed .saves button { font-size: 12px; padding: 1px 8px; border-radius: 4px; cursor: pointer;
  color: light-dark(#1B2733, #E6EDF3); background: light-dark(#FFFFFF, #0F151C); border: 1px solid light-dark(#DDE3EC, #2B3642); }
@media (max-width: 640px) { .stMainBlockContainer { padding: 4rem 1rem 2rem; } .st-key-health { min-height: 7.5rem; }
  /* The controls follow their picture at once, and what is claimed of them comes after. */
  :has(> [data-testid="stColumn"] .st-key-first_claim) > [data-testid="stColumn"]:first-child,
  :has(> [data-testid="stColumn"] .st-key-first_claim) > [data-testid="stColumn"]:first-child > [data-testid="stVerticalBlock"] {
    display: contents; }
  :has(> .st-key-first_claim) { order: 1; } }
</style>"""


@dataclass(frozen=True)
class Leaf:
    """A page file. group: its folder, "" for the home page. order: its place in the menu (a number `ORDER` in the file). summary: what
    its docstring says after the title."""

    path: Path
    group: str
    title: str
    order: int
    summary: str = ""

    @property
    def address(self) -> str:
        """Where the page lies on the server: "workbench" for pages/lab/workbench.py."""
        return "" if not self.group else self.path.stem.replace("_", "-")


def show_pages() -> None:
    """Draw the menu and run the page that the address asks for."""
    st.set_page_config(page_title="dlcore", page_icon=ICON, layout="wide")
    st.html(STYLE)
    palette.follow_theme()
    if login.enter():
        menu = _menu()
        way_back.find([leaf.address for leaf in leaves(PAGES)])
        st.navigation(menu, position="top").run()
        altair_chart.watch()
        held.page_finished()


def address(name: str) -> str:
    """The path of the page file called `name`, from the server's root: "/workbench"."""
    for leaf in leaves(PAGES):
        if leaf.path.stem == name:
            return "/" + leaf.address
    raise KeyError(name)


@cache
def leaves(folder: Path) -> tuple[Leaf, ...]:
    """All pages in menu order. A page in a folder that is no group, or without a title, fails loudly by name."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        group = "" if path.parent == folder else path.parent.name
        if group and group not in GROUPS:
            raise TypeError(f"{path}: the folder is none of {', '.join(GROUPS)}")
        found.append(Leaf(path, group, *_heading(path)))
    places = ["", *GROUPS]
    return tuple(sorted(found, key=lambda leaf: (places.index(leaf.group), leaf.order, leaf.title)))


def page(name: str) -> st.Page:
    """The page file called `name`, for links and switches to it."""
    return next(_page(leaf) for leaf in leaves(PAGES) if leaf.path.stem == name)


def _menu() -> dict[str, list[st.Page]]:
    menu: dict[str, list[st.Page]] = {}
    for leaf in leaves(PAGES):
        menu.setdefault(GROUPS.get(leaf.group, ""), []).append(_page(leaf))
    return menu


def _page(leaf: Leaf) -> st.Page:
    return st.Page(leaf.path, title=leaf.title, url_path=leaf.address or None, default=not leaf.group)


def _heading(path: Path) -> tuple[str, int, str]:
    """Title, order and summary, read without running the page."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    title, _, summary = (ast.get_docstring(tree) or "").partition("\n\n")[0].replace("\n", " ").partition(":")
    title, summary = title.strip().rstrip("."), summary.strip()
    if not title:
        raise TypeError(f"{path}: a page begins with a docstring whose first words are its title, 'Dropout: …'")
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "ORDER":
            return title, int(ast.literal_eval(node.value)), summary
    return title, 100, summary
