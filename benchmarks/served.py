"""The app as a person starts it, on a store of its own with many runs; Chromium beside it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store, log, rows

ROOT = Path(__file__).resolve().parents[1]
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds", "examples_per_second")
PATIENCE = 120.0


@dataclass
class App:
    """A running `streamlit run app.py`. began: when it was started, in seconds of `time.time`."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    began: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> int:
        """Bytes that the server's process holds."""
        return int(psutil.Process(self.process.pid).memory_info().rss)


@contextmanager
def app(home: Path) -> Iterator[App]:
    """Starts the app on this store and ends it, and its trainer, afterwards."""
    port = _free_port()
    os.environ["DLCORE_HOME"] = str(home)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true", "--server.port", str(port)]
    began = time.time()
    with open(home / "app.log", "wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
        try:
            _wait_until_healthy(port, process, home)
            yield App(home, port, process, began)
        finally:
            process.send_signal(signal.SIGTERM)
            service.stop_trainer(store=service.open_store(home))
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window; ends with a sentence where there is none."""
    from playwright.sync_api import sync_playwright

    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if path is None:
        raise SystemExit("There is no Chromium on this machine: tools/browser.sh gets one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        try:
            yield browser
        finally:
            browser.close()


def fill(store: Store, count: int) -> None:
    """Writes that many finished runs of different settings, four epochs each, in one transaction: a year of use."""
    datasets = ("digits", "iris", "moons", "wine")
    base = {name: log.submission(Experiment().with_(dataset=name, model="mlp", epochs=4), "interactive") for name in datasets}
    numbers = np.random.default_rng(0)
    with store._database.write() as db:
        for place in range(count):
            dataset = datasets[place % len(datasets)]
            settings = json.loads(base[dataset]["experiment"])
            settings["seed"], settings["optimizer"]["learning_rate"] = place, float(10 ** numbers.uniform(-4, -1))
            body = base[dataset] | {
                "owner": f"browser-{place % 30:02d}",
                "title": "",
                "colour": place % 8,
                "experiment": json.dumps(settings),
            }
            now = time.time()
            event = Event(rows.new_id(db, now), 0, 0, "submitted", now, body)
            log.submit(db, log.first_row(event), event)
            curves = numbers.random((4, len(METRICS))).astype("<f4").tobytes()
            log.append(db, [
                Event(event.run, 1, 0, "started", now, {"worker": "wide-1", "worker_class": "wide", "environment": {}, "step": 0}),
                Event(event.run, 1, 1, "epochs", now, {"names": list(METRICS), "first": 1}, curves),
                Event(event.run, 1, 2, "done", now, {"metrics": {}}),
            ])  # fmt: skip


def _wait_until_healthy(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.02)
    raise SystemExit("The app did not come up:\n" + (home / "app.log").read_text()[-2000:])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
