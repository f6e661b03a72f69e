"""Pictures of all pages, wide and narrow, light and dark: `python tests/browser/screenshots.py http://127.0.0.1:8501 screenshots [?run=…]`.

For people who change how the app looks; no test compares them.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SIZES = {"wide": (1280, 800), "narrow": (400, 860)}
PAGES = ("", "workbench", "runs")


def main(address: str, folder: str, query: str = "") -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
                for name in PAGES:
                    page.goto(f"{address}/{name}{query if name == 'workbench' else ''}")
                    page.locator("h1").wait_for()
                    # Charts and tables are drawn after the heading, and nothing says when they are done.
                    page.wait_for_timeout(2500)
                    page.screenshot(path=f"{folder}/{name or 'home'}-{size}-{scheme}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
