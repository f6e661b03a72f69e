"""`predict RUN --input FILE` and `verify RUN`: what a trained net says about new rows, and whether its script repeats its numbers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from dlcore import service
from dlcore.cli import FAILED, output
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.owndata.names import plain, shown
from dlcore.plural import count
from dlcore.services import bench, bench_rows, own_rows, verifying


def add(commands: Any) -> None:
    predict = commands.add_parser("predict", help="what a run's net says about rows in a file")
    predict.add_argument("run", metavar="RUN or MODEL", help="a run, or a registered model as NAME or NAME@VERSION")
    predict.add_argument(
        "--input",
        metavar="FILE",
        required=True,
        help="raw rows as the data set gives them: .npy, .json (a list of rows), .csv (one row a line, names above them or not), .txt (one "
        "text a line, for a net that reads text), or a picture or a folder of them, for a net of your own pictures",
    )
    predict.add_argument("--json", action="store_true", help="one JSON line for each row")
    predict.set_defaults(perform=predict_rows)
    verify = commands.add_parser("verify", help="run a run's exported script in a fresh process and compare the losses")
    verify.add_argument("run", metavar="RUN")
    verify.add_argument("--json", action="store_true", help="one JSON object")
    verify.set_defaults(perform=verify_run)


def predict_rows(arguments: argparse.Namespace) -> None:
    model = bench.find(arguments.run)
    experiment = model.experiment
    path = Path(arguments.input)
    pictures = None if experiment is None else own_rows.raw_pictures(experiment, path)
    rows = bench_rows.from_file(model, path, partial(print, file=sys.stderr)) if pictures is None else pictures.rows
    for name, why in pictures.left_out if pictures else ():
        print(f"{shown(name)} {why} and is left out.", file=sys.stderr)
    for first in range(0, max(1, len(rows)), bench.MOST_ROWS):
        result = _done(service.wait_job(bench.ask(model, rows[first : first + bench.MOST_ROWS]))).result
        _say(result, experiment, first, pictures.names if pictures else (), arguments.json)


def _say(result: Any, experiment: Experiment | None, first: int, files: Sequence[str], as_json: bool) -> None:
    """A line for each row: its number, or its file's name, and what the net says of it."""
    names = result.get("names") or [None] * len(result["outputs"])
    units = None if experiment is None else own_rows.in_target_units(experiment, result["outputs"])
    for place, (outputs, name) in enumerate(zip(result["outputs"], names, strict=True)):
        number = first + place
        file = {"file": files[number]} if files else {}
        target = {} if units is None else {"target": units[place].tolist()}
        if as_json:
            output.say({"row": number, **file, "outputs": outputs} | ({"class": name} if name is not None else {}) | target)
            continue
        said = outputs if units is None else units[place].tolist()
        print(f"{plain(files[number]) if files else number}: {name if name is not None else ', '.join(map(output.number, said))}")


def verify_run(arguments: argparse.Namespace) -> int:
    result = _done(service.wait_job(verifying.start_verify(service.run(arguments.run).id))).result
    if arguments.json:
        output.say({"run": arguments.run, **result})
    else:
        same = "bit for bit the same" if result["bitwise"] else f"within {result['tolerance']:g}" if result["equal"] else "not the same"
        print(f"{count(result['epochs'], 'epoch')} trained again by the exported script: the losses are {same}.")
        for name, value in result["largest"].items():
            print(f"  {name}: largest difference {value:.2g}")
    return 0 if result["equal"] else FAILED


def _done(job: Any) -> Any:
    """A finished job; `LabError` with its cause when it failed."""
    if job.state != "done":
        raise LabError(job.cause or f"The job {job.name} is {job.state}.", job.hint)
    return job
