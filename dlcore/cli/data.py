"""`data add PATH`, `data list`, `data show NAME`, `data delete NAME`: data sets of one's own."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from dlcore import registry
from dlcore.cli import output
from dlcore.errors import Invalid
from dlcore.forecast import show_bytes
from dlcore.owndata.pictures import FITS
from dlcore.services import exercising, own_data

CHOICES = (
    "target",
    "task",
    "time",
    "group",
    "split",
    "steps",
    "encoding",
    "delimiter",
    "decimal",
    "sheet",
    "log",
    "size",
    "fit",
    "colours",
    "vocabulary",
    "stride",
    "as",
)


def add(commands: Any) -> None:
    data = commands.add_parser(
        "data", help="keep data sets of your own: add, list, show, delete",
        description="Keeps data sets of your own. What was added is trained on with `train --set dataset=NAME`.",
    )  # fmt: skip
    actions = data.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_add(actions)
    listing = actions.add_parser("list", help="list what is kept")
    listing.set_defaults(perform=list_kept)
    show = actions.add_parser("show", help="columns, warnings, runs of a data set")
    show.set_defaults(perform=show_one)
    delete = actions.add_parser("delete", help="delete a data set, or one version of it")
    delete.add_argument("--yes", action="store_true", help="also when runs use it")
    delete.set_defaults(perform=delete_one)
    for command in (show, delete):
        command.add_argument("name", metavar="NAME")
        command.add_argument("--version", default="", help="which version (default: the newest; for delete: all)")
    for command in (listing, show, delete):
        command.add_argument("--json", action="store_true", help="JSON lines")


def _add_add(actions: Any) -> None:
    command = actions.add_parser(
        "add", help="read a file and keep it",
        description="Reads a CSV, TSV (also .gz), Parquet or Excel file and guesses what its columns are; or pictures (JPEG, PNG, WebP, "
        "BMP) in a zip or folder, with a folder for each class or a CSV of labels; or a plain text, to write like it. "
        "Keeps what was read.",
    )  # fmt: skip
    command.add_argument("path", metavar="PATH", type=Path)
    command.add_argument("--name", default="", help="the data set's name (default: made from the file's)")
    command.add_argument("--target", metavar="COLUMN", help="the column to predict")
    command.add_argument("--task", choices=("classes", "regression", "forecast"), help="what predicting means")
    command.add_argument("--type", metavar="COLUMN=KIND", nargs="+", action="extend", default=[],
                         help="kinds of columns: number, category, date, text (its words are counted), words or letters (read in their "
                         "order), ignore")  # fmt: skip
    command.add_argument("--time", metavar="COLUMN", help="the column that orders the rows")
    command.add_argument("--group", metavar="COLUMN", help="rows with the same value here are not parted by the split")
    command.add_argument("--split", choices=("stratified", "random", "group", "time"), help="how rows are set aside (default: what suits)")
    command.add_argument(
        "--steps", type=int, help="how many rows a forecast looks back on (default 12); words or letters that are read of a text"
    )
    command.add_argument("--vocabulary", type=int, help="of texts: how many words or letters are told apart (default: what suits)")
    command.add_argument("--stride", type=int, help="of a plain text: letters between the beginnings of two pieces (default: what suits)")
    command.add_argument("--as", choices=("table", "text", "pictures"), help="what to read it as (default: what it looks like)")
    command.add_argument("--log", action="store_true", help="predict log(1 + target)")
    command.add_argument("--encoding", help="of a text file, such as utf-8 or cp1252")
    command.add_argument("--delimiter", help='what parts the fields: one sign, or "tab"')
    command.add_argument("--decimal", choices=(".", ","), help="the sign before decimal places")
    command.add_argument("--no-header", dest="header", action="store_false", default=None, help="the first row is no row of names")
    command.add_argument("--no-quotes", dest="quotes", action="store_false", default=None, help="quotation marks are signs like others")
    command.add_argument("--sheet", help="of an Excel file")
    command.add_argument("--labels", metavar="CSV", type=Path, help="of pictures: their names and labels, where the zip has no such table")
    command.add_argument("--size", type=int, help="of pictures: pixels of a side (default: what suits)")
    command.add_argument("--fit", choices=tuple(FITS), help="of pictures that are not square: crop (default), pad or stretch")
    command.add_argument("--colours", type=int, choices=(1, 3), help="of pictures: 1 for grey, 3 for colours (default: as they are)")
    command.add_argument("--exercise", metavar="NAME", help="read it as an exercise of the course wants it, such as house_price or gstore")
    command.add_argument("--json", action="store_true", help="one JSON object: the description")
    command.set_defaults(perform=add_file)


def add_file(arguments: argparse.Namespace) -> None:
    choices = {name: getattr(arguments, name) for name in CHOICES if getattr(arguments, name) not in (None, False)}
    choices |= {name: getattr(arguments, name) for name in ("header", "quotes") if getattr(arguments, name) is not None}
    if arguments.labels:
        choices["labels"] = str(arguments.labels.resolve())
    if arguments.type:
        choices["types"] = dict(_type(pair) for pair in arguments.type)
    if arguments.exercise:
        body = exercising.bring(registry.find("exercises", arguments.exercise), arguments.path, arguments.name, choices)
    else:
        body = own_data.add(arguments.path, arguments.name, choices)
    if arguments.json:
        output.say(body)
        return
    print(f"{body['name']}, version {body['version']}: {body['summary']}")
    _warnings(body)
    newest, before = own_data.show(body["name"]), own_data.other_target(body)
    version = ""
    if newest["version"] != body["version"]:
        version = f" dataset.version={body['version']}"
        print(f"  note: version {newest['version']} is newer, and taken where none is named.")
    if before:
        print(f"  note: another version of {body['name']} predicts {before}. If this one should, add it again with --target.")
    print(f"Train on it: python -m dlcore train --set dataset={body['name']}{version}{_model(body)}")


def _type(pair: str) -> tuple[str, str]:
    column, equals, kind = pair.rpartition("=")
    if not equals or not column:
        raise Invalid(f"--type {pair} is not allowed: it must look like COLUMN=KIND.", "For example --type zip_code=category.")
    return column, kind


def _model(body: dict[str, Any]) -> str:
    if body["shape"].get("per_step"):
        return " model=generator"
    return {"sequence": " model=rnn", "image": " model=cnn"}.get(body["shape"]["kind"], "")


def _warnings(body: dict[str, Any]) -> None:
    for one in body["warnings"]:
        print(f"  {one['level']}: {one['text']} {one['advice']}".rstrip())


def list_kept(arguments: argparse.Namespace) -> None:
    found = own_data.kept()
    if arguments.json:
        for body in found:
            output.say({key: body[key] for key in ("name", "version", "title", "summary", "shape", "split", "created", "source")})
        return
    rows = [(body["name"], body["version"], body["shape"]["task"], body["shape"]["rows"], _size(body), _day(body)) for body in found]
    output.table(("name", "version", "task", "rows", "size", "added"), rows)


def _size(body: dict[str, Any]) -> str:
    return show_bytes(sum(array["bytes"] for array in body["arrays"].values()))


def _day(body: dict[str, Any]) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(body["created"]))


def show_one(arguments: argparse.Namespace) -> None:
    body = own_data.show(arguments.name, arguments.version)
    runs = [run.id for run in own_data.users(body["name"], body["version"])]
    if arguments.json:
        output.say({**body, "runs": runs})
        return
    shape = body["shape"]
    output.card(
        {
            "name": body["name"], "version": body["version"], "summary": body["summary"], "task": shape["task"], "rows": shape["rows"],
            "input": f"{shape['kind']}, {'×'.join(map(str, shape['input']))}", "classes": ", ".join(body["class_names"][:20]),
            "splits": ", ".join(body["splits"]), "file": body["source"]["file"], "size": _size(body), "added": _day(body),
            "runs": len(runs),
        }
    )  # fmt: skip
    _warnings(body)


def delete_one(arguments: argparse.Namespace) -> None:
    deleted = own_data.delete(arguments.name, arguments.version, anyway=arguments.yes)
    if arguments.json:
        output.say({"name": arguments.name, "deleted": deleted})
    else:
        print(f"Deleted {arguments.name}: {', '.join(deleted)}.")
