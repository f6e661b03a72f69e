"""Trained models under names: versions of each, a stage for the one that counts. They stay when their run is deleted."""

from __future__ import annotations

import json
import re

from dlcore import service
from dlcore.errors import Invalid, NotFound, Refused
from dlcore.exports._keras_file import checked
from dlcore.services import taking_away
from dlcore.store import Store, models
from dlcore.store.models import Version

STAGES = ("none", "staging", "production", "archived")
UNTOLD = ("seconds", "examples_per_second", "learning_rate")  # recorded for each epoch, and no scores
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")

__all__ = ["STAGES", "Version", "finish_import", "import_model", "named", "promote", "register", "registered", "remove", "start_import"]


def register(run: str, name: str, *, store: Store | None = None) -> Version:
    """Keeps the run's weights under that name, as its next version. `Refused` for a run that has none yet, `Invalid` for a bad name."""
    place = store or service.open_store()
    found = place.run(run)
    _check_name(name)
    weights = place.get_file(taking_away.weights(place, run))
    artefact = place.put_file("", f"{name}.weights", weights, role="model", epoch=found.epoch, step=found.step)
    measured = {key: value["last"] for key, value in place.metrics(run).items() if key not in UNTOLD}
    scores = {key: value for key, value in measured.items() if value is not None}
    body = {
        "kind": "run", "experiment": json.loads(found.experiment), "title": found.title, "epoch": found.epoch, "scores": scores,
        "environment": dict(found.environment),
    }  # fmt: skip
    return named(f"{name}@{models.add(place, name, run, artefact, body)}", store=place)


def import_model(data: bytes, name: str, *, timeout: float | None = None, store: Store | None = None) -> Version:
    """Takes in a .keras file under that name. `Invalid` says what in it is refused; see exports/_keras_file.py."""
    place = store or service.open_store()
    job = start_import(data, name, store=place)
    service.wait_job(job, timeout, store=place)
    return finish_import(job, name, store=place)


def start_import(data: bytes, name: str, *, store: Store | None = None) -> str:
    """The job that opens the file on a worker; what can be refused at once is."""
    place = store or service.open_store()
    _check_name(name)
    safe = checked(data)
    artefact = place.put_file("", f"{name}.keras", safe, role="model")
    return service.submit_job("open_model", {}, files={"model": artefact}, store=place)


def finish_import(job: str, name: str, *, store: Store | None = None) -> Version:
    """The model that the job has opened, registered once. `Invalid` when it was refused: then its file is gone."""
    place = store or service.open_store()
    found = place.job(job)
    artefact = found.files["model"]
    if not found.is_finished:
        raise Refused("The file is still being opened.", "Wait a moment.")
    if found.state != "done":
        place.drop_file(artefact)
        raise Invalid(found.cause or f"Opening the file was {found.state}.", found.hint)
    known = next((one for one in models.versions(place, name) if one.artefact == artefact), None)
    if known is not None:
        return known
    return named(f"{name}@{models.add(place, name, '', artefact, {'kind': 'keras', **found.result})}", store=place)


def registered(name: str | None = None, *, store: Store | None = None) -> list[Version]:
    """All versions, of all names or of one; the newest of each name first."""
    return models.versions(store or service.open_store(), name)


def named(text: str, *, store: Store | None = None) -> Version:
    """What "name" or "name@version" means; without a version the one in production, else the newest. `NotFound`."""
    name, _, number = text.partition("@")
    found = models.versions(store or service.open_store(), name)
    if not found:
        raise NotFound(f"There is no run and no model called {name!r}.", "List the models with: python -m dlcore registered")
    if not number:
        return next((one for one in found if one.stage == "production"), found[0])
    chosen = next((one for one in found if str(one.version) == number), None)
    if chosen is None:
        raise NotFound(f"There is no version {number!r} of the model {name!r}.", f"There are versions 1 to {found[0].version}.")
    return chosen


def promote(name: str, version: int, stage: str, *, store: Store | None = None) -> Version:
    """Gives the version a stage. One version of a name is in production, and one in staging: the former one is archived."""
    place = store or service.open_store()
    if stage not in STAGES:
        raise Invalid(f"stage = {stage!r} is not allowed: it must be {', '.join(STAGES)}.")
    models.promote(place, name, version, "" if stage == "none" else stage)
    return named(f"{name}@{version}", store=place)


def remove(name: str, version: int, *, store: Store | None = None) -> None:
    """Removes the version with its file, for good. One in production is `Refused`."""
    place = store or service.open_store()
    found = named(f"{name}@{version}", store=place)
    if found.stage == "production":
        raise Refused(f"Version {version} of {name} is in production.", "Give it another stage first.")
    models.remove(place, name, version)
    if not any(one.artefact == found.artefact for one in models.versions(place)):
        place.drop_file(found.artefact)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise Invalid(
            f"name = {name!r} is not allowed: a model's name has up to 64 letters, digits, '-', '_' and '.', the first a letter or digit."
        )
