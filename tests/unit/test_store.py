"""What the store promises: events fold into runs, in order, once, and can be folded again."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from dlcore.errors import NotFound, Refused, Unavailable
from dlcore.experiment import Experiment
from dlcore.run import Event, State
from dlcore.store import Store, schema
from tests.store_events import done, epochs, requeued, running, started, steps


def test_a_new_run_is_queued_with_its_experiment(store: Store) -> None:
    experiment = Experiment(epochs=7)
    run = store.run(store.submit(experiment, owner="ann", title="First"))
    assert (run.state, run.owner, run.title, run.epochs) == (State.QUEUED, "ann", "First", 7)
    assert Experiment.from_json(run.experiment) == experiment


def test_ids_sort_by_age_even_when_the_clock_goes_back(lab_home: Path) -> None:
    times = iter([100.0, 2e9, 1.9e9, 1.8e9, 2.1e9] * 3)
    store = Store(lab_home, clock=lambda: next(times))
    ids = [store.submit(Experiment()) for _ in range(4)]
    assert ids == sorted(set(ids))
    assert {len(run) for run in ids} == {9}


def test_colours_go_round_eight(store: Store) -> None:
    colours = [store.run(store.submit(Experiment())).colour for _ in range(10)]
    assert colours == [0, 1, 2, 3, 4, 5, 6, 7, 0, 1]


def test_unknown_run_is_not_found(store: Store) -> None:
    for ask in (store.run, store.rebuild, lambda run: store.append([Event(run, 1, 0, "log", 1.0)])):
        with pytest.raises(NotFound):
            ask("r404")


def test_events_come_back_as_they_were_written(store: Store) -> None:
    run = running(store)
    kept = store.append([steps(run, 1, [[1.0, 0.1], [0.5, 0.1]]), epochs(run, 2, [[0.75]])])
    assert [event for _, event in store.events(run)[2:]] == kept
    last = store.events(run)[-1][0]
    store.append([done(run, 3)])
    assert [event.kind for _, event in store.events(run, after=last)] == ["done"]
    assert [event.kind for _, event in store.events(run, kinds=("epochs", "done"))] == ["epochs", "done"]


def test_events_of_an_older_attempt_are_dropped(store: Store) -> None:
    run = running(store)
    store.append([epochs(run, 1, [[0.5]]), requeued(run), started(run, 2)])
    assert store.append([epochs(run, 2, [[0.25]], first=2, attempt=1)]) == []
    assert store.run(run).epoch == 1


def test_an_event_told_twice_is_kept_once(store: Store) -> None:
    run = running(store)
    event = epochs(run, 1, [[0.5]])
    assert store.append([event]) == [event]
    assert store.append([event]) == []
    assert [kind.kind for _, kind in store.events(run)] == ["submitted", "started", "epochs"]


def test_finished_run_refuses_new_epochs(store: Store) -> None:
    run = running(store)
    store.append([done(run, 1)])
    assert store.append([epochs(run, 2, [[0.5]])]) == []
    with pytest.raises(Refused):
        store.append([epochs(run, 0, [[0.5]])])
    assert store.history(run) == []


def test_a_refused_move_leaves_nothing_of_its_transaction(store: Store) -> None:
    run = running(store)
    before = store.events(run)
    with pytest.raises(Refused):
        store.append([epochs(run, 1, [[0.5]]), done(run, 2), Event(run, 1, 0, "resumed", 1.0)])
    assert store.events(run) == before
    assert (store.run(run).state, store.history(run)) == (State.RUNNING, [])


def test_append_refuses_a_run_that_has_moved_on(store: Store) -> None:
    run = running(store)
    with pytest.raises(Refused, match="has become running meanwhile"):
        store.append([Event(run, 0, 0, "stopped", 1.0)], only_from={State.QUEUED})
    assert store.run(run).state is State.RUNNING


def test_the_queue_keeps_its_order_and_a_lost_run_its_place(store: Store) -> None:
    first, second, third = (store.submit(Experiment()) for _ in range(3))
    store.append([started(first, 1), requeued(first)])
    store.append([Event(second, 0, 0, "paused", 1.0), Event(second, 0, 0, "resumed", 2.0)])
    assert [run.id for run in store.active()] == [first, third, second]


def test_runs_come_in_pages_newest_first(store: Store) -> None:
    ids = [store.submit(Experiment(), owner="ann" if number % 2 else "bob") for number in range(7)]
    page = store.runs(limit=3)
    assert [run.id for run in page] == ids[:3:-1]
    assert [run.id for run in store.runs(limit=3, before=page[-1].id)] == ids[3:0:-1]
    assert [run.id for run in store.runs(owner="ann")] == ids[5::-2]
    store.append([Event(ids[0], 0, 0, "paused", 1.0), Event(ids[6], 0, 0, "trashed", 1.0)])
    assert [run.id for run in store.runs(states={State.PAUSED})] == [ids[0]]
    assert [run.id for run in store.runs(trashed=True)] == [ids[6]]
    assert len(store.runs()) == 6


def test_a_page_of_runs_and_the_best_by_a_metric_use_an_index(store: Store) -> None:
    db = sqlite3.connect(store.home / "lab.sqlite3")
    page = "SELECT * FROM run WHERE trashed = 0 AND id < 'r' ORDER BY id DESC LIMIT 100"
    best = "SELECT run FROM metric WHERE name = 'loss' AND best IS NOT NULL ORDER BY best LIMIT 50"
    for query in (page, best):
        plan = db.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
        assert "USING" in plan[0][3] and not any("TEMP B-TREE" in row[3] for row in plan)


def test_projections_can_be_made_again_from_the_log(store: Store) -> None:
    run = running(store)
    store.append([steps(run, 1, [[1.0, 0.1]] * 5000), epochs(run, 2, [[0.9], [0.8], [0.7]]), requeued(run), started(run, 2)])
    store.append([steps(run, 1, [[1.0, 0.1]] * 100, first=4950, attempt=2), epochs(run, 2, [[0.75], [0.6]], first=3, attempt=2)])
    store.append([Event(run, 2, 0, "named", 9.0, {"title": "t", "tags": ["x"]}), done(run, 3, attempt=2)])
    before = everything(store, run)
    with store._database.write() as db:  # the only way to lose them is from inside
        db.execute("DELETE FROM curve")
        db.execute("DELETE FROM metric")
        db.execute("UPDATE run SET epoch = 99, state = 'failed', cause = 'x', metrics = '{}', events = 0")
    store.rebuild(run)
    assert everything(store, run) == before


def everything(store: Store, run: str) -> list[object]:
    bits = [{name: curve.tobytes() for name, curve in store.curves(run, kind).items()} for kind in ("steps", "epochs", "probe")]
    return [store.run(run), store.metrics(run), store.history(run), *bits, [own.id for own in store.active()]]


def test_data_version_changes_when_another_connection_writes(store: Store) -> None:
    seen = store.data_version()
    assert store.data_version() == seen
    Store(store.home).submit(Experiment())
    assert store.data_version() != seen
    seen = store.data_version()
    store.submit(Experiment())
    assert store.data_version() != seen


def test_threads_share_a_store(store: Store) -> None:
    run = running(store)
    event = Event(run, 1, 0, "log", 1.0, {"text": "x"})
    threads = [threading.Thread(target=lambda: [store.append([event]) for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.events(run, kinds=("log",))) == 160


def test_commands_are_handed_out_once_and_in_order(store: Store) -> None:
    store.command("r1", "stop")
    store.command("r2", "change", field="optimizer.learning_rate", value=0.1)
    taken = store.take_commands()
    assert [(own.target, own.order) for own in taken] == [("r1", "stop"), ("r2", "change")]
    assert taken[1].body == {"field": "optimizer.learning_rate", "value": 0.1}
    assert store.take_commands() == []


def test_a_new_trainer_takes_up_what_the_former_one_left_undone(lab_home: Path) -> None:
    store = Store(lab_home, clock=lambda: 50.0)
    obeyed, open_ = running(store, time=10.0), running(store, time=10.0)
    for run in (obeyed, open_):
        store.command(run, "change", field="optimizer.momentum", value=0.5)
    store.command(open_, "stop")
    assert len(store.take_commands()) == 3
    store.append([Event(obeyed, 1, 1, "changed", 60.0, {"field": "optimizer.momentum", "value": 0.5, "step": 1, "epoch": 0})])
    assert [(own.target, own.order) for own in store.take_commands(again=True)] == [(open_, "change"), (open_, "stop")]
    store.append([requeued(open_, time=70.0), started(open_, 2, time=80.0)])
    assert store.take_commands(again=True) == []


def test_trash_is_emptied_by_age_and_takes_all_of_a_run_with_it(lab_home: Path) -> None:
    store = Store(lab_home, clock=lambda: 1000.0)
    old, new, kept = (store.submit(Experiment()) for _ in range(3))
    path = store.path_of(store.put_file(old, "notes.txt", b"x", role="attachment"))
    store.append([Event(old, 0, 0, "trashed", 100.0), Event(new, 0, 0, "trashed", 900.0)])
    assert store.empty_trash(older_than=500) == 1
    assert not path.exists() and [run.id for run in store.runs(trashed=True)] == [new]
    with pytest.raises(NotFound):
        store.run(old)
    assert store.events(old) == [] and store.run(kept).id == kept


def test_a_store_of_a_newer_version_is_refused_and_left_alone(lab_home: Path) -> None:
    Store(lab_home).close()
    path = lab_home / "lab.sqlite3"
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(Unavailable, match="newer version of the lab"):
        Store(lab_home)
    assert path.read_bytes() == before


def test_an_older_store_is_migrated_and_the_migration_recorded(lab_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(lab_home)
    run = store.submit(Experiment())
    store.close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE later (x)",)))
    newer = Store(lab_home, clock=lambda: 77.0)
    with newer._database.read() as db:
        assert db.execute("SELECT version, applied FROM migration").fetchall()[-1][:] == (len(schema.MIGRATIONS), 77.0)
        assert db.execute("SELECT count(*) FROM later").fetchone()[0] == 0
    assert newer.run(run).id == run


def test_a_migration_that_fails_changes_nothing(lab_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(lab_home).close()
    broken = ("CREATE TABLE later (x)", "this is not SQL")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        with pytest.raises(sqlite3.OperationalError):
            Store(lab_home)
    with Store(lab_home)._database.read() as db:
        assert schema.version(db) == len(schema.MIGRATIONS)
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'later'").fetchone()[0] == 0
