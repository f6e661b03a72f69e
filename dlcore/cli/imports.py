"""`import PATH`: runs that other tools wrote down, and models, come into the lab."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dlcore import service
from dlcore.cli import output
from dlcore.cli.registry import as_json
from dlcore.errors import Invalid
from dlcore.plural import count
from dlcore.services import importing, registering

CLOSED = (".pkl", ".pickle", ".joblib", ".h5", ".hdf5", ".pt", ".pth")


def add(commands: Any) -> None:
    words = (
        "Reads CSV files of Keras's CSVLogger, folders of TensorBoard event files and project folders of keras-tuner as finished runs, "
        "and .keras files as models."
    )
    command = commands.add_parser("import", help="take in runs of other tools, or a .keras model", description=words)
    command.add_argument("path", metavar="PATH", help="a file, a folder or a zip of one")
    command.add_argument("--name", help="of a .keras file: what the model is to be called (default: the file's name)")
    command.add_argument("--json", action="store_true", help="one JSON line for each run")
    command.set_defaults(perform=import_runs)


def import_runs(arguments: argparse.Namespace) -> None:
    path = Path(arguments.path)
    if path.suffix == ".keras":
        return _import_model(path, arguments)
    if path.suffix in CLOSED:
        raise Invalid(f"{path} is not opened: such files may hold code.", "Save the model with model.save('name.keras').")
    for run in map(service.run, importing.import_path(path)):
        if arguments.json:
            tool = run.environment.get("imported_from", "")
            output.say({"run": run.id, "title": run.title, "from": tool, "state": run.state.value, "epochs": run.epoch})
        else:
            print(f"{run.id}  {count(run.epoch, 'epoch')}  {run.title}")


def _import_model(path: Path, arguments: argparse.Namespace) -> None:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    found = registering.import_model(data, arguments.name or path.stem)
    if arguments.json:
        output.say(as_json(found) | {"input": found.body["input"], "output": found.body["output"]})
    else:
        given, made = (" × ".join(map(str, found.body[name])) for name in ("input", "output"))
        print(f"{found.name}, version {found.version}: takes {given}, gives {made}, {found.body['parameters']:,} parameters.")
