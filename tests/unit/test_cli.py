"""The command line, on a real store and without a trainer: the events are appended by the tests."""

from __future__ import annotations

import json
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dlcore import Experiment, registry, service
from dlcore.cli import main
from dlcore.run import Event, State


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of its own, no trainer, and no downloaded data set."""
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "lab"))
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("DLCORE_DATA", raising=False)
    return tmp_path / "lab"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was printed to standard output, each line of it JSON."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def worker_event(run: str, seq: int, kind: str, body: dict[str, Any], data: bytes = b"", attempt: int = 1) -> Event:
    return Event(run, attempt, seq, kind, time.time(), body, data)


def epochs(run: str, seq: int, first: int, *rows: tuple[float, float], attempt: int = 1) -> Event:
    data = b"".join(struct.pack("<3f", loss, accuracy, 500.0) for loss, accuracy in rows)
    return worker_event(run, seq, "epochs", {"names": ["loss", "val_accuracy", "examples_per_second"], "first": first}, data, attempt)


def begin(run: str, attempt: int = 1) -> None:
    body = {"worker": "wide-1", "worker_class": "wide", "environment": {}, "step": 0}
    service.open_store().append([Event(run, attempt, 0, "started", time.time(), body)])


def trained(*, end: str = "done", **body: Any) -> str:
    """A run of two epochs that has ended."""
    run = service.start(Experiment().with_(epochs=2))
    begin(run)
    metrics = {"loss": 0.25, "val_accuracy": 0.75}
    last = {
        "done": {"metrics": metrics},
        "stopped": {"step": 80, "epoch": 2},
        "failed": {"cause": "The loss became NaN.", "hint": "Lower it."},
    }
    service.open_store().append([epochs(run, 1, 1, (0.5, 0.5), (0.25, 0.75)), worker_event(run, 2, end, last[end] | body)])
    return run


def test_train_submits_what_was_set_and_prints_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--set", "dataset=iris", "layers=256,128", "--set", "epochs=3", "--detach", "--json"]) == 0
    (line,) = lines(capsys)
    assert line["event"] == "submitted"
    experiment = service.experiment(line["run"])
    assert (experiment.dataset.name, experiment.model.settings["layers"], experiment.epochs) == ("iris", (256, 128), 3)


def test_train_takes_digits_where_no_data_set_was_downloaded(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "--detach", "--json"])
    assert service.experiment(lines(capsys)[0]["run"]).dataset.name == "digits"


def test_train_reads_an_exported_experiment(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run, file = trained(), tmp_path / "experiment.json"
    assert main(["export", run, "--format", "experiment", "--out", str(file)]) == 0
    capsys.readouterr()
    assert main(["train", "--experiment", str(file), "--detach", "--json"]) == 0
    assert service.experiment(lines(capsys)[0]["run"]) == service.experiment(run)


def test_following_a_finished_run_prints_each_epoch_and_done_last(capsys: pytest.CaptureFixture[str]) -> None:
    run = trained()
    assert main(["follow", run, "--json"]) == 0
    found = lines(capsys)
    told = [line for line in found if line["event"] == "epoch"]
    assert [(line["epoch"], line["loss"], line["examples_per_second"]) for line in told] == [(1, 0.5, 500.0), (2, 0.25, 500.0)]
    assert found[-1] == {"event": "done", "run": run, "metrics": {"loss": 0.25, "val_accuracy": 0.75}}


def test_epochs_that_a_second_attempt_repeats_are_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    run = service.start(Experiment().with_(epochs=3))
    begin(run)
    lost = Event(run, 1, 0, "requeued", time.time(), {"cause": "The worker was lost."})
    service.open_store().append([epochs(run, 1, 1, (0.5, 0.5), (0.25, 0.75)), lost])
    begin(run, attempt=2)
    done = worker_event(run, 2, "done", {"metrics": {"loss": 0.125}}, attempt=2)
    service.open_store().append([epochs(run, 1, 2, (0.25, 0.75), (0.125, 0.875), attempt=2), done])
    assert main(["follow", run, "--json"]) == 0
    found = lines(capsys)
    assert [line["epoch"] for line in found if line["event"] == "epoch"] == [1, 2, 3]
    assert [line["cause"] for line in found if line["event"] == "requeued"] == ["The worker was lost."]


def test_a_failed_run_ends_with_status_1_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    run = trained(end="failed")
    assert main(["follow", run, "--json"]) == 1
    printed = capsys.readouterr()
    last = json.loads(printed.out.splitlines()[-1])
    assert (last["event"], last["cause"], last["hint"]) == ("failed", "The loss became NaN.", "Lower it.")
    assert "The loss became NaN. Lower it." in printed.err


def test_a_number_that_json_has_no_word_for_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    run = service.start(Experiment().with_(epochs=1))
    begin(run)
    done = worker_event(run, 2, "done", {"metrics": {"loss": 1.0}})
    service.open_store().append([epochs(run, 1, 1, (float("nan"), 0.5)), done])
    main(["follow", run, "--json"])
    assert next(line for line in lines(capsys) if line["event"] == "epoch")["loss"] is None


def test_people_get_one_aligned_line_per_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    main(["follow", trained()])
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1/2  loss   0.5000") and first.endswith("left")
    assert len(first) == len(second)
    assert "is done" in last


def interrupting(times: int, run: str, end: Event) -> Any:
    """A `service.follow` whose reader presses Ctrl-C so many times; the next time the trainer has ended the run."""
    left = [times]

    def follow(asked: str, **_: Any) -> Iterator[tuple[int, Event]]:
        if left[0]:
            left[0] -= 1
            raise KeyboardInterrupt
        service.open_store().append([end])
        yield 1, end

    return follow


def test_the_first_ctrl_c_stops_the_run_and_keeps_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run = service.start(Experiment())
    begin(run)
    monkeypatch.setattr(service, "follow", interrupting(1, run, worker_event(run, 1, "stopped", {"step": 9, "epoch": 0})))
    assert main(["follow", run, "--json"]) == 130
    printed = capsys.readouterr()
    assert json.loads(printed.out.splitlines()[-1])["event"] == "stopped"
    assert f"python -m dlcore retry {run}" in printed.err
    assert [(command.target, command.order) for command in service.open_store().take_commands()] == [(run, "stop")]


def test_the_second_ctrl_c_leaves_at_once(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run = service.start(Experiment())
    begin(run)
    monkeypatch.setattr(service, "follow", interrupting(2, run, worker_event(run, 1, "stopped", {"step": 9, "epoch": 0})))
    assert main(["follow", run, "--json"]) == 130
    assert capsys.readouterr().out == ""
    assert service.run(run).state is State.RUNNING


def test_show_gives_state_attempts_and_history(capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", trained(), "--json"])
    (shown,) = lines(capsys)
    assert (shown["state"], shown["attempts"]) == ("done", 1)
    assert [(row["epoch"], row["loss"]) for row in shown["history"]] == [(1, 0.5), (2, 0.25)]


def test_show_is_a_card_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", trained()])
    text = capsys.readouterr().out
    assert "done, epoch 2 of 2" in text and "epochs=2" in text and "0.2500" in text


def test_runs_lists_the_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = trained(), trained(end="stopped")
    main(["runs", "--json"])
    assert [(line["run"], line["state"]) for line in lines(capsys)] == [(second, "stopped"), (first, "done")]
    main(["runs", "--state", "done", "--json"])
    assert [line["run"] for line in lines(capsys)] == [first]


def test_runs_and_commands_work_on_an_empty_store(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    assert "No runs yet" in capsys.readouterr().out
    assert main(["runs", "--json"]) == 0
    assert capsys.readouterr().out == ""


def test_a_deleted_run_can_be_restored(capsys: pytest.CaptureFixture[str]) -> None:
    run = trained()
    assert main(["delete", run]) == 0
    assert service.run(run).trashed
    assert main(["restore", run]) == 0
    assert not service.run(run).trashed


def test_retry_queues_a_stopped_run_again() -> None:
    run = trained(end="stopped")
    assert main(["retry", run, "--json"]) == 0
    assert service.run(run).state is State.QUEUED


def test_change_reaches_the_trainer_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    run = service.start(Experiment())
    begin(run)
    assert main(["change", run, "--set", "learning_rate=0.01", "--json"]) == 0
    assert lines(capsys)[0]["changes"] == {"optimizer.learning_rate": 0.01}
    (command,) = service.open_store().take_commands()
    assert (command.order, command.body["field"], command.body["value"]) == ("change", "optimizer.learning_rate", 0.01)


def test_a_bad_change_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run = service.start(Experiment())
    begin(run)
    assert main(["change", run, "--set", "learning_rate=0.01", "beta_1=7"]) == 2
    assert service.open_store().take_commands() == []
    assert main(["change", run, "--set", "learning_rate=0.01", "epochs=7"]) == 2
    assert service.open_store().take_commands() == []


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["train", "--set", "dataset=nonsense"], "no data set called 'nonsense'"),
        (["train", "--set", "model=mpl"], "Did you mean mlp?"),
        (["train", "--set", "flux=1"], "no setting called 'flux'"),
        (["train", "--set", "epochs=0"], "epochs = 0 is not allowed"),
        (["train", "--set", "epochs=many"], "epochs = 'many' is not allowed"),
        (["train", "--set", "epochs"], "KEY=VALUE"),
        (["train", "--experiment", "missing.json"], "missing.json cannot be read"),
        (["show", "r0000"], "r0000"),
        (["stop", "r0000"], "r0000"),
        (["export", "r0000", "--format", "csv"], "r0000"),
        (["runs", "--limit", "0"], "--limit 0"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--json"]) == 2
    printed = capsys.readouterr()
    assert said in printed.err and len(printed.err.splitlines()) == 1
    assert printed.out == ""
    assert service.runs() == []


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 99}', '{"colour": 1}', '{"epochs": "x"}', "[" * 100_000])
def test_a_malformed_experiment_is_refused(text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text(text)
    assert main(["train", "--experiment", str(tmp_path / "e.json"), "--json"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_home_that_is_a_file_is_one_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.touch()
    assert main(["runs", "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.err == f"The folder {home} cannot be made: File exists. Choose a folder that you may write with DLCORE_HOME.\n"
    assert printed.out == ""


def test_an_unknown_flag_is_one_sentence_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["runs", "--nonsense"])
    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_stopping_a_finished_run_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stop", trained()]) == 2
    assert "cannot be" in capsys.readouterr().err


@pytest.mark.parametrize("room", ["datasets", "models", "optimizers", "schedules", "losses", "initializers", "exports"])
def test_each_room_lists_all_its_members(room: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([room, "--json"]) == 0
    assert [line["name"] for line in lines(capsys)] == list(registry.members(room))
    assert main([room]) == 0
    text = capsys.readouterr().out
    assert all(f"{name}: " in text for name in registry.members(room))


def test_models_say_ranges_and_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    main(["models", "--json"])
    mlp = next(line for line in lines(capsys) if line["name"] == "mlp")
    dropout = next(field for field in mlp["fields"] if field["name"] == "dropout")
    assert (dropout["minimum"], dropout["maximum"], dropout["default"], dropout["live"]) == (0.0, 0.95, 0.0, True)


def test_trainer_status_without_a_trainer_has_no_pid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trainer", "status", "--json"]) == 0
    assert lines(capsys) == [{"running": False, "pid": None, "workers": []}]


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    for command in ("train", "runs", "show", "stop", "pause", "resume", "retry", "branch", "change", "delete", "export", "trainer"):
        assert f"\n    {command} " in listed
        with pytest.raises(SystemExit) as left:
            main([command, "--help"])
        assert left.value.code == 0
        assert len(capsys.readouterr().out) > 100


def test_train_help_lists_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = capsys.readouterr().out
    assert all(f"  {key}=" in text for key, _, _ in Experiment().fields())


def test_a_half_written_export_leaves_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "missing" / "history.csv"
    assert main(["export", trained(), "--format", "csv", "--out", str(target)]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert not target.parent.exists()


def test_the_command_line_imports_no_tensorflow(capsys: pytest.CaptureFixture[str]) -> None:
    import subprocess

    code = "import sys; from dlcore.cli import main; main(['models', '--json']); main(['runs']); sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60).returncode == 0
