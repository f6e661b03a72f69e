"""Rows for `predict` from files of several kinds; bad ones are named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dlcore.cli.model import rows_of
from dlcore.errors import Invalid

ROWS = np.arange(12.0).reshape(3, 4)


def test_the_same_rows_from_each_kind_of_file(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", ROWS)
    (tmp_path / "rows.json").write_text(json.dumps(ROWS.tolist()))
    np.savetxt(tmp_path / "rows.csv", ROWS, delimiter=",")
    for name in ("rows.npy", "rows.json", "rows.csv"):
        np.testing.assert_array_equal(rows_of(tmp_path / name, (2, 2)), ROWS.reshape(3, 2, 2))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.npy", None, "There is no file"),
        ("text.csv", "a,b\n", "cannot be read as rows of numbers"),
        ("short.csv", "1,2,3\n", "each row must be 4 finite ones"),
        ("nan.csv", "1,2,3,nan\n", "finite"),
        ("object.json", '{"a": 1}', "cannot be read as rows of numbers"),
        ("empty.json", "[]", "holds 0 numbers"),
    ],
)
def test_file_that_is_no_rows_is_refused_by_name(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(Invalid, match=said) as error:
        rows_of(tmp_path / name, (2, 2))
    assert name in str(error.value)
