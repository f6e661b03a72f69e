"""Reads whatever file a person brings, by what it is: a zip or folder of pictures, a text to write like, or a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dlcore.errors import Invalid
from dlcore.owndata import sniffing
from dlcore.owndata.image_set import keep_images
from dlcore.owndata.names import shown
from dlcore.owndata.table_set import keep_table
from dlcore.owndata.text_set import keep_text

KEEPERS = {"pictures": keep_images, "text": keep_text, "table": keep_table}


def kind_of(path: Path, choices: Mapping[str, Any] | None = None) -> str:
    """ "pictures", "text" (letter by letter) or "table"; the choice "as" outweighs the guess. Raises `Invalid` for what is none of them."""
    chosen = str((choices or {}).get("as") or "")
    if chosen and chosen not in KEEPERS:
        raise Invalid(f"{shown(chosen)} is nothing that a file can be read as: it must be {', '.join(KEEPERS)}.")
    if chosen or path.is_dir():
        return chosen or "pictures"
    form = sniffing.file_format(path)
    if form == "zip":
        return "pictures"
    if form not in ("text", "gzip"):
        return "table"
    data = sniffing.sample_of(path, form)
    name = path.with_suffix("") if path.suffix == ".gz" else path
    return "text" if sniffing.is_prose(data.decode(sniffing.encoding_of(data), errors="replace"), name.suffix) else "table"


def keep(
    path: Path, name: str = "", choices: Mapping[str, Any] | None = None, progress: Callable[[float], None] | None = None
) -> dict[str, Any]:
    """`keep_images`, `keep_text` or `keep_table`."""
    return KEEPERS[kind_of(path, choices)](path, name, choices, progress)
