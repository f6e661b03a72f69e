"""What the trainer calls on a worker's side. It carries calls to the engine, so that the trainer itself never imports Keras."""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import traceback
import uuid
from functools import cache
from typing import Any

PROCESS = uuid.uuid4().hex  # this process, whatever its address or pid
PR_SET_PDEATHSIG = 1
NICENESS = 5
SESSION_NICENESS = 10

_environments: dict[str, dict[str, Any]] = {}
_is_owned = False  # started by the trainer, and not by hand


def introduce(parent: int) -> dict[str, Any]:
    """Who this worker is: {process, pid, place, born}. `parent`: the trainer that must take it along when it dies, 0 for none.

    dask's own guard is a thread, which a frozen process does not run; the kernel's signal reaches that one too.
    """
    global _is_owned
    if _is_owned := bool(parent):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    os.nice(max(0, NICENESS - os.nice(0)))  # of this thread, which answers; those that train are lower still (prepare)
    try:
        with open("/proc/self/oom_score_adj", "w") as file:  # the kernel should take a worker before the app
            file.write("700")
    except OSError:
        pass
    return {"process": PROCESS, "pid": os.getpid(), "place": place(), "born": born(os.getpid())}


def prepare(module: str, worker_class: str, threads: int) -> dict[str, Any]:
    """Warm this worker once (imports Keras) and return its environment. threads 0: all cores of this machine."""
    if module not in _environments:
        threads = threads or len(os.sched_getaffinity(0))
        _environments[module] = importlib.import_module(module).prepare(worker_class, threads)
        if _is_owned:
            _give_way()
    return _environments[module]


def _give_way() -> None:
    """Be nice to the app and the browser also where Linux shares its time between sessions first (sched(7), autogroup).

    Niceness tells only the threads of one session apart: this worker gets a session of its own, as nice as those of its threads that
    train. Not before Keras is imported, which is waited for.
    """
    try:
        os.setsid()
        with open("/proc/self/autogroup", "w") as file:
            file.write(str(SESSION_NICENESS))
    except OSError:  # a kernel without it, or a process that leads a group already
        pass


def rehearse(process: str, module: str) -> None:
    """Use the time before there is work; ends early when there is."""
    if process == PROCESS:
        importlib.import_module(module).rehearse()


def perform(process: str, module: str, function: str, assignment: dict[str, Any]) -> None:
    """Carry out an assignment, unless it was meant for another process: a scheduler may hand it to whoever took the address over."""
    if process == PROCESS:
        getattr(importlib.import_module(module), function)(assignment)


def exchange(module: str, message: dict[str, Any]) -> dict[str, Any]:
    """News from the assignment under way, in return for acknowledgement and orders; {error, trace} when the engine raises."""
    try:
        return dict(importlib.import_module(module).exchange(message))
    except Exception as error:  # told apart from a lost connection, which is also an exception where this was called
        return {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}


@cache
def place() -> str:
    """Where a pid means what it means: the machine's boot and the process namespace."""
    with open("/proc/sys/kernel/random/boot_id") as file:
        return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"


def born(pid: int) -> str:
    """When a process started, in clock ticks since boot; empty when it is gone. With the pid it names one process for good."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[19]
    except OSError:
        return ""
