"""The trainer's process: whether one runs, starting one that outlives its starter, stopping it.

Whether a trainer runs is asked of the lock it holds on `trainer.lock`, never of a process id: ids are given anew.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, NamedTuple

from dlcore.errors import Unavailable

START_SECONDS = 20.0
GAVE_UP = 3  # the exit status of a trainer that cannot do its work, and has said why
_one_start = threading.Lock()


class _Child(NamedTuple):
    home: Path
    process: subprocess.Popen[bytes]
    begins: int  # where its words begin in the log

    def last_words(self) -> str:
        """The last line that it wrote into its log, as a sentence."""
        lines = (self.home / "trainer.log").read_bytes()[self.begins :].decode(errors="replace").splitlines()
        said = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        return said if said.endswith((".", "?")) else f"{said}."


_children: list[_Child] = []


def hold_lock(home: Path, patience: float = 0.5) -> IO[str] | None:
    """Takes the trainer's lock for as long as the returned file stays open; None when another trainer holds it.

    patience: seconds to go on trying, since someone who only asks holds the lock for a moment.
    """
    home.mkdir(parents=True, exist_ok=True)
    file = (home / "trainer.lock").open("a+")
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            if time.monotonic() > until:
                file.close()
                return None
            time.sleep(0.02)
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def is_running(home: Path) -> bool:
    """Whether a trainer holds the lock of this store."""
    try:
        with (home / "trainer.lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except OSError:
        return True


def is_manual() -> bool:
    """Whether the trainer is started by hand (or by another service) only."""
    return os.environ.get("DLCORE_TRAINER", "").lower() == "manual"


def start(home: Path) -> bool:
    """Starts a trainer unless one runs, and waits until it holds its lock; True when it was this call that started it.

    `Unavailable` when it does not come up, or when the one that this process started last gave up with a sentence.
    """
    with _one_start:
        ended = _bury()
        if is_running(home):
            return False
        if gave_up := [child for child in ended if child.home == home.resolve() and child.process.returncode == GAVE_UP]:
            # It would again. Who asks once more gets another try.
            raise Unavailable(f"The trainer gave up: {gave_up[-1].last_words()}", "Mend that and try again; queued runs wait.")
        child = _spawn(home)
        until = time.monotonic() + START_SECONDS
        while child.process.poll() is None and time.monotonic() < until:
            if is_running(home):
                return True
            time.sleep(0.02)
    # Two starters at once: the one that lost leaves quietly.
    if is_running(home):
        return False
    _bury()
    raise Unavailable(f"The trainer did not start: {child.last_words()}", f"Its log is {home / 'trainer.log'}.")


def stop(home: Path, timeout: float = 20.0) -> bool:
    """Ends the trainer that holds the lock, politely, then by force; False when none ran. Runs go on when one is started again."""
    if not is_running(home):
        return False
    pid = holder(home)
    _signal(pid, signal.SIGTERM)
    if not _gone(home, timeout):
        _signal(pid, signal.SIGKILL)
        if not _gone(home, 5.0):
            raise Unavailable(f"The trainer (process {pid}) could not be stopped.", "End that process by hand.")
    _bury()
    return True


def _spawn(home: Path) -> _Child:
    home.mkdir(parents=True, exist_ok=True)
    code = str(Path(__file__).resolve().parent.parent)
    paths = [code, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment = os.environ | {"DLCORE_HOME": str(home.resolve()), "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
    try:
        with (home / "trainer.log").open("ab") as words:
            begins = words.tell()
            process = subprocess.Popen(
                [sys.executable, "-m", "dlcore.trainer"], env=environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT,
            )  # fmt: skip
    except OSError as error:
        hint = "Choose a folder that you may write with DLCORE_HOME, or free memory or disk space."
        raise Unavailable(f"The trainer could not be started: {error.strerror}.", hint) from error
    child = _Child(home.resolve(), process, begins)
    _children.append(child)
    return child


def _bury() -> list[_Child]:
    """Trainers of ours that have ended, of which note is taken so that they do not stay as zombies."""
    ended = [child for child in _children if child.process.poll() is not None]
    _children[:] = [child for child in _children if child not in ended]
    return ended


def holder(home: Path) -> int:
    """The process id of the trainer that holds the lock; waits the moment until a new one has written it."""
    until = time.monotonic() + 1.0
    while True:
        try:
            return int((home / "trainer.lock").read_text())
        except ValueError:
            if time.monotonic() > until:
                raise Unavailable("The trainer is just starting.", "Try again in a moment.") from None
            time.sleep(0.02)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise Unavailable(f"The trainer (process {pid}) belongs to another user.", "Ask them to stop it.") from None


def _gone(home: Path, timeout: float) -> bool:
    until = time.monotonic() + timeout
    while is_running(home):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
