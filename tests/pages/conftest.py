"""Pages are drawn by AppTest on a real store, and no trainer runs: what a worker would report, a test writes."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store
from dlcore.ui import navigation

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    return service.open_store()


class Drawn:
    """A page that was drawn, in the words of a person who looks at it."""

    def __init__(self, app: AppTest) -> None:
        self.app = app

    @property
    def buttons(self) -> list[str]:
        """Those of the page itself; the sidebar's bear icons."""
        return [button.label for button in self.app.main.button]

    @property
    def errors(self) -> list[str]:
        return [error.value for error in self.app.error]

    @property
    def words(self) -> str:
        """All text on the page, without widgets and charts."""
        kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "html")
        found = [element for kind in kinds for element in self.app.get(kind)]
        return "\n".join(element.proto.body for element in found if hasattr(element.proto, "body")).replace("\u00a0", " ")

    @property
    def query(self) -> dict[str, str]:
        return {key: "".join(values) for key, values in self.app.query_params.items()}

    @property
    def numbers(self) -> dict[str, str]:
        """The row of numbers: what each is called, and what it is."""
        pairs = re.findall(r"<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", self.words)
        return {html.unescape(name): html.unescape(value) for name, value in pairs}

    def press(self, label: str) -> Drawn:
        next(button for button in self.app.button if button.label == label).click()
        return self._drawn_again()

    def widget(self, kind: str, label: str) -> Any:
        return next(widget for widget in self.app.get(kind) if widget.label == label)

    def set(self, kind: str, label: str, value: Any) -> Drawn:
        self.widget(kind, label).set_value(value)
        return self._drawn_again()

    def _drawn_again(self) -> Drawn:
        self.app.run()
        assert not self.app.exception
        return self


@pytest.fixture
def open_page() -> Callable[..., Drawn]:
    """open_page("workbench", run="…") draws that page as a browser with that address would get it."""

    def draw(name: str = "home", **query: str) -> Drawn:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.session_state["form.all"] = True  # "All settings" lies open, so that tests reach every control
        for key, text in query.items():
            app.query_params[key] = text
        leaf = next(leaf for leaf in navigation.leaves(navigation.PAGES) if leaf.path.stem == name)
        app.switch_page(str(leaf.path))
        if leaf.address != leaf.path.stem and leaf.address:
            # Before its first run AppTest goes by the file's name, and not by the page's address.
            app._page_hash = calc_hash(leaf.address)
        app.run()
        assert not app.exception
        return Drawn(app)

    return draw


@pytest.fixture
def trained(store: Store) -> Callable[..., str]:
    """trained(epochs=3) is the id of a run with that many recorded epochs, still running unless `end` names its last event."""

    def make(done: int = 2, end: str = "", **changes: object) -> str:
        run = service.start(Experiment().with_(**({"epochs": 4} | changes)))
        names = ["loss", "accuracy", "val_loss", "val_accuracy", "seconds", "examples_per_second"]
        rows = np.array([[1 / n, 1 - 1 / (n + 1), 1.1 / n, 0.9 - 0.5 / n, 0.5, 118_000] for n in range(1, done + 1)], "<f4")
        now = time.time()
        store.append([
            Event(run, 1, 0, "started", now, {"worker": "wide", "worker_class": "wide", "environment": {}, "step": 0}),
            Event(run, 1, 1, "steps", now, {"names": ["loss"], "first": 0}, np.linspace(2, 1, 40 * done, dtype="<f4").tobytes()),
            Event(run, 1, 2, "epochs", now, {"names": names, "first": 1}, rows.tobytes()),
        ])  # fmt: skip
        bodies = {"done": {"metrics": {}}, "failed": {"cause": "The loss became NaN at step 84.", "hint": "Lower the learning rate."}}
        if end:
            store.append([Event(run, 1, 3, end, now, bodies.get(end, {"step": 40 * done, "epoch": done}))])
        return run

    return make
