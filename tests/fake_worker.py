"""An engine without Keras, for fast tests of the trainer: the same four functions, training by arithmetic, bitwise repeatable.

A run's state is a vector that each step turns by a fixed rule; STEPS steps are an epoch; its losses are its "weights" folded down.
How it misbehaves is set by the environment: FAKE_EPOCH_SECONDS, and FAKE_FAULT, one of "hungry" (holds more and more memory), "deaf"
(heeds no order), "abort" (the process ends by itself at step 10), "memory" (raises MemoryError), "error" (exchange raises),
"rehearsal" (rehearse raises), "worn" (has compiled too much once it has begun WORN runs).
"""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import psutil

from dlcore.engine.mailbox import Abandoned, Mailbox
from dlcore.engine.series import Series
from dlcore.errors import LabError
from dlcore.experiment import Experiment

LEASE = float(os.environ.get("DLCORE_LEASE", "20"))
STEPS = 10
WORN = 3
FAULT = os.environ.get("FAKE_FAULT", "")
EPOCH_SECONDS = float(os.environ.get("FAKE_EPOCH_SECONDS", "0.1"))

_desks: dict[str, Mailbox] = {}
_leaked: list[bytes] = []
_begun: list[str] = []


class Ended(Exception):
    pass


def prepare(worker_class: str, threads: int) -> dict[str, Any]:
    return {"worker_class": worker_class, "threads": threads, "device": "CPU", "engine": "fake"}


def rehearse() -> None:
    """Nothing takes long here."""
    if FAULT == "rehearsal":
        raise RuntimeError("rehearsal broke")


def perform_run(assignment: Mapping[str, Any]) -> None:
    desk = _desks[assignment["run"]] = Mailbox(assignment["run"], assignment["attempt"], LEASE)
    try:
        _Training(assignment, desk).run()
    except (Abandoned, Ended):
        pass
    except MemoryError as error:
        cause = "The run needed more memory than the worker has."
        desk.report("failed", {"cause": cause, "hint": "", "trace": repr(error), "out_of_memory": "yes"})
    except Exception as error:
        desk.report("failed", {"cause": f"{error}", "hint": "", "trace": repr(error)})
    finally:
        desk.close()


def perform_series(assignment: Mapping[str, Any]) -> None:
    desk = _desks[assignment["series"]] = Mailbox(assignment["series"], assignment["attempt"], LEASE)

    def train(each: Mapping[str, Any], place: Any) -> None:
        try:
            _Training(each, place).run()
        except Ended:
            pass

    def failure(error: BaseException) -> dict[str, str]:
        memory = isinstance(error, MemoryError)
        cause = "The run needed more memory than the worker has." if memory else f"{error}"
        return {"cause": cause, "hint": "", "trace": repr(error)} | ({"out_of_memory": "yes"} if memory else {})

    try:
        Series(desk, train, failure).perform(assignment["runs"])
    except Abandoned:
        pass
    finally:
        desk.close()


def perform_job(assignment: Mapping[str, Any]) -> None:
    """Jobs: "add" (inputs a, b), "wait" (seconds), "length" (of the file "data"), "leak" (bytes), "abort"."""
    desk = _desks[assignment["job"]] = Mailbox(assignment["job"], assignment["attempt"], LEASE)
    inputs = assignment["inputs"]
    try:
        match assignment["name"]:
            case "add":
                desk.report("artefact", {"role": "result"}, file=lambda: str(inputs["a"] + inputs["b"]).encode())
                desk.report("result", {"result": {"sum": inputs["a"] + inputs["b"]}})
            case "wait":
                until = time.monotonic() + inputs["seconds"]
                while time.monotonic() < until:
                    if any(order["order"] == "stop" for order in desk.orders()):
                        raise LabError("The job was cancelled.")
                    desk.report("progress", {"fraction": 0.5})
                    time.sleep(0.02)
                desk.report("result", {"result": {}})
            case "length":
                desk.report("result", {"result": {"length": len(assignment["files"]["data"])}})
            case "leak":
                threading.Timer(0.3, lambda: _leaked.append(b"x" * inputs["bytes"])).start()  # held after the job has ended
                desk.report("result", {"result": {}})
            case "abort":
                os.abort()
    except Abandoned:
        pass
    except LabError as error:
        desk.report("failed", {"cause": str(error), "hint": "", "trace": ""})
    finally:
        desk.close()


