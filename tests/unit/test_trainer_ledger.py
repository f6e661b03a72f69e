"""How a run ended is written down even when the disk is full."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dlcore.errors import Refused, Unavailable
from dlcore.experiment import Experiment
from dlcore.run import Event, State
from dlcore.store import Store
from dlcore.trainer.ledger import RESERVE, Ledger


class FullDisk:
    """A store whose disk is full, until there is room."""

    def __init__(self, store: Store) -> None:
        self.store, self.room = store, lambda: False

    def append(self, events: Sequence[Event], **more: Any) -> list[Event]:
        if not self.room():
            raise Unavailable("The disk is full.")
        return self.store.append(events, **more)


@pytest.fixture
def failed(store: Store) -> Event:
    run = store.submit(Experiment())
    return Event(run, 0, 0, "failed", 1.0, {"cause": "The disk is full.", "hint": "", "trace": ""})


def test_reserve_on_the_disk_is_given_up_for_the_last_word(store: Store, lab_home: Path, failed: Event) -> None:
    disk = FullDisk(store)
    ledger = Ledger(disk, lab_home)  # type: ignore[arg-type]
    assert ledger.reserve.stat().st_size == RESERVE
    disk.room = lambda: not ledger.reserve.exists()
    assert ledger.write(failed)
    assert store.run(failed.run).state is State.FAILED
    ledger.retry()
    assert ledger.reserve.exists()


def test_what_cannot_be_written_now_is_written_later(store: Store, lab_home: Path, failed: Event) -> None:
    disk = FullDisk(store)
    ledger = Ledger(disk, lab_home)  # type: ignore[arg-type]
    assert not ledger.write(failed)
    ledger.retry()
    assert store.run(failed.run).state is State.QUEUED
    disk.room = lambda: True
    ledger.retry()
    assert store.run(failed.run).state is State.FAILED
    assert ledger.unwritten == []


def test_event_that_comes_too_late_is_let_go(store: Store, lab_home: Path, failed: Event) -> None:
    ledger = Ledger(store, lab_home)
    assert ledger.write(failed)
    with pytest.raises(Refused):
        store.append([failed])
    assert ledger.write(failed)
    assert ledger.unwritten == []
