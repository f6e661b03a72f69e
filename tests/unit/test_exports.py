"""Exports that need no Keras, and scripts as text: what they say, what they refuse."""

from __future__ import annotations

import ast
import csv
import dataclasses
import io
import json
from typing import Any

import pytest

from dlcore import Experiment, registry
from dlcore.errors import Refused
from dlcore.exports import csv as csv_export
from dlcore.exports import experiment as experiment_export
from dlcore.exports import json as json_export
from dlcore.exports import script
from dlcore.exports._bundle import Bundle
from dlcore.jobs.verify import compare
from dlcore.run import Run, State

HISTORY = [{"epoch": 1, "loss": 0.5, "accuracy": 0.1}, {"epoch": 2, "loss": float("nan"), "accuracy": 0.30000001192092896}]


def bundle(changes: list[dict[str, Any]] | None = None, **settings: str) -> Bundle:
    made = Experiment().with_text({"epochs": "2", **settings})
    run = Run("r1", 0.0, experiment=made.to_json(), state=State.DONE, epoch=2, environment={"threads": 2, "keras": "3.15.1"})
    return Bundle(run, made, history=HISTORY, changes=changes or [], program={"jit": True})


def text(of: Bundle) -> str:
    return script.write(of).decode()


def test_a_bundle_survives_its_journey_to_a_worker() -> None:
    parent = bundle(layers="8")
    made = dataclasses.replace(bundle([{"field": "optimizer.learning_rate", "value": 0.1, "step": 3, "epoch": 0}]), ancestors=[parent])
    there = Bundle.from_json(json.loads(json.dumps(made.to_json())), b"weights")
    assert (there.run, there.experiment, there.checkpoint) == (made.run, made.experiment, b"weights")
    assert there.changes == made.changes and there.ancestors[0].experiment == parent.experiment


def test_csv_numbers_read_back_exactly() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_export.write(bundle()).decode())))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert float(rows[1]["accuracy"]) == HISTORY[1]["accuracy"]


def test_json_holds_the_run_and_no_nan() -> None:
    body = json.loads(json_export.write(bundle()), parse_constant=lambda word: pytest.fail(word))
    assert body["run"]["id"] == "r1" and body["experiment"]["epochs"] == 2
    assert body["history"][1]["loss"] is None


def test_the_experiment_reads_back_equal() -> None:
    made = bundle(layers="256,128", dropout="0.1,0.2")
    assert Experiment.from_json(experiment_export.write(made).decode()) == made.experiment


@pytest.mark.parametrize("dataset", registry.built_in("datasets"))
def test_every_data_set_has_a_script_without_the_lab(dataset: str) -> None:
    tree = ast.parse(text(bundle(dataset=dataset, model=suiting(dataset))))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in names if name.startswith("dlcore")]


@pytest.mark.parametrize("room, key", [("optimizers", "optimizer"), ("schedules", "schedule"), ("initializers", "initializer")])
def test_every_choice_has_a_script_whose_names_are_all_known(room: str, key: str) -> None:
    for name in registry.members(room):
        assert not unknown_names(text(bundle(**{key: name}))), name


@pytest.mark.parametrize("model", registry.members("models"))
def test_every_model_has_a_script_whose_names_are_all_known(model: str) -> None:
    dataset = next(name for name in registry.built_in("datasets") if suits(model, name))
    assert not unknown_names(text(bundle(model=model, dataset=dataset)))


def suits(model: str, dataset: str) -> bool:
    spec, data = registry.find("models", model), registry.find("datasets", dataset)
    shape = data.shape({field.name: field.default for field in data.fields})
    return shape.kind in spec.accepts and spec.fits(shape)


def suiting(dataset: str) -> str:
    """The first model that reads the data set."""
    return next(name for name in registry.members("models") if suits(name, dataset))


def unknown_names(source: str) -> set[str]:
    """Names that a script reads and nowhere defines."""
    import builtins

    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    known = set(dir(builtins)) | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    known |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))} | {
        node.arg for node in nodes if isinstance(node, ast.arg)
    }
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            known |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return {node.id for node in nodes if isinstance(node, ast.Name)} - known - {"__name__"}


def test_the_script_carries_threads_and_flag_of_the_run() -> None:
    found = text(bundle())
    assert "tf.config.threading.set_intra_op_parallelism_threads(2)" in found and "JIT = True" in found
    assert "JIT = False" in text(dataclasses.replace(bundle(), program={"jit": False}))


