"""`notebooks`: the notebooks of the course, as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dlcore import registry
from dlcore.cli import output
from dlcore.cli.export import write_whole
from dlcore.cli.train import add_set, read_experiment, settings
from dlcore.errors import Unavailable
from dlcore.experiment import Experiment
from dlcore.services import course_notebooks

HELP = "Writes the notebooks of the course: plain Keras and NumPy, nothing of this lab. Existing files of the same name are replaced."


def add(commands: Any) -> None:
    command = commands.add_parser("notebooks", help="write the notebooks of the course", description=HELP)
    command.add_argument("name", metavar="NAME", nargs="*", help=f"which ones (default: all): {', '.join(registry.members('notebooks'))}")
    command.add_argument("--out", metavar="DIR", default=".", help="the folder to write to; made when missing (default: this one)")
    command.add_argument("--list", action="store_true", help="say what there is, with settings and ranges, without writing")
    command.add_argument("--experiment", metavar="FILE", help="take the settings of this experiment's JSON (- reads standard input)")
    add_set(command)
    command.add_argument("--json", action="store_true", help="one JSON line for each")
    command.set_defaults(perform=write_notebooks)


def write_notebooks(arguments: argparse.Namespace) -> None:
    specs = [registry.find("notebooks", name) for name in arguments.name or registry.members("notebooks")]
    own, experiment = _values(arguments, specs)
    folder = Path(arguments.out)
    for spec in specs:
        known = {field.name: field for field in spec.fields}
        values = {key: known[key].parse(text) for key, text in own.items() if key in known}
        if arguments.list:
            _tell(arguments.json, {"name": spec.name, "file": spec.filename, "title": spec.title, "topic": spec.topic,
                                   "fields": [output.field_json(field) for field in spec.fields]})  # fmt: skip
            if not arguments.json:
                print(output.field_lines(known.items()))
            continue
        data = course_notebooks.write(spec.name, experiment, values)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"The folder {folder} cannot be made: {error.strerror}.", "Choose another one with --out.") from None
        write_whole(folder / spec.filename, data)
        _tell(arguments.json, {"name": spec.name, "file": str(folder / spec.filename), "title": spec.title, "bytes": len(data)})


def _values(arguments: argparse.Namespace, specs: list[Any]) -> tuple[dict[str, str], Experiment | None]:
    """What --set says of the notebooks' own settings, and the experiment that the rest of it, or a file, describes."""
    given = settings(arguments.set)
    own = {key: text for key, text in given.items() if any(field.name == key for spec in specs for field in spec.fields)}
    rest = {key: text for key, text in given.items() if key not in own}
    return own, read_experiment(arguments.experiment, rest) if arguments.experiment or rest else None


def _tell(as_json: bool, body: dict[str, Any]) -> None:
    if as_json:
        output.say(body)
    else:
        print(f"{body['file']}: {body['title']}")
