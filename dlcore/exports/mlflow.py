"""The run as MLflow keeps runs in files: parameters, metrics of every epoch, tags, and the experiment as an artefact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from dlcore.errors import LabError
from dlcore.exports import script
from dlcore.exports._archive import zipped
from dlcore.exports._bundle import Bundle
from dlcore.run import State
from dlcore.specs import Export

EXPERIMENT = "dlcore"
STATUS = {State.DONE: 3, State.STOPPED: 5, State.FAILED: 4, State.QUEUED: 2, State.RUNNING: 1, State.PAUSED: 1}
OPEN = """Unpack this folder and open it with MLflow, either as it is:

    MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri ./mlruns

or, with MLflow 3.13 or newer, which keeps runs in a database, by moving it there once:

    mlflow migrate-filestore --source ./mlruns --target sqlite:///mlflow.db
"""


def write(bundle: Bundle) -> bytes:
    """A zip of a folder `mlruns` with one experiment, "dlcore", and one run in it (MLflow's file store)."""
    return zipped({name: text.encode() for name, text in files(bundle)})


def files(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """(path, text) of every file. Ids are made from the run's own, so that the same run is the same in MLflow."""
    experiment, run = _number(EXPERIMENT), hashlib.sha256(bundle.run.id.encode()).hexdigest()[:32]
    place = f"mlruns/{experiment}"
    yield "README.txt", OPEN
    yield f"{place}/meta.yaml", _experiment(bundle, experiment)
    yield f"{place}/{run}/meta.yaml", _run(bundle, experiment, run)
    for name, value in sorted(_settings(bundle).items()):
        yield f"{place}/{run}/params/{name}", value
    for name, lines in _metrics(bundle).items():
        yield f"{place}/{run}/metrics/{name}", lines
    for name, value in _tags(bundle).items():
        yield f"{place}/{run}/tags/{name}", value
    yield f"{place}/{run}/artifacts/experiment.json", json.dumps(json.loads(bundle.experiment.to_json()), indent=2)
    try:
        yield f"{place}/{run}/artifacts/train.py", script.write(bundle).decode()
    except LabError:
        pass  # a run that one call of `fit` cannot replay has no script


def _settings(bundle: Bundle) -> dict[str, str]:
    parts = {part: getattr(bundle.experiment, part).name for part in ("dataset", "model", "optimizer", "schedule", "loss")}
    return parts | {name: field.format(value) for name, field, value in bundle.experiment.fields() if field.format(value)}


def _metrics(bundle: Bundle) -> dict[str, str]:
    """name → one line for each epoch: milliseconds since 1970, value, epoch."""
    clock = bundle.run.started or bundle.run.created
    found: dict[str, list[str]] = {}
    for row in bundle.history:
        clock += float(row.get("seconds", 0.0))
        for name, value in row.items():
            if name != "epoch":
                found.setdefault(name, []).append(f"{int(clock * 1000)} {float(value)!r} {int(row['epoch'])}\n")
    return {name: "".join(lines) for name, lines in found.items()}


def _tags(bundle: Bundle) -> dict[str, str]:
    said = {name: str(value) for name, value in bundle.environment.items() if isinstance(value, (str, int, float))}
    known = {"mlflow.runName": _title(bundle), "mlflow.note.content": bundle.run.note, "dlcore.run": bundle.run.id}
    tags = {"dlcore.tags": ", ".join(bundle.run.tags)} | {f"dlcore.{name}": value for name, value in said.items()}
    return {name: value for name, value in (known | tags).items() if value}


def _title(bundle: Bundle) -> str:
    return bundle.run.title or bundle.filename("")


def _experiment(bundle: Bundle, number: str) -> str:
    now = int(bundle.run.created * 1000)
    return _yaml({
        "artifact_location": f"mlruns/{number}", "creation_time": now, "experiment_id": number, "last_update_time": now,
        "lifecycle_stage": "active", "name": EXPERIMENT,
    })  # fmt: skip


def _run(bundle: Bundle, experiment: str, run: str) -> str:
    found = bundle.run
    return _yaml({
        "artifact_uri": f"mlruns/{experiment}/{run}/artifacts", "end_time": int(found.ended * 1000) or None, "entry_point_name": "",
        "experiment_id": experiment, "lifecycle_stage": "active", "run_id": run, "run_name": _title(bundle), "source_name": "dlcore",
        "source_type": 4, "source_version": "", "start_time": int((found.started or found.created) * 1000),
        "status": STATUS[found.state], "tags": [], "user_id": "dlcore",
    })  # fmt: skip


def _number(name: str) -> str:
    """An experiment's number of 18 digits, as MLflow's own."""
    return str(10**17 + int(hashlib.sha256(name.encode()).hexdigest(), 16) % (9 * 10**17))


def _yaml(body: dict[str, Any]) -> str:
    """JSON's words for texts and numbers are YAML's too."""
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in body.items())


EXPORT = Export(
    "mlflow", "MLflow", "Settings and metrics of every epoch as MLflow keeps a run in files.", "-mlflow.zip", "application/zip", write,
    order=15,
)  # fmt: skip
