"""`predict RUN --input FILE` and `verify RUN`: what a trained net says about new rows, and whether its script repeats its numbers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dlcore import service
from dlcore.cli import FAILED, output
from dlcore.errors import LabError
from dlcore.services import bench, bench_rows, own_data, verifying


def add(commands: Any) -> None:
    predict = commands.add_parser("predict", help="what a run's net says about rows in a file")
    predict.add_argument("run", metavar="RUN or MODEL", help="a run, or a registered model as NAME or NAME@VERSION")
    predict.add_argument(
        "--input",
        metavar="FILE",
        required=True,
        help="raw rows as the data set gives them: .npy, .json (a list of rows), .csv (one row a line, names above them or not), .txt (one "
        "text a line, for a net that reads text), or one picture for a net of your own pictures",
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
    rows = bench_rows.from_file(model, Path(arguments.input))
    result = _done(service.wait_job(bench.ask(model, rows))).result
    names = result.get("names") or [None] * len(result["outputs"])
    units = None if experiment is None else own_data.in_target_units(experiment, result["outputs"])
    for number, (outputs, name) in enumerate(zip(result["outputs"], names, strict=True)):
        target = {} if units is None else {"target": units[number].tolist()}
        if arguments.json:
            output.say({"row": number, "outputs": outputs} | ({"class": name} if name is not None else {}) | target)
        elif units is not None:
            print(f"{number}: {', '.join(map(output.number, units[number].tolist()))}")
        else:
            print(f"{number}: {name if name is not None else ', '.join(map(output.number, outputs))}")


def verify_run(arguments: argparse.Namespace) -> int:
    result = _done(service.wait_job(verifying.start_verify(service.run(arguments.run).id))).result
    if arguments.json:
        output.say({"run": arguments.run, **result})
    else:
        same = "bit for bit the same" if result["bitwise"] else f"within {result['tolerance']:g}" if result["equal"] else "not the same"
        print(f"{result['epochs']} epochs trained again by the exported script: the losses are {same}.")
        for name, value in result["largest"].items():
            print(f"  {name}: largest difference {value:.2g}")
    return 0 if result["equal"] else FAILED


def _done(job: Any) -> Any:
    """A finished job; `LabError` with its cause when it failed."""
    if job.state != "done":
        raise LabError(job.cause or f"The job {job.name} is {job.state}.", job.hint)
    return job
