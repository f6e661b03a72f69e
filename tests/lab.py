"""A trainer in a process of its own, waiting for what it does, and a look at what is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from distributed import Security

from dlcore.run import Run
from dlcore.store import Store

ROOT = Path(__file__).parent.parent
PATIENCE = 120.0  # seconds after which a test gives up waiting; far more than anything takes, since machines differ


def wait_for(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """The first true value of `condition`; fails with `what` when there is none."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.01)
    pytest.fail(f"Waited {seconds:g} seconds for {what}.")


def processes_of(home: Path) -> dict[int, str]:
    """pid → command line of all living processes whose environment names this DLCORE_HOME, but for this one."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if f"DLCORE_HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:  # gone meanwhile, a zombie, or not ours
                continue
    return found


def trainer_environment(home: Path) -> dict[str, str]:
    """For a trainer with the fake engine (tests/fake_worker.py), one wide worker and short patience."""
    return {
        "DLCORE_HOME": str(home), "DLCORE_WORKER_MODULE": "tests.fake_worker", "DLCORE_NARROW": "0",
        "DLCORE_SILENCE": "3", "DLCORE_HEED": "2", "DLCORE_LEASE": "2", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


@dataclass
class Trainer:
    """A trainer daemon in a process of its own, on the store at `home`."""

    home: Path
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        return self.processes[-1]

    @property
    def log(self) -> str:
        return (self.home / "trainer.log").read_text()

    def start(self, **more: str) -> Trainer:
        environment = {**os.environ, **self.environment, **more}
        with open(self.home / "trainer.log", "ab") as log:
            command = [sys.executable, "-m", "dlcore.trainer"]
            self.processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log, start_new_session=True))
        return self

    def workers(self, store: Store) -> list[dict[str, Any]]:
        """The workers as this very daemon reported them, none before its first report."""
        status = store.trainer() or {}
        return status.get("workers", []) if status.get("pid") == self.process.pid else []

    def busy_on(self, store: Store, run: str, but: int = 0) -> dict[str, Any]:
        """The worker that trains the run, once the trainer says so. but: the pid of one that is known to be gone."""

        def find() -> dict[str, Any] | None:
            busy = [worker for worker in self.workers(store) if worker["run"] == run and worker["state"] == "busy"]
            return next((worker for worker in busy if worker["pid"] != but), None)

        return wait_for(find, f"a worker for {run}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)

    def end(self) -> None:
        """Ends whatever is left; fails the test when that is more than the daemon itself and its workers' last breath."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        try:
            wait_for(lambda: not processes_of(self.home), "processes to be gone", 15)
        finally:
            for pid in processes_of(self.home):
                os.kill(pid, signal.SIGKILL)


class HandStarted:
    """A dask scheduler and two workers as another machine would run them: with certificates in files, and nothing of the trainer's."""

    def __init__(self, folder: Path, lease: float = 2) -> None:
        self.folder, self.lease = folder, lease
        self.processes: list[subprocess.Popen[bytes]] = []
        security = Security.temporary()
        self.files = {"ca-file": "tls_ca_file", "cert": "tls_client_cert", "key": "tls_client_key"}
        for name, field_name in self.files.items():
            (folder / name).write_text(getattr(security, field_name))
            (folder / name).chmod(0o600)

    def start(self) -> HandStarted:
        address = self.folder / "scheduler.json"
        where = ["--host", "127.0.0.1", "--port", "0", "--protocol", "tls", "--scheduler-file", str(address)]
        self._launch("scheduler", *where, "--no-dashboard")
        wait_for(lambda: address.exists() and address.read_text().rstrip().endswith("}"), "the scheduler")
        for name, resources in (("by-hand-1", []), ("by-hand-2", ["--resources", "narrow=1"])):
            options = ["--host", "127.0.0.1", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--name", name, *resources]
            self._launch("worker", "--scheduler-file", str(address), "--local-directory", str(self.folder), *options)
        return self

    @property
    def environment(self) -> dict[str, str]:
        """What a trainer needs to use it."""
        address = json.loads((self.folder / "scheduler.json").read_text())["address"]
        prefix = "DASK_DISTRIBUTED__COMM__TLS__"
        names = {"CA_FILE": "ca-file", "CLIENT__CERT": "cert", "CLIENT__KEY": "key"}
        return {"DLCORE_SCHEDULER": address} | {prefix + name: str(self.folder / file) for name, file in names.items()}

    def end(self) -> None:
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _launch(self, kind: str, *options: str) -> None:
        keys = [part for name in self.files for part in (f"--tls-{name}", str(self.folder / name))]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DLCORE_LEASE": str(self.lease), "DLCORE_WORKER_MODULE": "tests.fake_worker"}
        environment.pop("DLCORE_HOME", None)  # they are not the lab's own: they stay when the trainer goes
        with open(self.folder / f"{kind}.log", "ab") as log:
            command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *keys, *options]
            self.processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True))


def finished(store: Store, run: str) -> Run:
    """The run, once it is finished."""
    return wait_for(lambda: now if (now := store.run(run)).state.is_finished else None, f"run {run} to finish")
