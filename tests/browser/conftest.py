"""One server with one trainer, and one Chromium, for all journeys."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dlcore import launch
from tests.browser.tabs import Tab

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that ask for the server with a trainer need the machine to themselves (tools/test.sh)."""
    for item in items:
        if item.path.parent == Path(__file__).parent and "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.alone)


@dataclass
class Server:
    """The app as a person starts it, on a store of its own."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = self.port or _free_port()
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true", "--server.port", str(self.port)]
        environment = {**os.environ, "DLCORE_HOME": str(self.home), **self.environment}
        with open(self.home / "app.log", "ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5):
                    return self
            except (urllib.error.URLError, OSError):
                assert self.process.poll() is None, (self.home / "app.log").read_text()[-3000:]
                time.sleep(0.1)
        raise AssertionError("the server did not come up: " + (self.home / "app.log").read_text()[-3000:])

    def kill(self, signal_number: int = signal.SIGKILL) -> None:
        """Ends the app alone, as `kill -9` does; the trainer is in a session of its own."""
        if self.process is not None:
            self.process.send_signal(signal_number)
            self.process.wait(timeout=60)
            self.process = None


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def warmed(server: Server, chromium: Any) -> Server:
    """The server once it has drawn a page, so that all modules are imported; a cold one has tests of its own."""
    page = chromium.new_page()
    page.goto(f"{server.address}/claims")
    page.wait_for_selector("h1", timeout=PATIENCE * 1000)
    page.close()
    return server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("lab")
    running = warmed(Server(home).start(), chromium)
    yield running
    running.kill(signal.SIGTERM)
    launch.stop(home, 30.0)


@pytest.fixture(scope="session")
def quiet_server(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Server]:
    """A server without a trainer, for all that needs no training."""
    running = warmed(Server(tmp_path_factory.mktemp("quiet"), {"DLCORE_TRAINER": "manual"}).start(), chromium)
    yield running
    running.kill(signal.SIGTERM)


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has asked for anything yet, without a trainer."""
    running = Server(tmp_path / "lab", {"DLCORE_TRAINER": "manual"}).start()
    yield running
    running.kill(signal.SIGTERM)


@pytest.fixture(scope="session")
def idle_tabs(chromium: Any) -> list[Tab]:
    """Those that no test uses just now. They end with their browser."""
    return []


@pytest.fixture
def visit(chromium: Any, idle_tabs: list[Tab]) -> Iterator[Callable[..., Any]]:
    """visit(address, width=…, dark=…) opens a page in a browser of its own; whatever its console complains about fails the test."""
    used: list[Tab] = []

    def open_it(address: str, width: int = 1280, height: int = 800, dark: bool = False) -> Any:
        used.append(idle_tabs.pop() if idle_tabs else Tab(chromium, PATIENCE * 1000))
        return used[-1].open(address, width, height, dark)

    yield open_it
    complaints = [said for tab in used for said in tab.complaints]
    idle_tabs += [tab for tab in reversed(used) if tab.forget()]
    assert not complaints


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
