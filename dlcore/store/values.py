"""What the store hands out beside runs and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file of a run or job. `path` is relative to the store's folder; epoch and step say when it was made, 0 where that means nothing."""

    id: str
    run: str
    name: str
    role: str
    epoch: int
    step: int
    bytes: int
    sha256: str
    path: str
    created: float


@dataclass(frozen=True, slots=True)
class Command:
    """What a person asked the trainer to do to `target`, a run or a job."""

    id: int
    target: str
    order: str
    body: Mapping[str, Any]
    created: float


@dataclass(frozen=True, slots=True)
class Job:
    """Work beside runs. state: queued, running, done, failed or cancelled; progress: 0 to 1; artefact: id of the file it made, or ""."""

    id: str
    name: str
    run: str
    inputs: Mapping[str, Any]
    files: Mapping[str, str]
    state: str
    progress: float
    result: Mapping[str, Any]
    artefact: str
    cause: str
    hint: str
    created: float
    ended: float

    @property
    def is_finished(self) -> bool:
        return self.state in ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Something that is damaged. run: whose ("" where it is the whole database); why: a sentence; file: the artefact, where it is one."""

    run: str
    why: str
    file: str = ""
    time: float = 0.0
