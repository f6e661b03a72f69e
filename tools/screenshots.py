"""The README's pictures, light and dark, of an app that has really trained: `python tools/screenshots.py [FOLDER]` (by default docs/)."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.served import App, app, chromium  # noqa: E402
from dlcore import service  # noqa: E402
from dlcore.experiment import Experiment  # noqa: E402

PATIENCE = 600.0
WIDE, TALL, NARROW = (1280, 800), (1280, 1080), (400, 860)
DRAWN = """() => document.querySelector('.stMain h1')
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'"""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, app(Path(home)) as lab, chromium() as browser:
        for name, address, size, ready in scenes(trained(lab)):
            for scheme in ("light", "dark"):
                picture(browser, lab, address, size, scheme, ready, folder / f"{name}-{scheme}.png")


def trained(lab: App) -> dict[str, list[str]]:
    """Runs that the pictures show, by scene, each finished."""
    store = service.open_store(lab.home)
    digits = Experiment().with_(dataset="digits", epochs=40)
    moons = Experiment().with_(dataset="moons", model="mlp", layers=(16, 16), epochs=120, learning_rate=0.01)
    wanted = {
        "digits": [digits.with_(learning_rate=rate) for rate in (0.001, 0.01)],
        "moons": [moons],
        "compared": [digits.with_(optimizer=name) for name in ("sgd", "rmsprop", "adamw")],
    }
    runs = {scene: [service.start(experiment, store=store) for experiment in experiments] for scene, experiments in wanted.items()}
    deadline = time.monotonic() + PATIENCE
    for run in [run for own in runs.values() for run in own]:
        while not service.run(run, store=store).state.is_finished:
            if time.monotonic() > deadline:
                raise SystemExit(f"Run {run} has not finished within ten minutes.")
            time.sleep(0.2)
    return runs


def scenes(runs: dict[str, list[str]]) -> list[tuple[str, str, tuple[int, int], str]]:
    """(name, address, window, words that are there once the page is drawn)."""
    return [
        ("workbench", f"workbench?run={','.join(runs['digits'])}", WIDE, "Done: trained"),
        ("boundary", f"workbench?run={runs['moons'][0]}", WIDE, "Done: trained"),
        ("runs", f"runs?run={','.join(runs['compared'])}", TALL, "3 runs compared"),
        ("data", "data?dataset=digits&label_noise=0.1", WIDE, "Splits and shapes"),
        ("narrow", f"workbench?run={','.join(runs['digits'])}", NARROW, "Done: trained"),
    ]


def picture(browser: Any, lab: App, address: str, size: tuple[int, int], scheme: str, ready: str, path: Path) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{lab.address}/{address}")
    page.get_by_text(ready).first.wait_for()
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(3000)  # charts are drawn after their place is there, and nothing says when they are done
    page.screenshot(path=str(path))
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
