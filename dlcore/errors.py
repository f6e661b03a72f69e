"""Everything that can go wrong and that a person is told about, as a sentence and a next step."""

from __future__ import annotations


class LabError(Exception):
    """Something went wrong that a person can understand.

    `str(error)` is one sentence that names what is wrong; `hint` says what to do next (may be empty).
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class Invalid(LabError):
    """A value that the lab does not accept: the sentence names the field, the value and what is allowed."""


class NotFound(LabError):
    """A run, job or artefact that is not in the store."""


class Refused(LabError):
    """A move that a run's state does not allow, such as pausing a finished run."""


class Unavailable(LabError):
    """Something outside the lab is missing: the network, the disk, a port, the trainer."""


class Damaged(LabError):
    """A file or database that was cut short or changed behind the lab's back."""


class Diverged(LabError):
    """Training left the numbers that floats can hold (NaN or infinity)."""
