"""Notebooks: those of runs and those of the course, executed from top to bottom as a person would."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.exports import notebook, script
from dlcore.exports._bundle import Bundle
from dlcore.exports._ipynb import ipynb
from dlcore.run import Run, State


def code_of(data: bytes) -> list[str]:
    """The text of each cell of code."""
    return ["".join(cell["source"]) for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]


def execute(data: bytes, folder: Path) -> str:
    """Everything that the cells print, run top to bottom by Jupyter's own client in `folder`."""
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    book = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(book)
    nbclient.NotebookClient(book, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


def imported(code: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def bundle(**settings: Any) -> Bundle:
    made = Experiment().with_(epochs=2, layers=(16,), monitors=(), **settings)
    run = Run("r1", 0.0, experiment=made.to_json(), state=State.DONE, epoch=2, environment={"threads": 1})
    return Bundle(run, made, program={"jit": False})


def test_same_cells_give_the_same_bytes() -> None:
    cells = [("markdown", "# One"), ("code", "x = 1\nprint(x)")]
    assert ipynb(cells) == ipynb(cells) and code_of(ipynb(cells)) == ["x = 1\nprint(x)"]


def pieces(code: str) -> dict[str, str]:
    """The functions, classes and settings of some source, by name."""
    named = (ast.FunctionDef, ast.ClassDef)
    tree = ast.parse(code).body
    found = {node.name: ast.unparse(node) for node in tree if isinstance(node, named)}
    return found | {ast.unparse(node.targets[0]): ast.unparse(node.value) for node in tree if isinstance(node, ast.Assign)}


@pytest.mark.parametrize("settings", [{"optimizer": "sgd", "schedule": "cosine", "dropout": 0.2, "patience": 3}, {"optimizer": "lbfgs"}])
def test_notebook_of_a_run_trains_by_the_code_of_its_script(settings: dict[str, Any]) -> None:
    made = bundle(**settings)
    code = "\n".join(code_of(notebook.write(made)))
    asked = pieces(script.write(made).decode())
    del asked["main"]
    assert "train" in asked and asked.items() <= pieces(code).items()
    assert "dlcore" not in imported(code)


@pytest.mark.keras
def test_notebook_of_a_run_is_executed_top_to_bottom(tmp_path: Path) -> None:
    printed = execute(notebook.write(bundle()), tmp_path)
    assert "epoch 2/2" in printed and "test loss" in printed
    assert (tmp_path / "digits-mlp-r1.keras").exists()
