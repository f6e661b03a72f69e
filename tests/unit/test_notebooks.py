"""Notebooks: those of runs and those of the course, executed from top to bottom as a person would."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.cli import main
from dlcore.datasets._files import is_available
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.exports import notebook, script
from dlcore.exports._bundle import Bundle
from dlcore.exports._ipynb import ipynb
from dlcore.notebooks import _parts, cnn_cifar_10
from dlcore.run import Run, State
from dlcore.services import course_notebooks


def code_of(data: bytes) -> list[str]:
    """The text of each cell of code."""
    return ["".join(cell["source"]) for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One Jupyter kernel for all: Keras is imported once."""
    jupyter = pytest.importorskip("jupyter_client.manager")
    pytest.importorskip("nbclient")
    manager = jupyter.KernelManager(kernel_name="python3")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    manager.start_kernel(cwd=str(tmp_path_factory.mktemp("notebooks")), env=environment | {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"})
    yield manager
    manager.shutdown_kernel(now=True)


def execute(data: bytes, kernel: Any, limit: int = 240) -> str:
    """Everything that the cells print, run top to bottom by Jupyter's own client, with no name left from the notebook before."""
    import nbclient
    import nbformat

    book = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(book)
    book.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    nbclient.NotebookClient(book, timeout=limit, km=kernel).execute()
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
def test_notebook_of_a_run_is_executed_top_to_bottom(kernel: Any) -> None:
    printed = execute(notebook.write(bundle()), kernel)
    assert "epoch 2/2" in printed and "test loss" in printed


# The notebooks of the course.
FILES = [
    "rosenblatt perceptron.ipynb", "MLP_classification_keras_fashion_mnist.ipynb", "T-SNE Visualization.ipynb",
    "Various optimization methods.ipynb", "HP_optimization_MLP_learning rate.ipynb", "HP_optimization_MLP_biases.ipynb",
    "HP_optimization_MLP_weights.ipynb", "HP_optimization_MLP_regularization.ipynb", "HP_optimization_MLP_dropout_regularization.ipynb",
    "HP_optimization_MLP_early_stopping.ipynb", "CNN_CIFAR_10.ipynb", "RNN_sequences.ipynb",
]  # fmt: skip
SMALL = {
    "dataset": "digits", "examples": 400, "epochs": 2, "layers": (16, 16), "learning_rate": 0.01,
    "trials": 2, "seeds": 2, "points": 40, "rates": 1, "filters": (4, 8), "dense": (16,),
    "rows": 120, "steps": 8, "units": 4, "written": 12,
}  # fmt: skip
# What each must have said when it reaches its end.
SAID = {
    "perceptron": "Rosenblatt's rule: 100 of 100 starts",
    "mlp_fashion_mnist": "of the test rows",
    "tsne": "trustworthiness",
    "optimizers": "L-BFGS: training loss",
    "learning_rate": "least loss at",
    "biases": "after one epoch",
    "weights": "different units",
    "weight_decay": "weights below 0.001",
    "dropout": "mean of thirty nets",
    "early_stopping": "best weights: 2 epochs",
    "cnn_cifar_10": "of the test rows",
    "rnn_sequences": "both directions: right about the bit",
}
BOOKS = registry.members("notebooks")
every = pytest.mark.parametrize("name", BOOKS)
# Those that are built like the one of the learning rate are executed at night.
ALIKE = ("biases", "weights", "weight_decay", "dropout")
by_day = pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.nightly] if name in ALIKE else []) for name in BOOKS])


def small(name: str) -> dict[str, Any]:
    known = {field.name for field in BOOKS[name].fields}
    return {key: value for key, value in SMALL.items() if key in known}


@pytest.mark.keras
@by_day
def test_notebook_of_the_course_is_executed_top_to_bottom(name: str, kernel: Any) -> None:
    assert SAID[name] in execute(course_notebooks.write(name, values=small(name)), kernel)


@pytest.mark.nightly
@pytest.mark.keras
@pytest.mark.timeout(3600)
@every
def test_notebook_of_the_course_is_executed_at_its_full_size(name: str, kernel: Any) -> None:
    data = {field.name: field.default for field in BOOKS[name].fields}.get("dataset")
    if data and not is_available(str(data)):
        pytest.skip(f"{data} is not on this computer; KERAS_HOME says where it is looked for")
    said = SAID[name].partition(": ")[0] if name == "early_stopping" else SAID[name]  # how many epochs it takes is the run's own affair
    assert said in execute(course_notebooks.write(name), kernel, limit=3600)


