"""How soon a topic's picture answers a moved slider: Chromium against `streamlit run app.py`, by the page's own clock.

python benchmarks/pictures.py [--page NAME …] [--quick] [--json]

For each page the median time from a key on its slider to the frame that shows the changed picture. Nothing trains meanwhile.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.engine import warn_when_busy
from benchmarks.limits import Figure, limited, options, show
from benchmarks.served import App, app, chromium
from tests.browser import drawn

LIMIT = 0.1
PRESSES, QUICK_PRESSES = 12, 6
QUICK_PAGES = ("activations", "weights", "layers", "walk")
# In the page: milliseconds from a key to the second frame after its picture has changed, which is when the first one is seen.
ANSWER = """host => { window.answered = 0
    const root = host.getRootNode(), drawing = () => root.querySelector('.drawing svg')?.innerHTML
    document.addEventListener('keydown', () => {
        const began = performance.now(), before = drawing()
        const look = () => {
            if (performance.now() - began > 10000) window.answered = -1
            else if (drawing() === before) requestAnimationFrame(look)
            else requestAnimationFrame(() => window.answered = performance.now() - began)
        }
        requestAnimationFrame(look)
    }, {once: true, capture: true})
}"""
BACK = {"ArrowLeft": "ArrowRight", "ArrowRight": "ArrowLeft", "Home": "End", "End": "Home"}


def figure(browser: Any, lab: App, name: str, presses: int) -> Figure:
    """One page's. The slider goes to and fro, so that every key changes the picture; the first two keys do not count."""
    leaf = next(leaf for leaf in drawn.PAGES if leaf.address == name)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{lab.address}/{leaf.address}")
    picture = page.locator(drawn.DRAWING).first
    picture.wait_for()
    page.wait_for_load_state("networkidle")
    label, key = drawn.MOVED[name]
    waited = []
    for place in range(presses + 2):
        picture.evaluate(ANSWER)
        drawn.move(page, label, key if place % 2 == 0 else BACK[key])
        page.wait_for_function("window.answered")
        waited.append(float(page.evaluate("window.answered / 1000")))
        page.wait_for_timeout(250)  # as a person does; and what the page still has to do for the last key is done
    page.close()
    kept = [seconds for seconds in waited[2:] if seconds > 0]
    if len(kept) < presses // 2:
        raise SystemExit(f"{name}: {label} does not change the picture with every key.")
    return limited(name, statistics.median(kept), LIMIT)


def main() -> None:
    asked = options(__doc__ or "", "page", drawn.MOVED, ", ".join(QUICK_PAGES))
    warn_when_busy()
    names = asked.page or (QUICK_PAGES if asked.quick else tuple(drawn.MOVED))
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, app(Path(folder)) as lab:
        for name in names:
            show(figure(browser, lab, name, QUICK_PRESSES if asked.quick else PRESSES), "s", asked.json)


if __name__ == "__main__":
    main()
