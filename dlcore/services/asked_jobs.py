"""Jobs looked up by what they do: has anybody asked for this before, and what came of it? Asks for nothing itself."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Damaged, LabError, NotFound
from dlcore.service import open_store
from dlcore.store import Store, jobs
from dlcore.store.values import Job


def asked(name: str, inputs: Mapping[str, Any], files: Mapping[str, str] | None = None, *, store: Store | None = None) -> Job | None:
    """The job with this name, these inputs and files (name → artefact id), as `service.submit_job` takes them; None when nobody asked."""
    return numbered(jobs.number_of(jobs.key_of(name, inputs, files or {})), store=store)


def numbered(number: str, *, store: Store | None = None) -> Job | None:
    """The job with that number; None when nobody asked for it."""
    try:
        return (store or open_store()).job(number)
    except NotFound:
        return None


@lru_cache(maxsize=64)
def arrays(path: Path, what: str, hint: str) -> dict[str, np.ndarray]:
    """The named arrays of a job's file. Each has a path of its own, written once. Raises `Damaged`, which says what cannot be read."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as found:
            return dict(found)
    except LabError:
        raise
    except Exception as error:  # NumPy and zip raise many kinds
        raise Damaged(f"{what} at {path} cannot be read: {error}.", hint) from error