@pytest.mark.parametrize(("load", "shape"), [(_parts.LOAD, (8, 8)), (cnn_cifar_10.LOAD, (8, 8, 1))])
def test_notebook_without_a_network_takes_digits_and_says_so(load: str, shape: tuple[int, ...], capsys: pytest.CaptureFixture[str]) -> None:
    def fetch() -> None:
        raise Exception("URL fetch failure")

    keras = SimpleNamespace(datasets=SimpleNamespace(fashion_mnist=SimpleNamespace(load_data=fetch)))
    names: dict[str, Any] = {"DATASET": "fashion_mnist", "EXAMPLES": 100, "SEED": 0, "np": np, "keras": keras}
    exec(load, names)
    assert names["x_train"].shape == (60, *shape) and 0.9 < names["x_train"].max() <= 1 and names["DATASET"] == "digits"
    assert "fashion_mnist cannot be fetched, so the digits take its place. (URL fetch failure)" in capsys.readouterr().out


def test_notebooks_have_the_names_of_the_course() -> None:
    assert [spec.filename for spec in BOOKS.values()] == FILES


@every
def test_notebook_stands_alone_and_holds_its_settings(name: str) -> None:
    code = code_of(course_notebooks.write(name, values=small(name)))
    assert "dlcore" not in {module for cell in code for module in imported(cell)}
    made = pieces(code[0])
    assert list(made) == [field.name.upper() for field in BOOKS[name].fields]
    for key, value in small(name).items():
        assert ast.literal_eval(made[key.upper()]) == (list(value) if isinstance(value, tuple) else value)


@every
def test_every_setting_of_a_notebook_is_read_by_it(name: str) -> None:
    _, *rest = code_of(course_notebooks.write(name))
    used = {node.id for cell in rest for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Name)}
    assert not [field.name for field in BOOKS[name].fields if field.name.upper() not in used]


@every
def test_notebook_explains_itself_in_plain_words(name: str) -> None:
    cells = json.loads(course_notebooks.write(name))["cells"]
    words = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    assert words[0].startswith("# ") and len(words) >= 4 and not any("!" in text for text in words)
    assert re.search(r"\b(1[89]|20)\d\d\b", " ".join(words)), "a reference has a year"


def test_settings_of_a_page_are_those_of_its_notebook() -> None:
    page = Experiment().with_(learning_rate=0.02, layers=(128, 32), dropout=(0.3, 0.4), epochs=7, optimizer="sgd", seed=4)
    made = course_notebooks.settings(BOOKS["dropout"], page)
    expected = {"dataset": "digits", "learning_rate": 0.02, "layers": (128, 32), "dropout": 0.3, "epochs": 7, "optimizer": "sgd", "seed": 4}
    assert {key: made[key] for key in expected} == expected


def test_what_a_notebook_cannot_use_of_a_page_is_left_at_its_default() -> None:
    page = Experiment().with_(dataset="moons", examples=100, optimizer="lbfgs", epochs=3)
    made = course_notebooks.settings(BOOKS["early_stopping"], page)
    assert (made["dataset"], made["examples"], made["optimizer"], made["epochs"]) == ("fashion_mnist", 1000, "adam", 3)


def test_wrong_setting_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="has no setting called 'dropuot'"):
        course_notebooks.write("dropout", values={"dropuot": 0.5})


# The command line.
def test_all_notebooks_are_written_with_the_settings_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notebooks", "--out", str(tmp_path / "new"), "--set", "dropout=0.7", "model.layers=32", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(FILES) and len(lines) == len(FILES)
    settings = code_of((tmp_path / "new" / FILES[8]).read_bytes())[0]
    assert "DROPOUT = 0.7" in settings and "LAYERS = [32]" in settings


def test_list_of_notebooks_writes_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notebooks", "--out", str(tmp_path / "new"), "--list"]) == 0
    assert FILES[0] in capsys.readouterr().out and not (tmp_path / "new").exists()


def test_setting_that_nothing_has_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notebooks", "--out", str(tmp_path), "--set", "dropuot=0.7"]) == 2
    assert "no setting called" in capsys.readouterr().err
