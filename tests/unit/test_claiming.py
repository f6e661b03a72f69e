"""Claims put to the test on a real store without a trainer: what workers would report, the tests write."""

from __future__ import annotations

import json
import math
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import registry, service
from dlcore.claims import _measures as measures
from dlcore.claims._measures import Outcome
from dlcore.claims._setups import DIGITS
from dlcore.cli import main
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.services import claiming, evidence
from dlcore.specs import Claim
from dlcore.statistics import FAILS, HOLDS, UNTOLD

CLAIM = "bias_start"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "lab"))
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    return tmp_path / "lab"


def finish(run: str, accuracy: float, kind: str = "done", **body: Any) -> None:
    """The run as a worker would end it, after one epoch of this accuracy."""
    data = struct.pack("<3f", 0.5, accuracy, 1.0)
    ends = {"done": {"metrics": {}}, "failed": {"cause": "The loss became NaN at step 3.", "hint": ""}, "stopped": {"step": 1, "epoch": 1}}
    began = {"worker": "narrow-1", "worker_class": "narrow", "environment": {}, "step": 0}
    service.open_store().append([
        Event(run, 1, 0, "started", time.time(), began),
        Event(run, 1, 1, "epochs", time.time(), {"names": ["loss", "val_accuracy", "seconds"], "first": 1}, data),
        Event(run, 1, 2, kind, time.time(), ends[kind] | body),
    ])  # fmt: skip


def finish_all(standing: claiming.Standing, accuracy: Callable[[int, str], float]) -> None:
    for (seed, label, _), run in (standing.runs or {}).items():
        if not service.run(run).state.is_finished:
            finish(run, accuracy(seed, label))


def better_by(points: float) -> Callable[[int, str], float]:
    """Accuracies that differ between the sides by about so many percentage points, in every seed a little otherwise."""
    return lambda seed, label: 0.5 + 0.02 * seed + (points / 100 + 0.001 * (seed % 2) if label == "bias 0.1" else 0)


def test_a_claim_asks_for_the_same_seeds_on_both_sides() -> None:
    standing = claiming.start(CLAIM, 4)
    assert (standing.state, standing.done, standing.total) == ("running", 0, 8)
    seeds = {label: [service.experiment(run).seed for (_, own, _), run in standing.runs.items() if own == label]
             for label in ("bias 0", "bias 0.1")}  # fmt: skip
    assert seeds == {"bias 0": [0, 1, 2, 3], "bias 0.1": [0, 1, 2, 3]}
    assert {service.run(run).kind for run in standing.runs.values()} == {"claim"}


@pytest.mark.parametrize(("points", "verdict"), [(5.0, HOLDS), (-5.0, FAILS)])
def test_verdict_is_reached_by_whoever_looks_when_all_runs_have_ended(points: float, verdict: str) -> None:
    finish_all(claiming.start(CLAIM, 4), better_by(points))
    found = claiming.standing(CLAIM)
    assert found.state == "tested" and found.finding is not None
    assert found.finding.verdict == verdict
    assert found.finding.estimate.effect == pytest.approx(points + 0.05, abs=0.01)
    assert claiming.standing(CLAIM).finding == found.finding  # kept, not reached again


def test_claim_that_is_not_sure_says_so() -> None:
    finish_all(claiming.start(CLAIM, 4), lambda seed, label: 0.5 + (0.1 * (-1) ** seed if label == "bias 0.1" else 0))
    finding = claiming.standing(CLAIM).finding
    assert finding is not None and finding.verdict == UNTOLD and finding.estimate.p > 0.05


def test_more_seeds_train_only_what_is_new() -> None:
    first = claiming.start(CLAIM, 3)
    finish_all(first, better_by(3))
    claiming.standing(CLAIM)
    second = claiming.start(CLAIM, 5)
    assert second.state == "running" and (second.done, second.total) == (6, 10)
    assert set(first.runs.items()) < set(second.runs.items())


def test_run_that_somebody_trained_is_taken_as_it_is() -> None:
    claim: Claim = registry.find("claims", CLAIM)
    mine = service.start(claim.arms["bias 0"][0].with_(seed=1))
    finish(mine, 0.5)
    standing = claiming.start(CLAIM, 3)
    assert standing.runs[1, "bias 0", 0] == mine and standing.done == 1


def test_what_is_measured_in_seconds_takes_runs_on_one_core_only() -> None:
    claim: Claim = registry.find("claims", "relu_time")
    mine = service.start(claim.arms["ReLU"][0].with_(seed=0))  # interactive: on all cores
    assert mine not in claiming.start("relu_time", 3).runs.values()


def test_a_run_that_was_changed_by_hand_is_no_evidence() -> None:
    claim: Claim = registry.find("claims", CLAIM)
    mine = service.start(claim.arms["bias 0"][0].with_(seed=0))
    service.change(mine, "learning_rate", 0.5)
    assert mine not in claiming.start(CLAIM, 3).runs.values()


