"""What XLA has compiled, kept on disk and shared between workers: a net is compiled once, not once by each worker and after each start.

TensorFlow writes and reads the files itself (its flag `tf_xla_persistent_cache_directory`), beside and renamed. A file fits one version of
TensorFlow, one kind of processor and one number of threads, hence a folder for each. A machine that went down may leave torn files, so
the folder is emptied when the machine has been started since.

TensorFlow numbers functions as they are traced, and the number is part of a file's key: what one worker compiled, another that has done
something else before would not find. So functions that are to be found again are traced within `named`.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
import platform
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import psutil

MOST_BYTES = 256 << 20  # a net takes about 1 MB
LEAST_FREE = 256 << 20  # on a disk as full as that nothing is kept: a file that cannot be written fails the run
VERSIONS = ("tensorflow", "tensorflow-cpu", "keras")
FLAG = "--tf_xla_persistent_cache_directory="

_folder: Path | None = None


def keep(threads: int) -> Path | None:
    """Have TensorFlow keep what it compiles in `DLCORE_COMPILED`, else below `DLCORE_HOME`: the folder, or None where there is no place.

    To be called before TensorFlow is imported, which reads its flags once.
    """
    global _folder
    home = os.environ.get("DLCORE_COMPILED") or (f"{os.environ['DLCORE_HOME']}/compiled" if os.environ.get("DLCORE_HOME") else "")
    flags = os.environ.get("TF_XLA_FLAGS", "")
    if not home or FLAG in flags:
        return None
    try:
        folder = Path(home).absolute() / _kind(threads)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < LEAST_FREE:
            return None
        _tidy(folder)
    except OSError:  # a folder of somebody else's, a disk that cannot be written: compile as ever
        return None
    os.environ["TF_XLA_FLAGS"] = f"{flags} {FLAG}{folder}".strip()
    _folder = folder
    return folder


def forget() -> None:
    """Throw away what this worker's folder holds: something in it could not be read."""
    for path in _folder.glob("*.pb") if _folder else ():
        path.unlink(missing_ok=True)


def share(key: str, calls: Mapping[str, Callable[[], object]]) -> None:
    """Make all `calls`, each of which compiles something. Of several workers with the same `key` each begins with another one, and finds on
    disk what the others have compiled. Without a folder they are made one after the other."""
    waiting = dict(calls)
    while waiting:
        for name in list(waiting):
            with _lock(f"{key}/{name}", wait=name == list(waiting)[-1]) as is_free:
                if is_free:
                    waiting.pop(name)()
                    break


@contextmanager
def named(key: str) -> Iterator[None]:
    """What this thread traces meanwhile is numbered by `key`, not by what was traced before: equal keys, equal names, in every process.

    A key serves once in a process: two functions of one name cannot be there at once. The counter is private to TensorFlow: a version
    without it shares less of what was compiled, and trains all the same.
    """
    from tensorflow.python.framework import ops

    own = getattr(ops, "uid", None)
    if own is None:
        yield
        return
    first = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) << 20  # far beyond TensorFlow's own numbers
    numbers, thread = itertools.count(first), threading.get_ident()
    ops.uid = lambda: next(numbers) if threading.get_ident() == thread else own()
    try:
        yield
    finally:
        ops.uid = own


@contextmanager
def _lock(name: str, wait: bool) -> Iterator[bool]:
    """Whether nobody else is compiling what is called so; the lock ends with the process that holds it."""
    if _folder is None:
        yield True
        return
    with open(_folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _kind(threads: int) -> str:
    """A name for all machines and settings on which the same compiled code runs and gives the same bits."""
    flags = next((line for line in _lines("/proc/cpuinfo") if line.startswith("flags")), platform.processor())
    versions = sorted(f"{each.name} {each.version}" for each in metadata.distributions() if each.name.replace("_", "-") in VERSIONS)
    exact = f"{versions} {platform.machine()} {flags} {os.environ.get('XLA_FLAGS', '')}"
    return f"{hashlib.sha256(exact.encode()).hexdigest()[:12]}-{threads}"


def _tidy(folder: Path) -> None:
    """Empty the folder when the machine has been started since it was written; else drop the oldest files beyond `MOST_BYTES`."""
    booted = next(_lines("/proc/sys/kernel/random/boot_id"), str(int(psutil.boot_time()) // 60))
    with open(folder / "tidy.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        stamp = folder / "boot"
        kept = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in folder.glob("*.pb")), reverse=True)
        room = MOST_BYTES if stamp.exists() and stamp.read_text() == booted else 0
        for _, size, path in kept:
            room -= size
            if room < 0:
                path.unlink(missing_ok=True)
        for lock in folder.glob("*.lock"):
            if lock.stat().st_mtime < time.time() - 86400:
                lock.unlink(missing_ok=True)
        stamp.write_text(booted)


def _lines(path: str) -> Iterator[str]:
    try:
        yield from Path(path).read_text().splitlines()
    except OSError:
        return
