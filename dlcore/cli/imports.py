"""`import PATH`: runs that other tools wrote down, and models, come into the lab."""

from __future__ import annotations

import argparse
from typing import Any

from dlcore import service
from dlcore.cli import output
from dlcore.services import importing


def add(commands: Any) -> None:
    words = "Reads CSV files of Keras's CSVLogger, folders of TensorBoard event files and project folders of keras-tuner as finished runs."
    command = commands.add_parser("import", help="take in runs of other tools, marked as imported", description=words)
    command.add_argument("path", metavar="PATH", help="a file, a folder or a zip of one")
    command.add_argument("--json", action="store_true", help="one JSON line for each run")
    command.set_defaults(perform=import_runs)


def import_runs(arguments: argparse.Namespace) -> None:
    for run in map(service.run, importing.import_path(arguments.path)):
        if arguments.json:
            tool = run.environment.get("imported_from", "")
            output.say({"run": run.id, "title": run.title, "from": tool, "state": run.state.value, "epochs": run.epoch})
        else:
            print(f"{run.id}  {run.epoch:,} epochs  {run.title}")
