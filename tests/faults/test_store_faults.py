"""The store under fire: many writers, `kill -9`, torn files, disks that are full or cannot be written."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlcore.errors import Damaged, LabError, NotFound, Unavailable
from dlcore.experiment import Experiment
from dlcore.run import Event, Run, State
from dlcore.store import Store
from tests.store_events import checkpoint, done, epochs, running, steps

pytestmark = pytest.mark.faults
ROOT = Path(__file__).parents[2]


def python(*words: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen([sys.executable, *words], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def writer(home: Path, run: str, name: str, count: int) -> subprocess.Popen[str]:
    return python("-m", "tests.faults.store_writer", str(home), run, name, str(count))


def test_eight_processes_that_open_an_empty_folder_at_once_lose_nothing(lab_home: Path, store: Store) -> None:
    run = running(store)
    store.close()
    other = lab_home / "other"
    asked = f"from dlcore import Experiment; from dlcore.store import Store; print(Store({str(other)!r}).submit(Experiment()))"
    openers = [python("-c", asked) for _ in range(8)]
    ids = [opener.communicate(timeout=120)[0].strip() for opener in openers]
    assert sorted(own.id for own in Store(other).runs()) == sorted(ids) and len(set(ids)) == 8
    names = [*"abcdefg", ""]
    writers = [writer(lab_home, run, name, 60) for name in names]
    for process in writers:
        assert process.communicate(timeout=120)[0].split()[-1] == "60", process.returncode
    told = [(event.body["writer"], event.body["number"]) for _, event in store.events(run, kinds=("log",))]
    assert sorted(told) == sorted((name, number) for name in names if name for number in range(1, 61))
    assert [row["epoch"] for row in store.history(run)] == list(range(1, 61))
    assert store.curves(run, "steps")["loss"].tolist() == [1 + number / 8 for number in range(480)]


def test_a_killed_writer_loses_nothing_that_it_was_told_is_in(lab_home: Path, store: Store) -> None:
    chance = random.Random(0)
    for round_ in range(8):
        run = running(store)
        writers = [writer(lab_home, run, name, 100_000) for name in ("a", "")]
        heard = dict.fromkeys(("a", ""), 0)
        for process, name in zip(writers, heard, strict=True):
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
            for _ in range(chance.randrange(1, 40)):
                heard[name] = int(process.stdout.readline())
        for process, name in zip(writers, heard, strict=True):
            process.kill()
            heard[name] = max([heard[name], *map(int, process.communicate()[0].split("\n")[:-1])])
        logged = [event.body["number"] for _, event in store.events(run, kinds=("log",))]
        assert logged == list(range(1, len(logged) + 1)) and len(logged) >= heard["a"], round_
        assert [row["epoch"] for row in store.history(run)] == list(range(1, store.run(run).epoch + 1))
        assert store.run(run).epoch >= heard[""] and store.run(run).step == 8 * store.run(run).epoch
        before = (store.run(run), store.history(run), store.metrics(run))
        store.rebuild(run)
        assert (store.run(run), store.history(run), store.metrics(run)) == before


@pytest.fixture
def filled(lab_home: Path) -> Iterator[dict[str, tuple[Run, list[dict[str, object]], bytes]]]:
    """A closed store with thirty finished runs, and what each of them holds."""
    store = Store(lab_home)
    for number in range(30):
        run = running(store, title=f"Run {number}")
        for part in range(4):
            store.append([steps(run, 2 * part + 1, [[part + step / 512, 0.5] for step in range(512)], first=512 * part)])
            store.append([epochs(run, 2 * part + 2, [[number / (part + 1)]], first=part + 1)])
        store.append([checkpoint(store, run, 9, f"weights {number}".encode(), role="final"), done(run, 10)])
    held = {run.id: (run, store.history(run.id), store.curves(run.id, "steps")["loss"].tobytes()) for run in store.runs()}
    store.close()
    yield held


def cut(path: Path, share: float) -> None:
    with open(path, "r+b") as file:
        file.truncate(int(path.stat().st_size * share))


@pytest.mark.parametrize("share", [0.999, 0.9, 0.5, 0.2, 0.02])
def test_a_database_cut_short_gives_back_what_is_left_of_it(lab_home: Path, filled: dict[str, object], share: float) -> None:
    cut(lab_home / "lab.sqlite3", share)
    store = Store(lab_home)
    told = store.quarantined()
    assert "was recovered" in told[0].why and str(lab_home / "lab.sqlite3") in told[0].why and told[0].file in told[0].why
    assert (lab_home / told[0].file).exists()
    suspect = {item.run for item in told}
    for run in store.runs():
        store.events(run.id)
        if run.id not in suspect:
            assert (run, store.history(run.id), store.curves(run.id, "steps")["loss"].tobytes()) == filled[run.id]
            assert [store.get_file(own.id) for own in store.files(run.id)] == [f"weights {run.title.split()[1]}".encode()]
    if share == 0.9:
        assert len({run.id for run in store.runs()} - suspect) > 10
    assert {item.run for item in told[1:]} <= set(filled)
    new = running(store)
    store.append([epochs(new, 1, [[0.5]]), done(new, 2)])
    assert Store(lab_home).run(new).state is State.DONE


@pytest.mark.parametrize("rubbish", [b"not a database " * 1000, bytes(20_000)])
def test_a_file_that_is_no_database_is_kept_and_the_store_still_opens(lab_home: Path, filled: dict[str, object], rubbish: bytes) -> None:
    (lab_home / "lab.sqlite3").write_bytes(rubbish)
    store = Store(lab_home)
    assert (lab_home / store.quarantined()[0].file).read_bytes() == rubbish
    assert store.runs() == [] and store.run(store.submit(Experiment())).state is State.QUEUED


@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_a_database_that_lost_everything_says_whose_files_are_left(lab_home: Path, filled: dict[str, object], how: str) -> None:
    path = lab_home / "lab.sqlite3"
    if how == "emptied":
        path.write_bytes(b"")
    else:
        path.unlink()
    store = Store(lab_home)
    told = store.quarantined()
    assert len(told) == 1 and "The records of 30 runs are lost" in told[-1].why and str(lab_home / "files") in told[-1].why
    assert len(list((lab_home / "files").glob("*/*"))) == 30
    if how == "emptied":
        assert (lab_home / told[0].file).read_bytes() == b"" and "is kept as" in told[0].why
    assert store.runs() == [] and store.run(store.submit(Experiment())).state is State.QUEUED
    assert Store(lab_home).quarantined() == told


def test_a_new_folder_says_nothing_of_lost_runs(lab_home: Path) -> None:
    (lab_home / "lab.sqlite3").touch()  # a lab that was killed before it wrote its first page
    assert Store(lab_home).quarantined() == []


def test_a_database_emptied_while_it_is_open_is_noticed_at_the_next_use(lab_home: Path, filled: dict[str, object]) -> None:
    store = Store(lab_home)
    assert len(store.runs()) == 30
    (lab_home / "lab.sqlite3").write_bytes(b"")
    run = store.submit(Experiment())
    assert store.run(run).state is State.QUEUED and "The records of 30 runs are lost" in store.quarantined()[0].why


def test_a_database_torn_while_it_is_open_is_recovered_as_it_is_used(lab_home: Path, filled: dict[str, object]) -> None:
    store = Store(lab_home)
    cut(lab_home / "lab.sqlite3", 0.5)
    assert store.submit(Experiment()) in {run.id for run in store.runs()}
    assert store.quarantined()[0].run == ""


def tear_a_page(path: Path, table: str) -> None:
    """Overwrites one leaf page in the middle of a table."""
    with sqlite3.connect(path) as db:
        try:
            leaves = [row[0] for row in db.execute("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (table,))]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite cannot say which page belongs to which table")
    with open(path, "r+b") as file:
        file.seek((leaves[len(leaves) // 2] - 1) * 4096)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("table", ["run", "event", "curve", "metric"])
def test_a_torn_page_is_passed_over_and_the_rest_recovered(lab_home: Path, filled: dict[str, object], table: str) -> None:
    tear_a_page(lab_home / "lab.sqlite3", table)
    store = Store(lab_home)
    for run in filled:
        try:
            assert (store.run(run), store.history(run), store.curves(run, "steps")["loss"].tobytes()) == filled[run]
        except (AssertionError, Damaged, NotFound):
            assert run in {item.run for item in store.quarantined()}
        store.metrics(run)
    assert {run.id for run in store.runs()} == set(filled)
    assert len({item.run for item in store.quarantined()} - {""}) < 15


@pytest.mark.parametrize("damage", ["state = 'what'", "environment = '{'", "experiment = '{\"version\"'", "metrics = 'x'"])
def test_a_run_whose_record_is_broken_is_named_and_the_others_open(lab_home: Path, filled: dict[str, object], damage: str) -> None:
    victim = sorted(filled)[3]
    with sqlite3.connect(lab_home / "lab.sqlite3") as db:
        db.execute(f"UPDATE run SET {damage} WHERE id = ?", (victim,))
    store = Store(lab_home)
    assert [item.run for item in store.quarantined()] == [victim]
    assert {run.id for run in store.runs()} == set(filled) - {victim}
    with pytest.raises(Damaged, match=victim):
        store.run(victim)
    store.rebuild(victim)
    assert store.run(victim) == filled[victim][0]  # type: ignore[index]


def test_a_run_whose_events_are_broken_is_named_and_the_others_open(lab_home: Path, filled: dict[str, object]) -> None:
    victim = sorted(filled)[3]
    with sqlite3.connect(lab_home / "lab.sqlite3") as db:
        db.execute("UPDATE event SET body = '{\"names\": [' WHERE run = ? AND kind = 'epochs'", (victim,))
    store = Store(lab_home)
    with pytest.raises(Damaged, match=victim):
        store.events(victim)
    assert [item.run for item in store.quarantined()] == [victim]
    for run in filled.keys() - {victim}:
        assert store.events(run)


def test_a_store_that_can_only_be_read_is_read_and_says_so(lab_home: Path, filled: dict[str, object]) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to become a user who may not write")
    home = Path("/tmp") / f"dlcore-read-only-{os.getpid()}"
    shutil.copytree(lab_home, home)
    home.chmod(0o755)
    asked = f"""