def test_stopped_run_breaks_a_test_until_it_is_started_again() -> None:
    standing = claiming.start(CLAIM, 3)
    run = standing.runs[0, "bias 0", 0]
    service.stop(run)
    broken = claiming.standing(CLAIM)
    assert broken.state == "broken" and run in broken.cause
    again = claiming.start(CLAIM, 3)
    assert again.state == "running" and again.runs[0, "bias 0", 0] != run


def test_diverged_run_is_evidence_and_not_trained_again() -> None:
    standing = claiming.start("adam_tuning", 3)
    for (seed, label, number), run in standing.runs.items():
        if label == "SGD" and number == 4:
            finish(run, 0.1, "failed")
        else:
            finish(run, 0.9 if label == "Adam" else 0.5 + 0.01 * seed)
    found = claiming.standing("adam_tuning")
    assert found.state == "tested" and found.finding is not None
    assert found.finding.values["SGD"][0] == pytest.approx([0.5] * 4 + [0.1], abs=1e-6)
    assert claiming.start("adam_tuning", 3).runs == found.runs


def test_failed_run_of_another_cause_is_told() -> None:
    standing = claiming.start(CLAIM, 3)
    finish(standing.runs[0, "bias 0", 0], 0.5, "failed", cause="The worker had no memory left.")
    assert "no memory left" in claiming.standing(CLAIM).cause


def test_claim_whose_file_was_changed_is_untested_again(monkeypatch: pytest.MonkeyPatch) -> None:
    finish_all(claiming.start(CLAIM, 3), better_by(3))
    assert claiming.standing(CLAIM).state == "tested"
    monkeypatch.setattr(evidence, "made_from", lambda name: "another text")
    assert claiming.standing(CLAIM).state == "untested"
    assert claiming.start(CLAIM, 3).state == "tested"  # its runs are still there


def test_stopping_a_test_leaves_what_is_trained() -> None:
    standing = claiming.start(CLAIM, 3)
    done = standing.runs[0, "bias 0", 0]
    finish(done, 0.5)
    claiming.stop(CLAIM)
    states = {run: service.run(run).state.value for run in standing.runs.values()}
    assert states.pop(done) == "done" and set(states.values()) == {"stopped"}


def test_checkpoints_on_the_way_are_freed_and_models_kept() -> None:
    standing = claiming.start(CLAIM, 3)
    store, run = service.open_store(), standing.runs[0, "bias 0", 0]
    began = {"worker": "narrow-1", "worker_class": "narrow", "environment": {}, "step": 0}
    store.append([Event(run, 1, 0, "started", time.time(), began)])
    for seq, role in enumerate(("kept", "final"), start=1):
        made = store.put_file(run, role, b"weights", role=role, epoch=1, step=9)
        store.append([Event(run, 1, seq, "checkpoint", time.time(), {"artefact": made, "role": role, "epoch": 1, "step": 9})])
    data = struct.pack("<2f", 0.5, 0.5)
    store.append([Event(run, 1, 3, "epochs", time.time(), {"names": ["val_accuracy", "seconds"], "first": 1}, data),
                  Event(run, 1, 4, "done", time.time(), {"metrics": {}})])  # fmt: skip
    finish_all(standing, better_by(1))
    assert claiming.standing(CLAIM).state == "tested"
    assert [file.role for file in store.files(run)] == ["final"]


def test_nets_are_looked_into_by_jobs_before_training_without_any_run() -> None:
    standing = claiming.start("negative_bias_dead", 3)
    store = service.open_store()
    assert (standing.runs, standing.total) == ({}, 6)
    for job in store.jobs():
        dead = 0.8 if job.inputs["experiment"]["model"]["bias"] else 0.01 * job.inputs["experiment"]["seed"]
        store.update_job(job.id, state="done", result={"without_gradient": dead})
    finding = claiming.standing("negative_bias_dead").finding
    assert finding is not None and finding.verdict == HOLDS and finding.estimate.effect == pytest.approx(79)


def test_claims_about_arithmetic_are_tested_at_once() -> None:
    found = claiming.start("momentum_gap", 3)
    assert found.state == "tested" and found.finding is not None and not service.runs()
    assert 0.3 < found.finding.estimate.effect < 0.6  # ½ in theory


def test_correction_counts_the_comparisons_that_were_made() -> None:
    for name in ("momentum_gap", "adagrad_shrinks"):
        claiming.start(name, 3)
    found = claiming.standings()
    p = [found[name].finding.estimate.p for name in ("momentum_gap", "adagrad_shrinks")]
    assert claiming.corrected(found) == pytest.approx({"momentum_gap": 2 * p[0], "adagrad_shrinks": max(p[1], 2 * p[0])})


def test_what_cannot_be_measured_gives_no_verdict() -> None:
    claim: Claim = registry.find("claims", "early_stopping_saves")
    found = {key: Outcome(own, {"loss": np.zeros(10 * (key[0] > 0), "float32")}) for key, own in evidence.experiments(claim, 3)}
    finding = claiming.judge(claim, 3, found)
    assert finding.verdict == UNTOLD and finding.why and math.isnan(finding.estimate.effect)


