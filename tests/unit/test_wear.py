"""A process knows when it has used up most of the memory mappings that the kernel allows it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from dlcore.engine import wear


def test_a_fresh_process_is_not_worn() -> None:
    assert not wear.is_worn()


@pytest.mark.parametrize(("mappings", "worn"), [(59, False), (61, True)])
def test_a_process_with_most_of_its_mappings_taken_is_worn(monkeypatch: pytest.MonkeyPatch, mappings: int, worn: bool) -> None:
    monkeypatch.setattr("builtins.open", lambda *_: io.BytesIO(b"line\n" * mappings))
    monkeypatch.setattr(Path, "read_text", lambda *_: "100\n")
    assert wear.is_worn() is worn


def test_where_the_kernel_does_not_say_nothing_is_worn(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any) -> Any:
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", missing)
    assert not wear.is_worn()
