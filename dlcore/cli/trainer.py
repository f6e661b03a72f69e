"""`trainer start|status|stop`: the daemon that trains. `train` starts it by itself."""

from __future__ import annotations

import argparse
import time
from typing import Any

from dlcore import service
from dlcore.cli import output


def add(commands: Any) -> None:
    group = commands.add_parser(
        "trainer", help="the daemon that trains: start, status, stop",
        description="The daemon that trains. It starts with the first run, outlives the terminal, and leaves when it has been idle.",
    )  # fmt: skip
    verbs = group.add_subparsers(title="commands", metavar="start|status|stop", required=True)
    for name, perform, words in (
        ("start", start, "start it, unless it runs"),
        ("status", status, "its process and its workers"),
        ("stop", stop, "stop it; runs go on from their last checkpoint when it is started again"),
    ):
        command = verbs.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        command.add_argument("--json", action="store_true", help="one JSON object")
        command.set_defaults(perform=perform)


def start(arguments: argparse.Namespace) -> None:
    service.start_trainer()
    status(arguments)


def status(arguments: argparse.Namespace) -> None:
    """One object with pid (null when no trainer runs) and workers."""
    report = {"running": False, "pid": None, "workers": [], **service.trainer_status()}
    if arguments.json:
        output.say(report)
    elif report["running"]:
        print(f"The trainer runs as process {report['pid']}, since {output.moment(report.get('started', time.time()))}.")
        rows = [(w.get("name"), w.get("class"), w["state"], w.get("run") or "", str(w["pid"])) for w in report["workers"]]
        output.table(("worker", "class", "state", "run", "pid"), rows)
    else:
        print("No trainer runs.")


def stop(arguments: argparse.Namespace) -> None:
    if service.stop_trainer() and not arguments.json:
        print("The trainer has stopped. Runs that it had under way go on when it is started again.")
    else:
        status(arguments)
