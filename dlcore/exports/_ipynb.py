"""Jupyter notebooks as files: nbformat 4.5, written as plain JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

Cell = tuple[str, str]
"""("markdown" or "code", its text)."""


def ipynb(cells: Iterable[Cell]) -> bytes:
    """The notebook file, in UTF-8, without outputs. The same cells give the same bytes."""
    body = {
        "cells": [_cell(number, kind, text.strip("\n")) for number, (kind, text) in enumerate(cells, start=1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    if kind not in ("markdown", "code"):
        raise ValueError(f"kind = {kind!r} is not allowed: a cell is markdown or code")
    own: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": f"cell-{number:02}", "metadata": {}, "source": text.splitlines(keepends=True), **own}
