"""`register`, `registered`, `promote`: trained models under names, in versions, each with its stage."""

from __future__ import annotations

import argparse
from typing import Any

from dlcore import service
from dlcore.cli import output
from dlcore.services import registering
from dlcore.services.registering import STAGES, Version


def add(commands: Any) -> None:
    register = commands.add_parser("register", help="keep a run's net under a name; the same name again is its next version")
    register.add_argument("run", metavar="RUN")
    register.add_argument("--name", required=True, help="letters, digits, '-', '_' and '.'")
    register.add_argument("--json", action="store_true", help="one JSON object")
    register.set_defaults(perform=register_run)
    listed = commands.add_parser("registered", help="the models that have a name, with their versions and stages")
    listed.add_argument("name", nargs="?", help="of this name only")
    listed.add_argument("--json", action="store_true", help="one JSON line for each version")
    listed.set_defaults(perform=list_models)
    promote = commands.add_parser("promote", help="give a version of a model a stage; the one that was in production before is archived")
    promote.add_argument("name")
    promote.add_argument("version", type=int)
    promote.add_argument("--stage", choices=STAGES, default="production", help="default: production")
    promote.add_argument("--json", action="store_true", help="one JSON object")
    promote.set_defaults(perform=promote_model)


def register_run(arguments: argparse.Namespace) -> None:
    _tell(arguments, registering.register(service.run(arguments.run).id, arguments.name))


def promote_model(arguments: argparse.Namespace) -> None:
    _tell(arguments, registering.promote(arguments.name, arguments.version, arguments.stage))


def list_models(arguments: argparse.Namespace) -> None:
    found = registering.registered(arguments.name)
    if arguments.json:
        for version in found:
            output.say(as_json(version))
    elif not found:
        print("No model has a name yet. Give one with: python -m dlcore register RUN --name NAME")
    else:
        titles = ("model", "version", "stage", "from", "registered")
        rows = [(one.name, one.version, one.stage or "none", one.run or "a .keras file", output.moment(one.created)) for one in found]
        output.table(titles, rows)


def as_json(version: Version) -> dict[str, Any]:
    return {
        "model": version.name, "version": version.version, "stage": version.stage or "none", "run": version.run,
        "created": version.created, "scores": version.body.get("scores", {}),
    }  # fmt: skip


def _tell(arguments: argparse.Namespace, version: Version) -> None:
    if arguments.json:
        output.say(as_json(version))
    else:
        print(f"{version.name}, version {version.version}: {version.stage or 'no stage'}.")
