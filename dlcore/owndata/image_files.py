"""The files of a zip or of a folder, by their paths inside it: read one at a time, never unpacked, links never followed."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path
from types import TracebackType

from dlcore.errors import Invalid
from dlcore.forecast import show_bytes
from dlcore.owndata import archives
from dlcore.owndata.names import shown
from dlcore.owndata.pictures import Unreadable

MOST_FILE = 64 * 2**20


class Files:
    """`names`: paths with "/", in alphabetical order. Raises `Invalid` for what is damaged, too large, a link, or leads outside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive: zipfile.ZipFile | None = None
        self._sizes: dict[str, int]
        if path.is_dir():
            self._sizes = _in_folder(path)
        else:
            self._entries = {entry.filename.replace("\\", "/"): entry for entry in archives.entries(path, shown(path.name))}
            self._sizes = {name: entry.file_size for name, entry in self._entries.items()}
            self._archive = zipfile.ZipFile(path)
        self.names = tuple(sorted(self._sizes))

    def __enter__(self) -> Files:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._archive:
            self._archive.close()

    @property
    def size(self) -> int:
        return sum(self._sizes.values())

    def read(self, name: str, most: int = MOST_FILE) -> bytes:
        """The file's content. Raises `Unreadable` for more than `most` bytes, and for one that is damaged in its archive."""
        if self._sizes[name] > most:
            raise Unreadable(f"has {show_bytes(self._sizes[name])}; at most {show_bytes(most)} are read")
        try:
            if self._archive:
                return self._archive.read(self._entries[name])
            with (self.path / name).open("rb") as content:
                return content.read(most)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
            raise Unreadable("is damaged in its archive" if self._archive else "cannot be read") from None


def _in_folder(path: Path) -> dict[str, int]:
    """Path and size of every file below the folder."""
    found: dict[str, int] = {}
    for place, folders, names in os.walk(path, followlinks=False):
        for name in sorted([*folders, *names]):
            one = Path(place) / name
            inside = one.relative_to(path).as_posix()
            if one.is_symlink():
                raise Invalid(f"The folder holds the link {shown(inside)}; links are not followed.", "Copy the files themselves.")
            if one.is_file() and not archives.is_clutter(inside):
                found[inside] = one.stat().st_size
        if len(found) > archives.MOST_ENTRIES:
            raise Invalid(f"The folder holds more than {archives.MOST_ENTRIES:,} files.", "Give a part of it.")
    return found
