"""Runs a run's exported script in a fresh process and holds its losses against the recorded ones: the equality law, for one run."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dlcore import registry
from dlcore.errors import Invalid, LabError
from dlcore.exports._bundle import Bundle
from dlcore.exports._own_data import file_bytes, file_name, is_own
from dlcore.specs import Job

TOLERANCE = 1e-5
UNTOLD = ("epoch", "learning_rate", "seconds", "examples_per_second")
# Runs the script as `python script.py` would, in a process that the kernel ends with this one (prctl's PR_SET_PDEATHSIG, Linux).
TIED = (
    "import ctypes, runpy, signal, sys\n"
    "ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))\n"
    "sys.argv = sys.argv[1:]\n"
    "runpy.run_path(sys.argv[0], run_name='__main__')\n"
)


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "bundle" (`Bundle.to_json`). The result is `compare`'s; the artefact is the script."""
    bundle = Bundle.from_json(inputs["bundle"])
    if not bundle.history:
        raise Invalid(f"Run {bundle.run.id} has no finished epoch to compare.", "Wait for its first epoch.")
    script = registry.find("exports", "script").write(bundle)
    with tempfile.TemporaryDirectory() as folder:
        if is_own(bundle.experiment):
            (Path(folder) / file_name(bundle.experiment)).write_bytes(file_bytes(bundle.experiment))
        again = run_script(script, Path(folder), len(bundle.history), progress)
    return compare(bundle.history, again), script


def run_script(script: bytes, folder: Path, epochs: int, progress: Callable[[float], None]) -> list[dict[str, Any]]:
    """The history that the script writes in a process of its own, which ends when `progress` raises or this process does.

    Raises `LabError` when the script fails."""
    path, out = folder / "script.py", folder / "history.json"
    path.write_bytes(script)
    with open(folder / "errors.txt", "w+b") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", TIED, path, "--out", out], cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            assert process.stdout
            for done, _ in enumerate(process.stdout, 1):  # one line per epoch
                progress(min(1.0, done / epochs))
            process.wait()
        finally:
            process.kill()
            process.wait()
        errors.seek(0)
        if process.returncode:
            last = (errors.read().decode(errors="replace").strip().splitlines() or ["no message"])[-1]
            raise LabError(f"The exported script failed: {last[:200]}", "Export it and run it by hand to see more.")
    return json.loads(out.read_text())


def compare(recorded: Sequence[Mapping[str, Any]], again: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How far two histories are apart: "epochs" compared, "largest" difference by metric, "equal" (every loss within 1e-5, as many
    epochs), "bitwise" (all metrics the same floats), "script": what the script recorded, {"epoch", …} of the same metrics."""
    both = list(zip(recorded, again, strict=False))
    names = [name for name in recorded[0] if name not in UNTOLD and name in again[0]]
    largest = {name: max(_apart(one[name], other[name]) for one, other in both) for name in names}
    whole = len(again) >= len(recorded)
    return {
        "epochs": len(both),
        "largest": largest,
        "equal": whole and all(value <= TOLERANCE for name, value in largest.items() if name.endswith("loss")),
        "bitwise": whole and all(value == 0 for value in largest.values()),
        "tolerance": TOLERANCE,
        "script": [{"epoch": one["epoch"], **{name: other[name] for name in names}} for one, other in both],
    }


def _apart(one: float, other: float) -> float:
    if one == other or (math.isnan(one) and math.isnan(other)):
        return 0.0
    return abs(one - other)


JOB = Job("verify", "Hold the script against the run", perform)
