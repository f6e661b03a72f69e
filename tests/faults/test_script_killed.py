"""A script that is run to prove a run does not outlive the worker that runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.lab import wait_for

SCRIPT = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(600)"
PROOF = (
    "import pathlib, sys; from dlcore.jobs.verify import run_script; run_script(sys.argv[1].encode(), pathlib.Path(sys.argv[2]), 1, print)"
)


def test_script_that_proves_a_run_ends_with_its_killed_worker(tmp_path: Path) -> None:
    worker = subprocess.Popen([sys.executable, "-c", PROOF, SCRIPT, str(tmp_path)])
    try:
        pid = int(wait_for(lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text(), "the script to start"))
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    wait_for(lambda: not _runs(pid), "the script to end")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