@pytest.mark.parametrize("seeds", [2, 0, 101])
def test_too_few_and_too_many_seeds_are_refused(seeds: int) -> None:
    with pytest.raises(Invalid, match=f"seeds = {seeds}"):
        claiming.start(CLAIM, seeds)


# What is measured.
def outcome(curves: Mapping[str, list[float]], experiment: Experiment = DIGITS, **more: Any) -> Outcome:
    return Outcome(experiment, {name: np.array(values, "float32") for name, values in curves.items()}, **more)


def test_epochs_and_seconds_to_a_value() -> None:
    run = outcome({"loss": [2.0, 0.8, 0.4, 0.6], "seconds": [1.0, 0.5, 0.5, 0.5]})
    assert measures.epochs_to("loss", 0.5)(run) == 3 and measures.seconds_to("loss", 0.5)(run) == 2.0
    assert measures.epochs_to("loss", 0.1)(run) == DIGITS.epochs and measures.seconds_to("loss", 0.1)(run) == 2.5


def test_weights_that_are_kept_are_those_of_the_best_epoch() -> None:
    curves = {"val_loss": [0.9, 0.3, 0.7], "val_accuracy": [0.1, 0.5, 0.9]}
    assert measures.kept("val_accuracy")(outcome(curves)) == pytest.approx(0.9)
    assert measures.kept("val_accuracy")(outcome(curves, DIGITS.with_(restore_best=True))) == pytest.approx(0.5)


def test_diverged_run_counts_as_told() -> None:
    gone = outcome({"loss": [], "val_accuracy": []}, diverged=True)
    assert measures.last("val_accuracy", diverged=0.1)(gone) == 0.1 and math.isnan(measures.last("val_accuracy")(gone))
    assert measures.worse_than(2.3)(gone) == 1.0 and measures.worse_than(2.3)(outcome({"loss": [5.0, 2.0]})) == 0.0


def test_range_test_pick_compares_with_the_nearest_rate_of_the_sweep() -> None:
    claim: Claim = registry.find("claims", "range_test_pick")
    sweep = [0.1, 0.2, 0.9, 0.8, 0.7, 0.6, 0.1, 0.1]  # best at 0.01
    assert claim.effect({"range test": [0.028], "sweep": sweep}) == pytest.approx(10)
    ramp = claim.arms["range test"][0]
    steps = ramp.epochs * 40
    rates = ramp.schedule_spec.rates(10.0, steps, 40, **ramp.schedule.settings)
    losses = np.where(rates < 0.5, 2.3 / (1 + rates), 2.3 * rates).astype("float32")  # falls until 0.5
    assert claim.measure is not None
    assert claim.measure(Outcome(ramp, losses=losses)) == pytest.approx(0.05, rel=0.3)


# All claims.
@pytest.mark.parametrize("claim", [pytest.param(claim, id=name) for name, claim in registry.members("claims").items()])
def test_claims_say_what_would_refute_them(claim: Claim) -> None:
    assert claim.title.endswith("?") and claim.refuted.endswith(".") and claim.reference and claim.quantity and claim.topic.isidentifier()
    assert claim.region[0] < claim.region[1] and any(map(math.isfinite, claim.region))
    assert claim.seeds >= 3 and (claim.compute is None) == bool(claim.arms) and (claim.measure is None) == (claim.compute is not None)
    labels = set(claim.arms)
    assert all(not own.monitors and own.epochs <= 200 for side in claim.arms.values() for own in side), "a test takes seconds"
    for label in labels:
        assert len({own.to_json() for own in claim.arms[label]}) == len(claim.arms[label])


def test_what_one_arm_measures_is_in_per_cent_and_a_difference_in_points() -> None:
    units = {name: claim.unit for name, claim in registry.members("claims").items()}
    assert (units["perceptron_xor"], units["leaky_relu_alive"], units["hidden_layer"]) == ("%", "%", "percentage points")


def test_part_one_makes_twenty_claims_or_more() -> None:
    assert len([claim for claim in registry.members("claims").values() if claim.order < 90]) >= 20


# The command line.
def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_list_names_the_claims_and_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--list", "--json"]) == 0
    assert [line["name"] for line in lines(capsys)] == list(registry.members("claims"))
    assert not service.runs()
    assert main(["claims", "--list"]) == 0
    assert "momentum_bowl" in capsys.readouterr().out


def test_each_claim_is_a_line_with_verdict_effect_interval_and_n(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "momentum_bowl", "adagrad_shrinks", "--seeds", "4", "--json"]) == 0
    found = lines(capsys)
    assert [line["name"] for line in found] == ["momentum_bowl", "adagrad_shrinks"]
    for line in found:
        assert line["verdict"] in (HOLDS, FAILS, UNTOLD) and line["n"] == 4
        assert line["ci"][0] <= line["effect"] <= line["ci"][1]


def test_unknown_claim_and_too_few_seeds_are_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "momentum_bow"]) == 2
    assert "Did you mean momentum_bowl?" in capsys.readouterr().err
    assert main(["claims", "momentum_bowl", "--seeds", "2"]) == 2
    assert "from 3 to 100" in capsys.readouterr().err