import os
from dlcore import Experiment
from dlcore.store import Store
from dlcore.errors import Unavailable
os.setgid(65534); os.setuid(65534)  # only now: this user may not even read Python's own files
for path in ({str(home)!r}, {str(home / "inside")!r}):
    try:
        store = Store(path)
        print(len(store.runs()), len(store.history(store.runs()[0].id)), store.data_version() > 0)
        store.submit(Experiment())
    except Unavailable as error:
        print(error)
"""
    try:
        words = python("-c", asked).communicate(timeout=60)[0].splitlines()
        assert words == ["30 4 True", f"The folder {home} can only be read.", words[2]]
        assert str(home / "inside") in words[2] and "cannot be made" in words[2]
    finally:
        shutil.rmtree(home)


def fill_up(store: Store) -> tuple[str, int, LabError]:
    """Writes until the disk refuses: the run, how many epochs were accepted, the refusal."""
    run = running(store)
    number = 0
    try:
        while number < 5000:
            store.append([epochs(run, number + 1, [[0.5]] * 64, first=64 * number + 1, names=("loss",)), log(run, "x" * 4000)])
            number += 1
    except LabError as error:
        return run, number, error
    raise AssertionError("the disk never was full")


def log(run: str, text: str) -> Event:
    return Event(run, 1, 0, "log", 1.0, {"text": text})


def held_by(store: Store, run: str, number: int) -> None:
    assert len(store.history(run)) == 64 * number
    assert len(store.events(run, kinds=("log",))) == number


def test_a_full_disk_is_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(tmp_path)], capture_output=True).returncode:
        pytest.skip("needs root, to mount a small disk")
    try:
        store = Store(tmp_path / "lab")
        run, number, error = fill_up(store)
        assert isinstance(error, Unavailable) and "full" in str(error) and number > 10
        with pytest.raises(Unavailable):
            store.put_file(run, "model.npz", bytes(4_000_000), role="final")
        held_by(store, run, number)
        store.close()
        held_by(Store(tmp_path / "lab"), run, number)
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_a_limit_on_the_size_of_files_is_a_sentence_and_loses_nothing(lab_home: Path) -> None:
    asked = f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
from dlcore.store import Store
from tests.faults.test_store_faults import fill_up
print(*fill_up(Store({str(lab_home)!r})), sep="\\n")
"""
    run, number, sentence = python("-c", asked).communicate(timeout=120)[0].splitlines()
    assert "full or refuses to write" in sentence
    held_by(Store(lab_home), run, int(number))
