"""Rows for `predict` and the bench from files of several kinds; bad ones are named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.services.bench import Model
from dlcore.services.bench_rows import from_file

ANY = Model("a model", None, "artefact", "", (2, 2), (1,))
ROWS = np.arange(12.0).reshape(3, 4)


def test_the_same_rows_from_each_kind_of_file(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", ROWS)
    (tmp_path / "rows.json").write_text(json.dumps(ROWS.tolist()))
    np.savetxt(tmp_path / "rows.csv", ROWS, delimiter=",")
    np.savetxt(tmp_path / "named.csv", ROWS, delimiter=";", header="a;b;c;d", comments="")
    for name in ("rows.npy", "rows.json", "rows.csv", "named.csv"):
        np.testing.assert_array_equal(from_file(ANY, tmp_path / name), ROWS.reshape(3, 2, 2))


def test_text_is_read_line_by_line_by_a_net_that_reads_text(tmp_path: Path) -> None:
    experiment = Experiment().with_(dataset="characters", model="rnn")
    shape = experiment.shape.input
    names = experiment.dataset_spec.vocabulary(experiment.dataset.settings)  # type: ignore[misc]
    (tmp_path / "texts.txt").write_text(f"{names[3]}{names[4]}\n\n{names[5]}\n")
    found = from_file(Model("a model", experiment, "artefact", "", shape, (1,)), tmp_path / "texts.txt")
    assert found.shape == (2, *shape) and found[:, -1, 0].tolist() == [4, 5]


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
        from_file(ANY, tmp_path / name)
    assert name in str(error.value)
