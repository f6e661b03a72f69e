"""What the server does once at start-up, and keeps doing: the trainer runs as long as there are runs to train."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from threadpoolctl import threadpool_limits

from dlcore import service
from dlcore.errors import LabError
from dlcore.run import State
from dlcore.services import duration
from dlcore.ui import reconnection

log = logging.getLogger("dlcore.ui")
PRELOADED = ("numpy", "pandas", "pyarrow", "altair", "dlcore.ui.form", "dlcore.ui.live", "dlcore.ui.verbs")
WATCH_SECONDS = 2.0
COLLECT_SECONDS = 5.0
M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3  # of glibc's malloc.h
MAPPED = 128 * 1024  # bytes: glibc's first choice, which it raises unless told
_serving: set[str] = set()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Load what pages need, keep the garbage collector away from it, and watch over the trainer until the server stops."""
    _share_memory()
    reconnection.begin_anew()
    # One line for every picture and script that a browser fetches would bury what matters.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    await asyncio.to_thread(_preload)
    tasks = [asyncio.create_task(_keep_trainer()), asyncio.create_task(_collect_garbage())]
    _serving.add("routes")
    try:
        yield {}
    finally:
        _serving.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def serving() -> bool:
    """Whether this process serves our routes: not under a host that runs the pages as an ordinary script."""
    return bool(_serving)


def say(error: Exception) -> bool:
    """Whatever no page foresaw, as a sentence; the trace goes to the server's log. True: Streamlit shows nothing of its own."""
    import streamlit as st

    log.error("A page failed", exc_info=error)
    st.error(f"This page could not be drawn ({type(error).__name__}).  \nReload it. The trace is in the server's log; training goes on.")
    return True


def _share_memory() -> None:
    """One pool of memory for all threads, and large arrays outside of it.

    Each session has a thread of its own for its script; glibc would give them up to eight pools a core, and likes to shrink none. Large
    arrays it maps by themselves, but only until one of them is freed: the next ones would lie in the pool, and leave their gaps there.
    """
    if mallopt := _glibc("mallopt"):
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, MAPPED)


def _glibc(name: str) -> Callable[..., int] | None:
    """A function of the C library; None where it is another library, which has no such thing."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def _preload() -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    navigation = importlib.import_module("dlcore.ui.navigation")
    navigation.leaves(navigation.PAGES)  # all pages' titles, which the first person would wait for
    # Timed now, while nothing trains: later it would wait for busy cores, and tell less.
    duration.speed()
    # Pages multiply small matrices only: two threads would spin waiting for each other, up to ten times the time while cores are busy.
    threadpool_limits(1)
    # Collecting all garbage takes 70 ms with pandas and Altair loaded, 3 ms once they are frozen.
    gc.collect()
    gc.freeze()


async def _collect_garbage() -> None:
    """By the clock. Left alone, Python waits for long between two full collections; Streamlit would do one after every tick."""
    trim = _glibc("malloc_trim")
    while True:
        await asyncio.sleep(COLLECT_SECONDS)
        gc.collect()
        if trim:
            await asyncio.to_thread(trim, 0)  # what was freed goes back to the system; glibc would keep most of it


async def _keep_trainer() -> None:
    """Start the trainer now, so that it is warm at the first press, and again whenever it is gone while runs are active."""
    await asyncio.to_thread(_ensure, True)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        await asyncio.to_thread(_ensure, False)


def _ensure(anyway: bool) -> None:
    try:
        if anyway or service.runs(states=(State.QUEUED, State.RUNNING), limit=1):
            service.ensure_trainer()
    except LabError as error:
        log.warning("The trainer could not be started: %s %s", error, error.hint)
    except Exception:
        # The watch outlives whatever went wrong this time: a full disk may be emptied.
        log.exception("Watching over the trainer failed")
