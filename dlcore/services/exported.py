"""What a run was exported to already, and how far the exported models are from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.errors import Refused
from dlcore.service import open_store
from dlcore.services import asked_jobs, taking_away
from dlcore.store import Job, Store


def made(run: str, forms: list[str], *, store: Store | None = None) -> dict[str, Job]:
    """form → the job that makes, or has made, this export of the run as it is now; those that nobody asked for are left out."""
    place = store or open_store()
    bundle = taking_away.bundle(place, run)
    try:
        files = {"checkpoint": taking_away.weights(place, run)}
    except Refused:
        return {}
    found = {form: asked_jobs.asked("export", bundle.job_inputs(form), files, store=place) for form in forms}
    return {form: job for form, job in found.items() if job is not None}


def sentence(compared: Mapping[str, Any]) -> str:
    """What came of loading the exported model back (jobs/export.py), in words."""
    same = f", the same class for {compared['agree']:.1%}" if compared["agree"] is not None else ""
    steps = "; its recurrent layers are written out step by step" if compared.get("unrolled") else ""
    rows = f"on {compared['rows']:,} {compared['part']} rows"
    told = f"differs by at most {compared['difference']:.1e} {rows}" if compared["difference"] else f"gives the very same numbers {rows}"
    return told + same + steps + (f"; {compared['told']}" if compared.get("told") else "")
