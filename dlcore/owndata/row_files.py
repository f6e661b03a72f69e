"""Raw rows that a person saves later, read by predict.py with the standard library alone: another program may have written them than
wrote the data set, with other signs between fields or before decimal places, or in another encoding.

The functions in `SOURCES` are copied into predict.py after those of features.py; they use the modules `csv`, `io`, `json` and `re`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dlcore.owndata.features import is_tokens


def text_of(data: bytes, preparation: dict) -> str:
    """What a file says: by its mark, else as UTF-8, else in the encoding of the data set, or Windows's western one. `ValueError` where the
    bytes are no text."""
    if data.startswith((b"PAR1", b"PK\x03\x04")):
        raise ValueError("it is Parquet, Excel or a zip; save it as a CSV")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(preparation.get("encoding", "cp1252"), errors="replace")


def names_in(cells: list) -> list:
    """The names in a table's first row, as the lab writes them."""
    return [" ".join(cell.split())[:200] or f"column {place}" for place, cell in enumerate(cells, 1)]


def rows_in(text: str, preparation: dict) -> list:
    """The rows of a table, [{column: text}], with the sign between fields that finds the most of the columns in its first row."""
    quoting: Any = csv.QUOTE_MINIMAL if preparation.get("quotes", True) else csv.QUOTE_NONE
    wanted = {column["name"] for column in preparation["columns"]}

    def read(sign: str) -> Any:
        return csv.reader(io.StringIO(text, newline=""), delimiter=sign, quoting=quoting)

    sign, names = preparation["delimiter"], preparation["names"]
    if names is None:
        signs = dict.fromkeys([sign, "\t", ";", ",", "|"])
        sign = max(signs, key=lambda one: len(wanted.intersection(names_in(next(read(one), [])))))
    rows = [row for row in read(sign) if any(row)]
    found, rows = (names, rows) if names is not None else (names_in(rows[0]) if rows else [], rows[1:])
    return [dict(zip(found, row + [""] * (len(found) - len(row)), strict=False)) for row in rows]


def objects_in(text: str, preparation: dict) -> list:
    """The same of a list of objects in JSON, whose numbers always have a point."""
    sign = preparation["decimal"]
    return [
        {str(name): "" if value is None else str(value).replace(".", sign) if isinstance(value, float) else str(value)
         for name, value in row.items()} for row in json.loads(text)
    ]  # fmt: skip


def columns_of(path: str, preparation: dict) -> dict:
    """{column: texts} of a file: a table with the data set's columns, or .json, a list with an object for each row; of a net that reads
    texts also .txt, one text a line."""
    text = text_of(Path(path).read_bytes(), preparation)
    columns = [column["name"] for column in preparation["columns"]]
    if path.endswith(".txt") and is_tokens(preparation):
        rows = [{columns[0]: line} for line in text.splitlines() if line.strip()]
    else:
        rows = objects_in(text, preparation) if path.endswith(".json") else rows_in(text, preparation)
    if not rows:
        raise ValueError("it has no rows")
    if missing := [name for name in columns if name not in rows[0]]:
        raise ValueError(f"it lacks the columns {', '.join(missing)}")
    return {name: [row.get(name, "") for row in rows] for name in columns}


SOURCES: tuple[Callable[..., Any], ...] = (text_of, names_in, rows_in, objects_in, columns_of)
