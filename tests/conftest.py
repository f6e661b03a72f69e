"""What all tests share: a store of their own and a trainer on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dlcore.store import Store
from tests.lab import HandStarted, Trainer, trainer_environment

COMPILED = "DLCORE_COMPILED"
# Where tests run side by side, all of a file stay on one worker when they share something costly, which is named here.
# (xdist's mark for this is without effect: it renames tests, which pytest no longer lets it do.)
SHARED = {
    "tests/browser/": "an app",
    "tests/faults/test_killed.py": "a scheduler started by hand",
    "tests/unit/test_crewing.py": "a trainer for crews",
    "tests/unit/test_engine.py": "compiled nets",
    "tests/unit/test_notebooks.py": "a kernel",
    "tests/unit/test_script_equality.py": "trained runs",
    "tests/unit/test_search_trainer.py": "a trainer for searches",
    "tests/unit/test_trainer.py": "a trainer",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """What decides which worker gets which tests, the largest groups first; all but those of `SHARED` go one by one."""
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((name for path, name in SHARED.items() if nodeid.startswith(path)), nodeid)

    return Sharing(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_configure(config: pytest.Config) -> None:
    """All workers of all tests share what they compile (engine/compiled.py): most nets here are the same few."""
    if COMPILED not in os.environ:
        os.environ[COMPILED] = config.stash[_folder] = tempfile.mkdtemp(prefix="dlcore-compiled-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if made := config.stash.get(_folder, ""):
        shutil.rmtree(made, ignore_errors=True)
        os.environ.pop(COMPILED, None)


_folder = pytest.StashKey[str]()


@pytest.fixture
def lab_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty DLCORE_HOME for this test alone, on which no trainer starts by itself."""
    home = tmp_path / "lab"
    home.mkdir()
    monkeypatch.setenv("DLCORE_HOME", str(home))
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    return home


@pytest.fixture
def store(lab_home: Path) -> Iterator[Store]:
    opened = Store(lab_home)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def hand_started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HandStarted]:
    """A scheduler with a wide and a narrow worker that nobody of the lab started; shared, since tests only ever kill its workers."""
    cluster = HandStarted(tmp_path_factory.mktemp("cluster"))
    try:
        yield cluster.start()
    finally:
        cluster.end()


@pytest.fixture
def trainer(lab_home: Path) -> Iterator[Trainer]:
    """A trainer, not started yet, whose workers use the fake engine (tests/fake_worker.py) unless a test says otherwise."""
    made = Trainer(lab_home, trainer_environment(lab_home))
    yield made
    made.end()
