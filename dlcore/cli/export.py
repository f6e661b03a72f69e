"""`export RUN --format FORMAT --out FILE`: a run leaves the lab as a model, its weights, a table or a script."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from dlcore import registry, service
from dlcore.cli import output
from dlcore.errors import Invalid, Unavailable
from dlcore.services import reporting


def add(commands: Any) -> None:
    forms = registry.members("exports")
    words = " ".join(f"{name}: {spec.summary}" for name, spec in forms.items())
    command = commands.add_parser("export", help="write a run's model, history or script to a file", description=words)
    command.add_argument("run", metavar="RUN", help="its id; a report takes several, with commas between them")
    command.add_argument(
        "--format", type=lambda name: name.replace("-", "_"), choices=list(forms), required=True, help="what to write: " + ", ".join(forms)
    )
    command.add_argument("--out", metavar="FILE", help="where to (default: a name made from the run; - writes to standard output)")
    command.add_argument("--json", action="store_true", help="one JSON object that says what was written")
    command.set_defaults(perform=export_run)


def export_run(arguments: argparse.Namespace) -> None:
    spec = registry.find("exports", arguments.format)
    runs = [service.run(name.strip()).id for name in arguments.run.split(",")]
    if len(runs) > 1 and spec.name != "report":
        raise Invalid(f"{spec.name} is not for several runs: only report is.", "Export one run after the other.")
    data = service.export(runs[0], arguments.format) if len(runs) == 1 else reporting.report(runs)
    if arguments.out == "-":
        sys.stdout.buffer.write(data)
        return
    path = Path(arguments.out or f"{runs[0] if len(runs) == 1 else 'runs'}{spec.suffix}")
    write_whole(path, data)
    if arguments.json:
        output.say({"run": ",".join(runs), "format": spec.name, "file": str(path), "bytes": len(data)})
    else:
        print(f"{path}: {len(data):,} bytes.")


def write_whole(path: Path, data: bytes) -> None:
    """Writes beside and renames, so that a full disk or Ctrl-C leaves no half file. Raises `Unavailable`."""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(beside, 0o666 & ~_umask())
            os.replace(beside, path)
        except BaseException:
            os.unlink(beside)
            raise
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}.", "Choose another file with --out.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
