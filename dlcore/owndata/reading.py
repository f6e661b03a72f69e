"""Reads whatever file a person brings, by what it is: a zip or folder of pictures, or a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dlcore.owndata.image_set import keep_images
from dlcore.owndata.sniffing import file_format
from dlcore.owndata.table_set import keep_table


def holds_pictures(path: Path) -> bool:
    """Whether it is read as a set of pictures. Raises `Invalid` for what is neither that nor a table."""
    return path.is_dir() or file_format(path) == "zip"


def keep(
    path: Path, name: str = "", choices: Mapping[str, Any] | None = None, progress: Callable[[float], None] | None = None
) -> dict[str, Any]:
    """`keep_images` or `keep_table`."""
    return (keep_images if holds_pictures(path) else keep_table)(path, name, choices, progress)