def test_a_constant_rate_is_a_plain_number_in_the_script() -> None:
    assert "Adam(learning_rate=0.001" in text(bundle()) and "class Rates" not in text(bundle())


def test_a_changed_rate_holds_from_its_step_on() -> None:
    found = text(bundle([{"field": "optimizer.learning_rate", "value": 0.1, "step": 7, "epoch": 0}]))
    space: dict[str, Any] = {}
    wanted = ("constant_rates", "learning_rates")
    parts = [node for node in ast.parse(found).body if isinstance(node, ast.FunctionDef) and node.name in wanted]
    exec("import numpy as np\nEPOCHS = 2\n" + "\n".join(map(ast.unparse, parts)).replace("np.ndarray", "object"), space)
    rates = space["learning_rates"](5)
    assert rates.tolist() == [0.001] * 7 + [0.1] * 3


def test_live_changes_become_assignments_at_their_steps() -> None:
    changes = [
        {"field": "model.dropout", "value": 0.5, "step": 3, "epoch": 0},
        {"field": "optimizer.beta_1", "value": 0.5, "step": 4, "epoch": 0},
        {"field": "patience", "value": 4, "step": 5, "epoch": 0},
    ]
    found = text(bundle(changes, dropout="0.2", layers="16"))
    for line in ("if step == 3:", "model.layers[2].rate = 0.5", "if step == 4:", "model.optimizer.beta_1 = 0.5", "stopper.patience = 4"):
        assert line in found


def test_what_was_switched_off_live_is_zero_in_the_script_and_may_come_back() -> None:
    changes = [
        {"field": "model.dropout", "value": 0.0, "step": 3, "epoch": 0},
        {"field": "model.l2", "value": 0.0, "step": 4, "epoch": 0},
        {"field": "model.dropout", "value": [0.1, 0.2], "step": 5, "epoch": 0},
    ]
    found = text(bundle(changes, dropout="0.2,0.3", l2="0.01", layers="16,8"))
    for line in ("layers[2].rate = 0.0", "layers[4].rate = 0.0", "layers[1].kernel_regularizer.l2 = 0.0", "layers[4].rate = 0.2"):
        assert f"model.{line}" in found


def test_the_script_of_a_run_stopped_by_hand_ends_where_it_ended() -> None:
    made = bundle(epochs="20")
    found = text(dataclasses.replace(made, run=dataclasses.replace(made.run, state=State.STOPPED, epoch=2)))
    assert "EPOCHS = 20" in found and "epochs = 2\n" in found


def test_the_script_of_a_branch_replays_its_parent() -> None:
    parent = bundle(layers="16", schedule="cosine")
    branch = dataclasses.replace(bundle(layers="16", schedule="cosine", learning_rate="0.01", epochs="4"), begins=12, ancestors=[parent])
    found = text(branch)
    assert "rates = cosine_rates(0.001, 2 * steps" in found
    assert "np.concatenate([rates[:12], cosine_rates(0.01, EPOCHS * steps" in found


def test_a_branch_that_became_another_net_has_no_script() -> None:
    branch = dataclasses.replace(bundle(batch_size="64"), begins=12, ancestors=[bundle()])
    with pytest.raises(Refused, match="another batch size"):
        script.write(branch)


def test_a_branch_whose_parent_is_gone_has_no_script() -> None:
    with pytest.raises(Refused, match="is gone"):
        script.write(dataclasses.replace(bundle(), begins=12))


def test_histories_are_compared_by_their_worst_epoch() -> None:
    again = [{"epoch": 1, "loss": 0.5, "accuracy": 0.1}, {"epoch": 2, "loss": float("nan"), "accuracy": 0.3}]
    found = compare(HISTORY, again)
    assert found["largest"]["loss"] == 0.0 and 0 < found["largest"]["accuracy"] < 1e-7
    assert found["equal"] and not found["bitwise"]
    assert not compare(HISTORY, again[:1])["equal"]


def test_the_script_pins_what_it_needs_where_tools_read_it() -> None:
    import re
    import tomllib

    found = re.search(r"^# /// script$\n(?P<body>(?:^#(?: .*)?$\n)+)^# ///$", text(bundle()), re.MULTILINE)
    assert found
    body = tomllib.loads("".join(line[2:] + "\n" for line in found["body"].splitlines()))
    names = dict(one.partition("==")[::2] for one in body["dependencies"])
    assert names["keras"] == "3.15.1" and set(names) == {"keras", "tensorflow", "numpy", "scikit-learn"} and all(names.values())
