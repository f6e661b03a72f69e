"""The worked examples of CONTRIBUTING.md, put into their rooms and used."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dlcore import registry
from dlcore.calls import Call
from dlcore.experiment import Experiment, Part
from dlcore.exports._bundle import Bundle
from dlcore.run import Run
from dlcore.specs import ROOMS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"^`((?:dlcore|pages)/[\w/]+\.py)`\n\n```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = dict(EXAMPLE.findall((ROOT / "CONTRIBUTING.md").read_text()))


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All examples lie in their rooms; afterwards the rooms are as they were."""
    for name, source in EXAMPLES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    for room in ROOMS:
        package = importlib.import_module(f"dlcore.{room}")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / "dlcore" / room)])
    registry.built_in.cache_clear()
    yield
    registry.built_in.cache_clear()
    for name in EXAMPLES:
        sys.modules.pop(name.removesuffix(".py").replace("/", "."), None)


def test_every_room_and_a_page_have_an_example() -> None:
    assert sorted(Path(name).parts[1] for name in EXAMPLES) == sorted([*ROOMS, "lab"])


def test_each_example_registers_by_lying_in_its_room(rooms: None) -> None:
    for name in EXAMPLES:
        room, stem = Path(name).parent.name, Path(name).stem
        if room in ROOMS:
            spec = registry.find(room, stem)
            assert spec.name == stem and spec.title


def test_examples_for_experiments_make_one_together(rooms: None) -> None:
    experiment = Experiment(
        dataset=Part("rings", {"rings": 4}), model=Part("funnel", {"initializer": "glorot_uniform"}),
        optimizer=Part("adamax"), schedule=Part("linear"), monitors=("gradients",),
    )  # fmt: skip
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert [call.arguments["units"] for call in experiment.plan()] == [64, 32, 16, 4]
    assert experiment.optimizer_spec.call(experiment.optimizer.settings).source().startswith("keras.optimizers.Adamax(learning_rate=0.002")
    np.testing.assert_allclose(experiment.schedule_spec.rates(0.1, 4, 2), [0.1, 0.075, 0.05, 0.025])


def test_example_data_set_is_of_the_shape_it_says(rooms: None) -> None:
    spec = registry.find("datasets", "rings")
    settings = {"rows": 300, "rings": 3}
    shape, data = spec.shape(settings), spec.load(seed=1, **settings)
    assert data["x"].shape == (shape.rows, *shape.input) and data["x"].dtype == np.float32
    assert set(data["y"]) == set(range(shape.outputs))


def test_example_loss_and_initialiser_are_keras_calls(rooms: None) -> None:
    assert registry.find("losses", "log_cosh").call({}, "regression") == Call("losses.LogCosh")
    start = registry.find("initializers", "truncated_normal").call(0.0, 15, 7)
    assert start.source() == "keras.initializers.TruncatedNormal(stddev=0.05, seed=7)"


def test_example_export_writes_a_table(rooms: None) -> None:
    bundle = Bundle(Run("r1", 0.0), Experiment(), [{"epoch": 1, "loss": 0.5}])
    assert registry.find("exports", "markdown").write(bundle) == b"| epoch | loss |\n| --- | --- |\n| 1 | 0.5 |"


@pytest.mark.keras
def test_example_job_and_monitor_work_on_arrays(rooms: None) -> None:
    from types import SimpleNamespace

    from dlcore.engine import checkpoint

    packed = checkpoint.pack({"model/dense/0/kernel": np.zeros((3, 2), "float32"), "optimizer/0/m": np.zeros(2, "float32")}, {})
    result, artefact = registry.find("jobs", "weight_sizes").perform({}, {"checkpoint": packed}, lambda fraction: None)
    assert result == {"model/dense/0/kernel": 6} and artefact is None
    probe = SimpleNamespace(layers=[SimpleNamespace(output=np.array([[0.0], [2.0]], "float32"))])
    assert float(registry.find("monitors", "output_spread").measure(probe)["output_spread"]) == 1.0


def test_example_page_has_a_title_and_shows_itself_last() -> None:
    tree = ast.parse(EXAMPLES["pages/lab/room_list.py"])
    assert (ast.get_docstring(tree) or "").startswith("Rooms:")
    assert ast.unparse(tree.body[-1]) == "show(page)"


def test_example_claim_pairs_its_sides_by_seed(rooms: None) -> None:
    from dlcore.claims._measures import Outcome
    from dlcore.services import claiming, evidence

    claim = registry.find("claims", "wider_nets")
    accuracies = {"128 units": 0.9, "16 units": 0.8}
    found = {
        key: Outcome(experiment, {"val_accuracy": np.array([accuracies[key[1]] + 0.01 * key[0]], "float32")})
        for key, experiment in evidence.experiments(claim, 3)
    }
    assert claiming.judge(claim, 3, found).estimate.effect == pytest.approx(10, abs=1e-4)


def test_the_example_of_a_search_can_be_searched(rooms: None) -> None:
    from dlcore.services import searching

    search = searching.preset("batch_size", Experiment())
    assert search.planned == 7
    assert search.experiment_of({"batch_size": 512}, 1).batch_size == 512


def test_example_notebook_holds_the_settings_given(rooms: None) -> None:
    from dlcore.services import course_notebooks

    assert b"PERIODS = 5" in course_notebooks.write("sine", values={"periods": 5})
