"""`datasets`, `models` and the other rooms: what there is to choose from, with settings and ranges."""

from __future__ import annotations

import argparse
from typing import Any

from dlcore import registry
from dlcore.cli import output

ROOMS = {
    "datasets": "data sets", "models": "model families", "optimizers": "optimizers", "schedules": "learning-rate schedules",
    "losses": "losses", "initializers": "initialisers", "exports": "export formats",
}  # fmt: skip


def add(commands: Any) -> None:
    for room, words in ROOMS.items():
        command = commands.add_parser(room, help=f"list the {words}", description=f"Lists the {words} with their settings and ranges.")
        command.add_argument("--json", action="store_true", help="one JSON line for each")
        command.set_defaults(perform=list_room, room=room)


def list_room(arguments: argparse.Namespace) -> None:
    for spec in registry.members(arguments.room).values():
        if arguments.json:
            output.say(spec_json(arguments.room, spec))
        else:
            print(f"{spec.name}: {spec.title}. {spec.summary}{_more(arguments.room, spec)}")
            if fields := getattr(spec, "fields", ()):
                print(output.field_lines((field.name, field) for field in fields))


def spec_json(room: str, spec: Any) -> dict[str, Any]:
    """One member of a room for programs: name, title, summary, fields and what its kind adds."""
    body = {"name": spec.name, "title": spec.title, "summary": spec.summary}
    if hasattr(spec, "fields"):
        body["fields"] = [output.field_json(field) for field in spec.fields]
    if room == "datasets":
        shape = spec.shape({field.name: field.default for field in spec.fields})
        body |= {
            "input": shape.kind, "shape": shape.input, "task": shape.task, "outputs": shape.outputs, "rows": shape.rows,
            "test_rows": shape.test_rows, "origin": spec.origin, "megabytes": spec.megabytes, "class_names": spec.class_names,
        }  # fmt: skip
    elif room == "models":
        body |= {"accepts": spec.accepts}
    elif room == "losses":
        body |= {"tasks": list(spec.activation)}
    elif room == "exports":
        body |= {"suffix": spec.suffix, "mime": spec.mime}
    return body


def _more(room: str, spec: Any) -> str:
    if room == "models":
        return f" Takes {', '.join(spec.accepts)} input."
    if room != "datasets":
        return ""
    shape = spec.shape({field.name: field.default for field in spec.fields})
    size = f" Download of {spec.megabytes:g} MB." if spec.origin == "download" else ""
    return f" {shape.rows:,} rows of {'×'.join(map(str, shape.input))}.{size}"
