"""Archives of strangers: looked at before anything is unpacked, and never unpacked by their own paths."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from dlcore.errors import Invalid
from dlcore.forecast import show_bytes
from dlcore.owndata.names import shown

MOST_ENTRIES = 200_000
MOST_BYTES = 4 * 2**30  # of all entries, unpacked
MOST_RATIO = 200  # unpacked bytes for each packed one, beyond the first 50 MB; honest text reaches 20
SMALL = 50 * 2**20


def entries(path: Path, what: str = "The archive") -> list[zipfile.ZipInfo]:
    """The files in a zip, without folders and what macOS adds. Raises `Invalid` for what is damaged, too large, encrypted, a link, or
    would land outside; sizes are those that the zip declares, so that a reader must stop at `ZipInfo.file_size` (`zipfile` does)."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError, UnicodeError) as error:
        raise Invalid(f"{what} is no whole zip file: {shown(error)}.", "Pack it again.") from None
    if len(found) > MOST_ENTRIES:
        raise Invalid(f"{what} holds {len(found):,} files; at most {MOST_ENTRIES:,} are read.", "Split it.")
    size, packed = sum(entry.file_size for entry in found), max(1, path.stat().st_size)
    if size > MOST_BYTES or (size > SMALL and size / packed > MOST_RATIO):
        raise Invalid(
            f"{what} would unpack from {show_bytes(packed)} to {show_bytes(size)}, which is how a zip bomb looks.",
            f"At most {show_bytes(MOST_BYTES)} and {MOST_RATIO} times the packed size are unpacked.",
        )
    for entry in found:
        _check(entry, what)
    return [entry for entry in found if not entry.is_dir() and not is_clutter(entry.filename)]


def _check(entry: zipfile.ZipInfo, what: str) -> None:
    name = entry.filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":") or "\0" in entry.orig_filename:
        raise Invalid(f"{what} holds {shown(name)}, a path that leads outside.", "Pack it again, from inside its folder.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Invalid(f"{what} holds the link {shown(name)}; links are not followed.", "Pack the files themselves.")
    if entry.flag_bits & 1:
        raise Invalid(f"{what} is protected by a password.", "Pack it again without one.")


def is_clutter(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return not parts or parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini") or parts[-1].startswith("._")
