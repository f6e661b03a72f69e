"""Jobs looked up by what they do: has anybody asked for this before? Asks for nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.errors import NotFound
from dlcore.service import open_store
from dlcore.store import Store, jobs
from dlcore.store.values import Job


def asked(name: str, inputs: Mapping[str, Any], files: Mapping[str, str] | None = None, *, store: Store | None = None) -> Job | None:
    """The job with this name, these inputs and files (name → artefact id), as `service.submit_job` takes them; None when nobody asked."""
    try:
        return (store or open_store()).job(jobs.number_of(jobs.key_of(name, inputs, files or {})))
    except NotFound:
        return None