def exchange(request: Mapping[str, Any]) -> dict[str, Any]:
    if FAULT == "error":
        raise RuntimeError("exchange broke")
    desk = _desks.get(request["key"])
    known = desk is not None and desk.attempt == request["attempt"]
    events, files, ended = desk.exchange(request["acknowledged"], request["orders"]) if desk and known else ([], {}, False)
    reply = {"key": request["key"] if known else "", "attempt": request["attempt"], "events": events, "files": files, "ended": ended}
    return {**reply, "rss": psutil.Process().memory_info().rss, "pid": os.getpid(), "worn": FAULT == "worn" and len(_begun) >= WORN}


def undisturbed(experiment: Experiment) -> tuple[bytes, bytes]:
    """What a run of the experiment comes to in this process: all losses and the final file."""
    key = "undisturbed"
    body = {"run": key, "attempt": 1, "experiment": experiment.to_json(), "changes": [], "resume": None}
    desk = Mailbox(key, 1, LEASE)
    _Training(body, desk, seconds=0.0).run()
    losses, final, seen = b"", b"", 0
    desk.close()
    while True:
        events, files, ended = desk.exchange(seen, ())
        if ended:
            return losses, final
        losses += b"".join(event.data for event in events if event.kind == "steps")
        final = next(iter(files.values()), final)
        seen = events[-1].seq


class _Training:
    def __init__(self, assignment: Mapping[str, Any], desk: Any, seconds: float = EPOCH_SECONDS) -> None:
        self.experiment = Experiment.from_json(assignment["experiment"])
        self.desk = desk
        self.seconds = seconds
        self.changes = {change["step"]: float(change["value"]) for change in assignment["changes"]}
        self.step, self.rate = 0, 0.1
        self.weights = np.random.default_rng(self.experiment.seed).normal(size=8)
        self.saved_at = time.monotonic()
        self.hoard: list[bytes] = []
        if assignment["resume"] is not None:
            with np.load(io.BytesIO(assignment["resume"])) as saved:
                self.step, self.rate, self.weights = int(saved["step"]), float(saved["rate"]), saved["weights"]

    def run(self) -> None:
        _begun.append(self.experiment.to_json())
        self.desk.report("program", {"seconds": 0.0, "reused": True, "jit": False})
        while self.step < self.experiment.epochs * STEPS:
            self._heed()
            if self.step in self.changes:
                self.rate = self.changes[self.step]
            self.weights = np.sin(self.weights * 3.7 + self.rate * np.roll(self.weights, 1))
            self.step += 1
            self.desk.report("steps", {"names": ["loss"], "first": self.step - 1}, np.array([self._loss()], "<f4").tobytes())
            if self.step % STEPS == 0:
                epoch = np.array([[self._loss(), time.monotonic()]], "<f4")
                self.desk.report("epochs", {"names": ["loss", "seconds"], "first": self.step // STEPS}, epoch.tobytes())
            if time.monotonic() - self.saved_at > 0.1 and not self.desk.is_filing():
                self.saved_at = time.monotonic()
                self._save("latest")
            self._misbehave()
            time.sleep(self.seconds / STEPS)
        self._save("final")
        self.desk.report("done", {"metrics": {"loss": self._loss()}})

    def _heed(self) -> None:
        for order in self.desk.orders():
            if FAULT == "deaf":
                continue
            place = {"step": self.step, "epoch": self.step // STEPS}
            if order["order"] == "change":
                self.changes[self.step] = float(order["value"])
                self.desk.report("changed", {"field": order["field"], "value": order["value"], **place})
            else:
                self._save("final" if order["order"] == "stop" else "latest")
                self.desk.report("stopped" if order["order"] == "stop" else "paused", place)
                raise Ended

    def _save(self, role: str) -> None:
        buffer = io.BytesIO()
        np.savez(buffer, step=self.step, rate=self.rate, weights=self.weights)
        body = {"role": role, "epoch": self.step // STEPS, "step": self.step}
        self.desk.report("checkpoint", body, file=buffer.getvalue)
        if role == "latest" and self.step % (5 * STEPS) < STEPS:
            self.desk.report("checkpoint", {**body, "role": "kept"}, file=buffer.getvalue)

    def _loss(self) -> float:
        return float(np.abs(self.weights).mean())

    def _misbehave(self) -> None:
        if FAULT == "hungry":
            self.hoard.append(b"x" * 5_000_000)
        elif FAULT == "abort" and self.step == 10:
            os.abort()
        elif FAULT == "memory" and self.step == 10:
            raise MemoryError
