"""What a person can set about the trainer, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dlcore.errors import Invalid
from dlcore.forecast import PROCESS, memory_budget

NARROW_BYTES = 1.5 * PROCESS


@dataclass(frozen=True)
class Settings:
    """Settings of one trainer.

    narrow: how many narrow workers it starts at most. warm: how many of them before there is work for them. idle: seconds with nothing to
    do after which it leaves. silence: seconds without an answer after which a worker counts as lost. heed: seconds within which a worker
    must heed a stop. memory: bytes one worker may use. scheduler: address of a dask scheduler, empty for workers of its own. module: where
    prepare, perform_run, perform_series, perform_job and exchange are.
    """

    home: Path
    narrow: int = 1
    warm: int = 1
    idle: float = 900.0
    silence: float = 10.0
    heed: float = 10.0
    memory: int = 0
    scheduler: str = ""
    module: str = "dlcore.engine.worker"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from DLCORE_HOME, _NARROW, _IDLE, _SILENCE, _HEED, _WORKER_MEMORY, _SCHEDULER and _WORKER_MODULE; `Invalid` for nonsense."""
    narrow = int(_number(environ, "DLCORE_NARROW", _cores(), 0, 256, whole=True))
    return Settings(
        home=Path(environ.get("DLCORE_HOME") or ".dlcore").absolute(),
        narrow=narrow,
        warm=narrow if environ.get("DLCORE_NARROW") else 1,
        idle=_number(environ, "DLCORE_IDLE", 900, 0, 10**9),
        silence=_number(environ, "DLCORE_SILENCE", 10, 0.5, 3600),
        heed=_number(environ, "DLCORE_HEED", 10, 0.1, 3600),
        memory=memory_budget(environ),
        scheduler=environ.get("DLCORE_SCHEDULER", ""),
        module=environ.get("DLCORE_WORKER_MODULE") or Settings.module,
    )


def _cores() -> int:
    """As many narrow workers as there are cores, where the memory holds so many beside the wide one."""
    return max(1, min(len(os.sched_getaffinity(0)), int(memory_budget({}) / NARROW_BYTES) - 1))


def _number(environ: Mapping[str, str], name: str, default: float, low: float, high: float, whole: bool = False) -> float:
    text = environ.get(name, "")
    try:
        value = float(text) if text else float(default)
    except ValueError:
        value = float("nan")
    if not low <= value <= high or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise Invalid(f"{name} = {text!r} is not allowed: it must be {kind} from {low:g} to {high:g}.")
    return value
