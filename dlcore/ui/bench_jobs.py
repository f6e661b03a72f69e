"""The jobs that a browser's bench has asked for. A job that failed would be queued anew each time it is asked for: it is asked for once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import streamlit as st

from dlcore import service
from dlcore.services.listing import Job

ASKED = "bench_jobs"
KEPT = 100


def asked(name: str, about: str, rows: np.ndarray | None, ask: Callable[[], str]) -> Job:
    """The job of that name about a model and rows; `ask` is called where this browser has not asked yet."""
    mark = hashlib.sha256(rows.tobytes()).hexdigest() if rows is not None else ""
    jobs: dict[tuple[str, ...], str] = st.session_state.setdefault(ASKED, {})
    key = (name, about, mark)
    if key not in jobs:
        while len(jobs) >= KEPT:
            jobs.pop(next(iter(jobs)))
        jobs[key] = ask()
    return service.job(jobs[key])


def forget() -> None:
    """Everything may be asked for again."""
    st.session_state.pop(ASKED, None)
