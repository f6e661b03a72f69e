"""Loads a data set's raw arrays; files that are missing or damaged are fetched first, with progress.

Keras's loaders would fetch them too, but without a time limit, progress, a lock between processes, or (Fashion-MNIST) a checksum.
So the files are put where those loaders expect them, whole and checked, and the loaders only read.
"""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dlcore.datasets._files import has_right_size, keras_home, own_path, path_of, stand_in
from dlcore.errors import Damaged, Unavailable
from dlcore.specs import Dataset, RemoteFile, Settings

Progress = Callable[[float, str], None]
SILENCE = 30.0  # seconds without a byte before a server counts as out of reach
CHUNK = 1 << 18


def load(spec: Dataset, settings: Settings, seed: int, progress: Progress | None = None) -> dict[str, Any]:
    """The arrays that `spec.load` returns.

    progress(fraction, sentence) is called while files are fetched; what it raises ends the fetching and leaves no half file.
    Raises `Unavailable` when files are missing and cannot be fetched, `Damaged` when a person's own file is not the original.
    """
    if not spec.files:
        return spec.load(seed=seed, **settings)
    report = progress or (lambda fraction, sentence: None)
    with _alone(spec, report):
        fetch(spec, report)
        try:
            return spec.load(seed=seed, **settings)
        except MemoryError:
            raise
        except Exception as error:  # Keras raises bare Exception when it goes to the network itself
            raise Unavailable(f"{spec.title} could not be read: {error}", _instead(spec)) from error


def fetch(spec: Dataset, report: Progress) -> None:
    """Makes all files of the data set be there, whole. Damaged ones are removed and fetched anew."""
    wanted = [file for file in spec.files if not _is_original(file)]
    damaged = [file for file in wanted if path_of(file).exists()]
    for file in damaged:
        _remove(spec, file)
    total, done = sum(file.bytes for file in wanted), 0
    for file in wanted:

        def count(received: int, before: int = done) -> None:
            fraction = min(1.0, (before + received) / total)
            report(fraction, f"Fetching {spec.title}: {(before + received) / 1e6:.0f} of {total / 1e6:.0f} MB")

        _download(spec, file, count, was_damaged=bool(damaged))
        done += file.bytes


def _is_original(file: RemoteFile) -> bool:
    if not has_right_size(file):
        return False
    if stand_in(file):  # of which no checksum is known
        return True
    with path_of(file).open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256


def _remove(spec: Dataset, file: RemoteFile) -> None:
    path = path_of(file)
    if file.own_folder and path == own_path(file):
        raise Damaged(f"{path} is not the original file: it was cut short or changed.", f"Remove it or fetch it anew from {file.url}.")
    try:
        path.unlink()
    except OSError as error:
        raise Unavailable(f"{path} is damaged and cannot be removed: {error.strerror}.", _instead(spec)) from error


def _download(spec: Dataset, file: RemoteFile, count: Callable[[int], None], was_damaged: bool) -> None:
    """Writes the file beside its place, checks it and moves it there; a half or wrong file never lies in its place."""
    host = urllib.parse.urlsplit(file.url).netloc
    lacking = f"The files of {spec.title} on this computer were damaged" if was_damaged else f"{spec.title} is not on this computer"
    if not file.url:
        raise Unavailable(f"{lacking}.", f"Put {Path(file.path).name} into the folder that DLCORE_DATA names, or {_other(spec)}.")
    target = keras_home() / "datasets" / file.path
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = _receive(file.url, part, count)
        if digest != file.sha256:
            raise Unavailable(f"{lacking}, and what {host} sent for {target.name} is not the original file.", _instead(spec))
        part.replace(target)
    except urllib.error.HTTPError as error:
        raise Unavailable(f"{lacking}, and {host} answered {error.code} ({error.reason}).", _instead(spec)) from error
    except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException, ssl.SSLError) as error:
        raise Unavailable(f"{lacking}, and {host} could not be reached.", f"Connect to the network, or {_other(spec)}.") from error
    except OSError as error:
        raise Unavailable(f"{lacking}, and {target.parent} cannot be written: {error.strerror}.", _instead(spec)) from error
    finally:
        _drop(part)


def _receive(url: str, part: Path, count: Callable[[int], None]) -> str:
    """Writes what the address sends to `part`; its SHA-256. Calls count(bytes so far) after each piece."""
    digest, received = hashlib.sha256(), 0
    with urllib.request.urlopen(url, timeout=SILENCE) as answer, part.open("wb") as out:
        while piece := answer.read(CHUNK):
            out.write(piece)
            digest.update(piece)
            received += len(piece)
            count(received)
    return digest.hexdigest()


@contextmanager
def _alone(spec: Dataset, report: Progress) -> Iterator[None]:
    """Holds the data set's lock file: two processes neither fetch the same file nor unpack the same archive at once."""
    path = keras_home() / "datasets" / f".{spec.name}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError:  # a folder that nobody can write needs no lock, and may hold all that is wanted
        yield
        return
    with lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                report(0.0, f"Waiting for another process that reads {spec.title}")
                time.sleep(0.1)
        yield  # closing the file gives the lock back


def _drop(path: Path) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def _instead(spec: Dataset) -> str:
    return _other(spec).capitalize() + "."


def _other(spec: Dataset) -> str:
    return f"use {spec.alternative}, which needs no network" if spec.alternative else "choose another data set"
