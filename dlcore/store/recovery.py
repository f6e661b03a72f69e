"""A database that SQLite cannot open: moved aside, and what can still be read of it recovered into a new one."""

from __future__ import annotations

from pathlib import Path

from dlcore.errors import Damaged


def recover(path: Path, now: float) -> None:
    raise Damaged(f"The database {path} is damaged.")
