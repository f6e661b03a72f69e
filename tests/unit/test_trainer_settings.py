"""What a person can set about the trainer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlcore.errors import Invalid
from dlcore.trainer.settings import read_settings


def test_nothing_set_gives_a_narrow_worker_per_core_one_of_them_warm_and_a_memory_budget() -> None:
    settings = read_settings({})
    assert (settings.warm, settings.idle, settings.silence, settings.scheduler) == (1, 900.0, 10.0, "")
    assert 1 <= settings.narrow <= len(os.sched_getaffinity(0))
    assert settings.module == "dlcore.engine.worker"
    assert settings.memory > 100_000_000
    assert settings.home == Path(".dlcore").absolute()


def test_settings_are_read_from_the_environment() -> None:
    settings = read_settings({"DLCORE_HOME": "/x", "DLCORE_NARROW": "3", "DLCORE_IDLE": "5", "DLCORE_WORKER_MEMORY": "2GiB"})
    assert (settings.home, settings.narrow, settings.idle, settings.memory) == (Path("/x"), 3, 5.0, 2 << 30)


@pytest.mark.parametrize(
    ("name", "text"),
    [("DLCORE_NARROW", "1.5"), ("DLCORE_NARROW", "-1"), ("DLCORE_IDLE", "soon"), ("DLCORE_SILENCE", "0"), ("DLCORE_WORKER_MEMORY", "much")],
)
def test_nonsense_is_refused_with_the_name_and_what_is_allowed(name: str, text: str) -> None:
    with pytest.raises(Invalid, match=f"{name} = '{text}' is not allowed: it must be"):
        read_settings({name: text})
