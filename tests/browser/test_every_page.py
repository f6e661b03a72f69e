"""Every page of the menu, as anybody may open it: wide and narrow, light and dark, by keyboard and with a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from dlcore.ui.navigation import PAGES, Leaf, leaves
from tests.browser import drawn

pytestmark = pytest.mark.browser

WIDE, NARROW = (1280, 800), (400, 860)
# Both windows and both themes; the other two pairings at night.
LOOKS = ((WIDE, "light"), (NARROW, "dark"))
OTHERS = ((WIDE, "dark"), (NARROW, "light"))
OVERFLOW = "() => { const main = document.querySelector('.stMain'); return main.scrollWidth - main.clientWidth }"
# Streamlit's own markup, which no page of ours can change: its menu and status, and how its tabs and sliders are built.
CHECK = """async exclude => {
    const found = await axe.run({include: ['.stMain'], exclude}, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa']})
    return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${rule.help}: ${node.html.slice(0, 200)}`))
}"""
# What can be tried on a topic's first screen: its pictures, and the controls beside or beneath them.
PICTURES = '[class*="st-key-try_"] .drawing svg'
KINDS = ".stSlider, .stSelectbox, .stMultiSelect, .stNumberInput, .stTextInput, .stCheckbox, .stButton, .stButtonGroup, .stPopover"
CONTROLS = f':is([class*="st-key-try_"], [class*="st-key-controls_"]) :is({KINDS})'
IS_CLAIMED_LAST = """() => {
    const claim = document.querySelector('.st-key-first_claim'), top = one => one.getBoundingClientRect().top
    const tried = claim?.closest('[data-testid="stHorizontalBlock"]')
        .querySelectorAll('[class*="st-key-controls_"], [class*="st-key-try_"]')
    return !claim || [...tried].every(one => top(one) < top(claim))
}"""
PLACE = "([found]) => { const box = found.getBoundingClientRect(); return [box.top, box.right] }"
LOWEST_EDGE = "found => Math.max(0, ...found.map(one => one.getBoundingClientRect().bottom))"
STREAMLITS_OWN = [['[data-testid="stSliderTickBar"]']]  # the ends of a slider in hand, which fade in


@pytest.mark.parametrize("leaf", leaves(PAGES), ids=lambda leaf: leaf.address or "home")
@pytest.mark.parametrize("looks", [LOOKS, pytest.param(OTHERS, marks=pytest.mark.nightly)], ids=["", "the other way round"])
def test_page_fits_each_window_and_can_be_read_by_everybody(quiet_server: Any, visit: Callable[..., Any], leaf: Leaf, looks: Any) -> None:
    page = visit(f"{quiet_server.address}/{leaf.address}")
    page.wait_for_function(drawn.DRAWN)
    page.add_script_tag(content=(files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    wrong = []
    for (width, height), scheme in looks:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(drawn.DRAWN)
        wrong += [f"{width} px, {scheme}: {said}" for said in page.evaluate(CHECK, STREAMLITS_OWN)]
        if page.evaluate(OVERFLOW) > 0:
            wrong.append(f"{width} px: wider than its window")
        if (width, height) == WIDE and leaf in drawn.PAGES:
            check_first_screen(page, leaf)
        if (width, height) == NARROW and not page.evaluate(IS_CLAIMED_LAST):
            wrong.append(f"{width} px: a claim stands between a picture and its controls")
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def check_first_screen(page: Any, leaf: Leaf) -> None:
    """A topic's title, pictures and controls are on the first screen, and the picture answers its slider."""
    page.locator(drawn.DRAWING).first.wait_for()
    top, right = page.locator(drawn.DRAWING).evaluate_all(PLACE)  # at once: a page that turns dark draws another picture
    assert top < 500 and right <= WIDE[0]
    assert page.locator("h1").bounding_box()["y"] < 200
    for part in (PICTURES, CONTROLS):
        assert page.locator(part).evaluate_all(LOWEST_EDGE) <= WIDE[1], part
    if leaf.address in drawn.MOVED:
        before = drawn.picture(page)
        drawn.move(page, *drawn.MOVED[leaf.address])
        drawn.wait_until(page, "!==", before)
        page.wait_for_function(drawn.DRAWN)
