"""Tables of strangers, read in pieces: CSV, TSV (also gzipped), Parquet, Excel. Cells are texts until their column's kind is known."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dlcore.errors import Invalid
from dlcore.forecast import show_bytes
from dlcore.owndata import archives, features, sniffing
from dlcore.owndata.names import shown

MOST_COLUMNS = 2000
MOST_ROWS = 20_000_000
MOST_LINE = 8 * 2**20
MOST_UNPACKED = 4 * 2**30
CHUNK = 20_000
EXCEL_BYTES = 200 * 2**20
Columns = dict[str, list[str]]


@dataclass(frozen=True)
class Table:
    """A file and how it is to be read. names: the columns as the file has them, each once.

    form: "text", "gzip", "parquet" or "excel". encoding, delimiter, decimal, header, sheet: guessed, and correctable (`changed`). quotes:
    whether quotation marks hold fields together; else they are signs like others.
    """

    path: Path
    form: str
    names: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    header: bool = True
    quotes: bool = True
    sheet: str = ""
    sheets: tuple[str, ...] = field(default=())

    def chunks(self, size: int = 0) -> Iterator[Columns]:
        """Up to `size` rows at a time (0: about half a million cells), as {name: cells}. Raises `Invalid` where the file breaks off or has
        too much."""
        size = size or max(100, min(CHUNK, 500_000 // max(1, len(self.names))))
        if self.form == "parquet":
            yield from _parquet_chunks(self, size)
            return
        rows: list[list[str]] = []
        count = 0
        for row in self._rows():
            rows.append(row)
            if len(rows) == size:
                count += size
                if count > MOST_ROWS:
                    raise Invalid(f"{shown(self.path.name)} has more than {MOST_ROWS:,} rows.", "Use a part of its rows.")
                yield self._columns(rows)
                rows = []
        if rows:
            yield self._columns(rows)

    def head(self, rows: int) -> Columns:
        """The first rows."""
        return next(self.chunks(rows), {name: [] for name in self.names})

    def _rows(self) -> Iterator[list[str]]:
        rows = _excel_rows(self.path, self.sheet) if self.form == "excel" else _text_rows(self)
        if self.header:
            next(rows, None)
        return rows

    def _columns(self, rows: list[list[str]]) -> Columns:
        width = len(self.names)
        even = [row if len(row) == width else (row + [""] * width)[:width] for row in rows]
        return dict(zip(self.names, map(list, zip(*even, strict=True)), strict=True))


def open_table(path: Path, choices: Mapping[str, Any] | None = None) -> Table:
    """The table in the file, its form guessed where `choices` (the fields of `Table`) do not say. Raises `Invalid` in a sentence."""
    chosen = {name: value for name, value in (choices or {}).items() if value not in (None, "")}
    form = sniffing.file_format(path)
    if form == "zip":
        raise Invalid(f"{shown(path.name)} is a zip, not a table.", "Unpack it, or give a zip of pictures in folders as a set of images.")
    if form == "parquet":
        return Table(path, form, _parquet_names(path))
    if form == "excel":
        return _open_excel(path, chosen)
    return _open_text(path, form, chosen)


def _open_text(path: Path, form: str, chosen: Mapping[str, Any]) -> Table:
    data = sniffing.sample_of(path, form)
    if form == "gzip" and b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid(f"{shown(path.name)} holds bytes that no text has.", sniffing.INSTEAD)
    encoding = str(chosen.get("encoding") or sniffing.encoding_of(data))
    try:
        text = data.decode(encoding, errors="replace")
    except LookupError:
        raise Invalid(f"There is no encoding called {shown(encoding)}.", "For example utf-8, cp1252 or utf-16.") from None
    delimiter = {"tab": "\t", "\\t": "\t"}.get(str(chosen.get("delimiter")), chosen.get("delimiter")) or sniffing.delimiter_of(text)
    if len(str(delimiter)) != 1 or delimiter in '\r\n"':
        raise Invalid(f"The delimiter {shown(delimiter)} is not allowed: it must be one sign, such as a comma, semicolon or tab.")
    quotes = bool(chosen.get("quotes", sniffing.has_quotes(text, str(delimiter))))
    draft = Table(path, form, (), encoding, str(delimiter), header=False, quotes=quotes)
    first = _first(_text_rows(draft), sniffing.LINES)
    decimal = str(chosen.get("decimal") or features.decimal_of(first[1:]))
    if decimal not in (".", ","):
        raise Invalid("The decimal sign must be a point or a comma.")
    header = bool(chosen.get("header", sniffing.has_header(first, decimal)))
    return replace(draft, decimal=decimal, header=header, names=_names(first, header, path))


def _first(rows: Iterator[list[str]], count: int) -> list[list[str]]:
    found: list[list[str]] = []
    for row in rows:
        if len(row) > MOST_COLUMNS:  # before anything looks at a million cells
            raise Invalid(f"The file has {len(row):,} columns; at most {MOST_COLUMNS:,} are read.", "Leave columns out.")
        found.append(row)
        if len(found) == count:
            break
    return found


def _names(rows: list[list[str]], header: bool, path: Path) -> tuple[str, ...]:
    if not rows or (header and len(rows) < 2):
        raise Invalid(f"{shown(path.name)} has no rows below its names.", sniffing.INSTEAD)
    width = len(rows[0]) if header else max(map(len, rows))
    return check_names([*rows[0]] if header else [""] * width, path)


def check_names(names: list[str], path: Path) -> tuple[str, ...]:
    """Names that are there once each; those that are empty or repeated get a number. `Invalid` for too many."""
    if len(names) > MOST_COLUMNS:
        raise Invalid(f"{shown(path.name)} has {len(names):,} columns; at most {MOST_COLUMNS:,} are read.", "Leave columns out.")
    found: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        own = " ".join(name.split())[:200] or f"column {place}"
        while own in found:
            own = f"{own} ({place})"
        found[own] = None
    return tuple(found)


def _text_rows(table: Table) -> Iterator[list[str]]:
    """The rows of a text file, empty ones left out."""
    with (
        (gzip.open if table.form == "gzip" else open)(table.path, "rb") as content,
        io.TextIOWrapper(content, table.encoding, errors="replace", newline="") as text,
    ):  # type: ignore[type-var, arg-type]
        lines = _lines(text, table.path)
        reader = csv.reader(lines, delimiter=table.delimiter, quoting=csv.QUOTE_MINIMAL if table.quotes else csv.QUOTE_NONE)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                long = "field larger" in str(error)
                what = "a cell is longer than 131,072 letters: a quotation mark may never be closed" if long else shown(error)
                raise Invalid(f"{shown(table.path.name)} breaks off at line {reader.line_num:,}: {what}.", "Correct that line.") from None
            except (OSError, EOFError, zlib.error, UnicodeError) as error:
                raise Invalid(f"{shown(table.path.name)} is damaged: {shown(error)}.", "Fetch or pack it again.") from None
            if row and (len(row) > 1 or row[0].strip()):
                yield row


def _lines(text: Any, path: Path) -> Iterator[str]:
    """Lines without NULs; `Invalid` for one without end, and for a packed file that unpacks without end."""
    total = 0
    while line := text.readline(MOST_LINE):
        total += len(line)
        if len(line) >= MOST_LINE:
            raise Invalid(f"{shown(path.name)} has a line of more than {show_bytes(MOST_LINE)}.", "Is this a table, one row on each line?")
        if total > MOST_UNPACKED:
            raise Invalid(f"{shown(path.name)} unpacks to more than {show_bytes(MOST_UNPACKED)}.", "Use a part of its rows.")
        yield line.replace("\0", "") if "\0" in line else line


def _open_excel(path: Path, chosen: Mapping[str, Any]) -> Table:
    archives.entries(path, f"The Excel file {shown(path.name)}")
    if path.stat().st_size > EXCEL_BYTES:
        raise Invalid(f"{shown(path.name)} is too large for Excel's format here.", "Save it as CSV or Parquet.")
    book = _workbook(path)
    try:
        sheets = tuple(book.sheetnames)
    finally:
        book.close()
    sheet = str(chosen.get("sheet") or (sheets[0] if sheets else ""))
    if sheet not in sheets:
        raise Invalid(f"There is no sheet {shown(sheet)} in {shown(path.name)}.", f"There is: {', '.join(map(shown, sheets))}.")
    rows = _first(_excel_rows(path, sheet), sniffing.LINES)
    header = bool(chosen.get("header", sniffing.has_header(rows, ".")))
    return Table(path, "excel", _names(rows, header, path), header=header, sheet=sheet, sheets=sheets)


def _workbook(path: Path) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # whatever a damaged or crafted file makes the library raise
        raise Invalid(f"{shown(path.name)} cannot be read as Excel: {shown(error)}.", "Save it as CSV.") from None


def _excel_rows(path: Path, sheet: str) -> Iterator[list[str]]:
    book = _workbook(path)
    try:
        page = book[sheet]
        if not hasattr(page, "iter_rows"):
            raise Invalid(f"The sheet {shown(sheet)} is a chart, not a table.", "Choose another sheet.")
        page.reset_dimensions()
        for row in page.iter_rows(values_only=True):
            cells = [_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise Invalid(f"{shown(path.name)} has more than {MOST_COLUMNS:,} columns.", "Leave columns out.")
            if cells:
                yield cells
    except Invalid:
        raise
    except Exception as error:
        raise Invalid(f"{shown(path.name)} cannot be read as Excel: {shown(error)}.", "Save it as CSV.") from None
    finally:
        with suppress(Exception):
            book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)[:100_000]


def _parquet_names(path: Path) -> tuple[str, ...]:
    file = _parquet(path)
    about = file.metadata
    if about.num_rows > MOST_ROWS or not about.num_rows:
        raise Invalid(f"{shown(path.name)} has {about.num_rows:,} rows; 1 to {MOST_ROWS:,} are read.", "Use a part of its rows.")
    names = list(file.schema_arrow.names)
    if len(set(names)) < len(names) or not names:
        raise Invalid(f"{shown(path.name)} has no columns, or two of the same name.", "Rename them.")
    return check_names(names, path)


def _parquet(path: Path) -> Any:
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path, memory_map=False)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise Invalid(f"{shown(path.name)} is no whole Parquet file: {shown(error)}.", "Write it again.") from None


def _parquet_chunks(table: Table, size: int) -> Iterator[Columns]:
    import pyarrow
    from pyarrow import compute

    def cells(column: Any) -> list[str]:
        kind = column.type.value_type if pyarrow.types.is_dictionary(column.type) else column.type
        if pyarrow.types.is_nested(kind) or pyarrow.types.is_binary(kind) or pyarrow.types.is_large_binary(kind):
            return [""] * len(column)  # lists and bytes are no cells of a table
        return ["" if value is None else value for value in compute.cast(column, pyarrow.string()).to_pylist()]

    try:
        for batch in _parquet(table.path).iter_batches(batch_size=size):
            yield {name: cells(column) for name, column in zip(table.names, batch.columns, strict=True)}
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Invalid(f"{shown(table.path.name)} is damaged: {shown(error)}.", "Write it again.") from None
