"""What a stranger's file is, by its content: format, encoding, delimiter, decimal sign, whether the first line has names."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import Counter
from pathlib import Path

from dlcore.errors import Invalid
from dlcore.forecast import show_bytes
from dlcore.owndata.features import is_missing, number
from dlcore.owndata.names import shown

MOST_BYTES = 2**30
SAMPLE = 2**18
LINES = 200
PROSE = ("", ".txt", ".text", ".md", ".rst", ".tex")  # names that a plain text may have
DELIMITERS = ("\t", "|", ";", ",")  # the rarest inside of fields first
OTHERS = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"%PDF": "a PDF document",
    b"\x7fELF": "a program", b"MZ": "a program", b"SQLite format": "a SQLite database", b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls)", b"BZh": "a bzip2 archive", b"\xfd7zXZ": "an xz archive", b"\x93NUMPY": "a NumPy array",
    b"\x80\x04\x95": "a pickle, which could run code when it is opened", b"\x28\xb5\x2f\xfd": "a zstd archive", b"\x89HDF": "an HDF5 file",
    b"{\\rtf": "an RTF document",
}  # fmt: skip
INSTEAD = "Give a table as CSV, TSV, Parquet or Excel (.xlsx)."


def file_format(path: Path) -> str:
    """ "text", "gzip", "parquet", "excel" or "zip". Raises `Invalid` for what is none of them, empty or too large."""
    try:
        if path.is_symlink() or not path.is_file():
            raise Invalid(f"{shown(path.name)} is no plain file.", INSTEAD)
        size = path.stat().st_size
        with path.open("rb") as content:
            head = content.read(4096)
    except OSError as error:
        raise Invalid(f"{shown(path.name)} cannot be read: {error.strerror}.") from None
    if size > MOST_BYTES:
        raise Invalid(f"{shown(path.name)} has {show_bytes(size)}; at most {show_bytes(MOST_BYTES)} are read.", "Use a part of its rows.")
    if not head.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise Invalid(f"{shown(path.name)} is empty.", INSTEAD)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "excel" if _is_workbook(path) else "zip"
    _refuse_others(path, head)
    return "text"


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError):
        raise Invalid(f"{shown(path.name)} is a damaged zip or Excel file.", "Save it again.") from None


def _refuse_others(path: Path, head: bytes) -> None:
    for magic, what in OTHERS.items():
        if head.startswith(magic):
            raise Invalid(f"{shown(path.name)} is {what}, not a table.", INSTEAD)
    if re.match(rb"\s*<(!doctype|html|\?xml|svg)", head, re.IGNORECASE):
        raise Invalid(f"{shown(path.name)} is a web page or XML, not a table.", INSTEAD)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid(f"{shown(path.name)} holds bytes that no text has.", INSTEAD)


def sample_of(path: Path, form: str) -> bytes:
    """The first quarter of a megabyte, unpacked."""
    try:
        if form == "gzip":
            with gzip.open(path) as packed:
                return packed.read(SAMPLE)
        with path.open("rb") as content:
            return content.read(SAMPLE)
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid(f"{shown(path.name)} cannot be unpacked: {shown(error)}.", "Pack it again.") from None


def encoding_of(data: bytes) -> str:
    """By its mark, else UTF-8 where it is that, else what charset-normalizer thinks, else Windows's western one."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return name
    for cut in range(4):  # the sample may end within a letter
        try:
            data[: len(data) - cut].decode("utf-8")
            return "utf-8"
        except UnicodeDecodeError as error:
            if error.start < len(data) - 4:
                break
    from charset_normalizer import from_bytes

    best = from_bytes(data[:32_768], cp_isolation=["cp1252", "cp1250", "cp1251", "cp932", "gb18030", "euc_kr", "big5"]).best()
    return best.encoding if best else "cp1252"


def delimiter_of(text: str) -> str:
    """The sign that parts most lines into the same number of fields, more than one; a comma where none does. Of signs that do so alike the
    one that is the rarest in numbers and sentences."""
    lines = text.splitlines()[:LINES]
    best, most = ",", 0.0
    for sign in DELIMITERS:
        try:
            counts = Counter(len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=sign) if row)
        except csv.Error:
            continue
        fields, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        share = times / max(1, sum(counts.values()))
        if fields > 1 and round(share, 1) > most:
            best, most = sign, round(share, 1)
    return best


def has_quotes(text: str, delimiter: str) -> bool:
    """Whether quotation marks hold fields together. Where they are part of what is written, a mark at a field's beginning would swallow
    the lines up to the next one: lines that all have as many fields without that reading are read without it."""
    lines = [line for line in text.splitlines()[: 10 * LINES] if line]
    fields = Counter(line.count(delimiter) + 1 for line in lines)
    if len(fields) != 1 or set(fields) == {1} or f'{delimiter}"' not in text and not text.startswith('"') and '\n"' not in text:
        return True
    try:
        rows = [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter) if row]
    except csv.Error:
        return False
    return len(rows) == len(lines)


def is_prose(text: str, suffix: str) -> bool:
    """Whether it is a text to be read letter by letter: not called as tables are, and without fields that its lines have in common."""
    lines = [line for line in text.splitlines()[: 10 * LINES] if line.strip()]
    if suffix.lower() not in PROSE or not lines or sum(map(str.isalpha, text)) < len(text) / 2:
        return False
    delimiter = delimiter_of(text)
    counts = Counter(line.count(delimiter) for line in lines)
    fields, times = counts.most_common(1)[0]
    return fields == 0 or times < 0.9 * len(lines)


def has_header(rows: list[list[str]], decimal: str) -> bool:
    """Whether the first row has names: no number and nothing twice in it, and it differs from what stands beneath."""
    if len(rows) < 2:
        return True
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    if not named or any(number(cell, decimal) is not None for cell in named) or len(set(named)) < len(named):
        return False
    below = [{row[place].strip() for row in rows[1:] if place < len(row)} for place in range(len(first))]
    # A word above numbers is a name for sure; a word above words may be one of them, or the class that gave the column its name.
    if any(not is_missing(cell) and _are_numbers(column, decimal) for cell, column in zip(first, below, strict=True)):
        return True
    return not any(cell and cell in column for cell, column in zip(first, below, strict=True)) and max(map(len, first)) <= 40


def _are_numbers(cells: set[str], decimal: str) -> bool:
    known = [cell for cell in cells if not is_missing(cell)]
    return bool(known) and all(number(cell, decimal) is not None for cell in known)
