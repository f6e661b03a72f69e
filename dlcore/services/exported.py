"""What a run was exported to already, and how far the exported models are from it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from dlcore.errors import Refused
from dlcore.run import Run
from dlcore.service import open_store
from dlcore.services import asked_jobs, taking_away
from dlcore.store import Job, Store, jobs

REMEMBERED = 64  # runs


def made(run: str, forms: list[str], *, store: Store | None = None) -> dict[str, Job]:
    """form → the job that makes, or has made, this export of the run as it is now; those that nobody asked for are left out.

    Pages ask at every look. The inputs of an export hold the whole history, so they are put together only for runs of which something was
    exported, and only once as long as the run stays as it is.
    """
    place = store or open_store()
    try:
        weights = taking_away.weights(place, run)
    except Refused:
        return {}
    if not place.is_asked("export", run, weights):
        return {}
    numbers = _numbers(place, place.run(run), weights, forms)
    found = {form: asked_jobs.numbered(number, store=place) for form, number in numbers.items()}
    return {form: job for form, job in found.items() if job is not None}


def has_weights(run: str, *, store: Store | None = None) -> bool:
    """Whether there is anything yet that an export could be made of."""
    try:
        return bool(taking_away.weights(store or open_store(), run))
    except Refused:
        return False


_known: OrderedDict[tuple[Any, ...], tuple[Run, dict[str, str]]] = OrderedDict()


def _numbers(place: Store, run: Run, weights: str, forms: list[str]) -> dict[str, str]:
    """form → the number that its job has, whether or not anybody has asked for it."""
    key = (str(place.home), run.id, weights, *forms)
    if key not in _known or _known[key][0] != run:
        bundle = taking_away.bundle(place, run.id)
        names = {form: jobs.number_of(jobs.key_of("export", bundle.job_inputs(form), {"checkpoint": weights})) for form in forms}
        _known[key] = (run, names)
    _known.move_to_end(key)
    while len(_known) > REMEMBERED:
        _known.popitem(last=False)
    return _known[key][1]


def sentence(compared: Mapping[str, Any]) -> str:
    """What came of loading the exported model back (jobs/export.py), in words."""
    same = f", the same class for {compared['agree']:.1%}" if compared["agree"] is not None else ""
    steps = "; its recurrent layers are written out step by step" if compared.get("unrolled") else ""
    rows = f"on {compared['rows']:,} {compared['part']} rows"
    told = f"differs by at most {compared['difference']:.1e} {rows}" if compared["difference"] else f"gives the very same numbers {rows}"
    return told + same + steps + (f"; {compared['told']}" if compared.get("told") else "")
