"""The functions that the trainer calls on a worker process: prepare, perform a run or a job, exchange news and orders."""

from __future__ import annotations

import gc
import os
import platform
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psutil

from dlcore.engine import compiled
from dlcore.engine.mailbox import Abandoned, Mailbox
from dlcore.engine.parcels import unpack
from dlcore.engine.revision import revision
from dlcore.engine.wear import is_worn
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.structure import switched_layers

LEASE = float(os.environ.get("DLCORE_LEASE", "20"))
PROGRAMS = 24  # Each compiled architecture keeps 10–14 MB; the trainer also replaces a worker that has grown too large.
NICENESS = 10
TELLING_SECONDS = 0.5

_process = psutil.Process()
_desks: dict[str, Mailbox] = {}
_programs: OrderedDict[str, Any] = OrderedDict()
_environment: dict[str, Any] = {}
_fed: tuple[Any, int, Any] | None = None
_wanted = threading.Event()  # somebody waits for this worker to begin
_is_worn = False


def prepare(worker_class: str, threads: int) -> dict[str, Any]:
    """Set thread counts and priority, import Keras; returns what a run's environment is. Called once, before any work.

    TensorFlow's thread counts cannot change after its start: they make the worker's class, and decide bits.
    """
    if _environment:
        return _environment
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    compiled.keep(threads)
    os.nice(max(0, NICENESS - os.nice(0)))
    import keras
    import numpy
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    _environment.update(
        worker_class=worker_class, threads=threads, deterministic_ops=False, device=_device(tf), machine=platform.machine(),
        python=platform.python_version(), tensorflow=tf.__version__, keras=keras.__version__, numpy=numpy.__version__,
        revision=revision(),
    )  # fmt: skip
    gc.freeze()  # to look through all of Keras for garbage takes 0.2 s, and tracing a net makes Python do so
    return _environment


def rehearse() -> None:
    """Train the default experiment a little, for nobody, so that the first run of most people finds its data and program ready.

    Ends at the next chunk once the trainer asks for a run or job that is not open yet.
    """
    from dlcore.engine.rehearsal import Nobody

    nobody = Nobody(_wanted)
    is_watched = _environment.get("worker_class") != "narrow"  # nobody looks at trials while they train
    try:
        session = _session({"experiment": Experiment(epochs=1).to_json(), "views": is_watched}, nobody, nobody.look)
        session.run()
        if is_watched:
            session.probe.measure(0.0)
    except Abandoned:
        return
    gc.collect()
    gc.freeze()


def perform_run(assignment: Mapping[str, Any]) -> None:
    """Train a run until it is done, stopped, paused or failed; all it has to say goes through `exchange`."""
    desk = _open(assignment["run"], assignment["attempt"])
    try:
        _session(assignment, desk).run()
    except Abandoned:
        pass
    except BaseException as error:
        desk.report("failed", _failure(error))
    finally:
        desk.close()


def perform_series(assignment: Mapping[str, Any]) -> None:
    """Train many runs one after the other, first those of the assignment and then those that orders bring (engine/series.py)."""
    from dlcore.engine.series import Series

    desk = _open(assignment["series"], assignment["attempt"])
    try:
        Series(desk, lambda each, place: _session(each, place).run(), _failure).perform(assignment["runs"])
    except Abandoned:
        pass
    finally:
        desk.close()


def perform_job(assignment: Mapping[str, Any]) -> None:
    """Do a job of the room jobs/; reports `progress`, and at the end `result` (with a file where there is one) or `failed`."""
    from dlcore import registry

    desk = _open(assignment["job"], assignment["attempt"])

    def progress(fraction: float) -> None:
        if any(order["order"] == "stop" for order in desk.orders()):
            raise LabError("The job was cancelled.")
        desk.report("progress", {"fraction": float(fraction)})

    try:
        unpack(assignment.get("data", ()))
        spec = registry.find("jobs", assignment["name"])
        result, artefact = spec.perform(assignment["inputs"], assignment["files"], progress)
        if artefact is not None:
            desk.report("artefact", {"role": "result"}, file=lambda: artefact)
        desk.report("result", {"result": result})
    except Abandoned:
        pass
    except BaseException as error:
        desk.report("failed", _failure(error))
    finally:
        desk.close()


def exchange(request: Mapping[str, Any]) -> dict[str, Any]:
    """Heartbeat, lease, orders, acknowledgement and news in one call; runs on the event loop, hence never waits."""
    desk = _desks.get(request["key"])
    known = desk is not None and desk.attempt == request["attempt"]
    if not known:
        _wanted.set()
    events, files, ended = desk.exchange(request["acknowledged"], request["orders"]) if desk and known else ([], {}, False)
    if ended:
        _desks.pop(request["key"], None)
    return {  # no key while the attempt is not open here: the orders were not taken
        "key": request["key"] if known else "", "attempt": request["attempt"], "events": events, "files": files, "ended": ended,
        "rss": _process.memory_info().rss, "pid": os.getpid(), "worn": _is_worn,
    }  # fmt: skip


def _open(key: str, attempt: int) -> Mailbox:
    desk = _desks[key] = Mailbox(key, attempt, LEASE)
    return desk


def _session(assignment: Mapping[str, Any], desk: Any, look: Callable[[], None] = lambda: None) -> Any:
    """The assignment's session, begun: with its data, its program and its first weights, or those of its checkpoint.

    look: called now and then while it compiles; may raise `Abandoned`.
    """
    from dlcore.engine import data
    from dlcore.engine.changes import Changes
    from dlcore.engine.session import Session
    from dlcore.engine.views import Viewer

    unpack(assignment.get("data", ()))
    experiment = Experiment.from_json(assignment["experiment"])
    rows = data.prepare(experiment, _telling(desk))
    batch = len(rows.x_train) if experiment.optimizer_spec.closure else experiment.batch_size or len(rows.x_train)
    feed = _feed(rows, min(batch, len(rows.x_train)))
    began = time.perf_counter()
    program, reused = program_for(experiment, feed, look, assignment.get("switched", ()))
    viewer = Viewer(program, experiment, rows) if assignment.get("views", True) else None
    session = Session(experiment, program, feed, desk, Changes(assignment.get("changes", ())), viewer)
    session.begin(assignment.get("resume"))
    facts = {"reused": reused, "jit": program.jit, "validation_batch": program.evaluation_batch, "switched": list(program.switched)}
    desk.report("program", {"seconds": time.perf_counter() - began, **facts})
    return session


def _feed(rows: Any, batch: int) -> Any:
    """The rows on the device; those of the run before where they are the same, since bringing them there takes as long as a short run."""
    from dlcore.engine.feed import Feed

    global _fed
    if _fed is None or _fed[0] is not rows or _fed[1] != batch:
        _fed = None  # not two of them in memory
        _fed = (rows, batch, Feed((rows.x_train, rows.y_train), (rows.x_val, rows.y_val), batch, device_budget()))
    return _fed[2]


def _telling(desk: Any) -> Callable[[float, str], None]:
    """Reports how far a download is, twice a second."""
    last = 0.0

    def tell(fraction: float, text: str) -> None:
        nonlocal last
        if time.monotonic() - last > TELLING_SECONDS:
            last = time.monotonic()
            desk.report("progress", {"fraction": fraction, "text": text})

    return tell


def program_for(
    experiment: Experiment, feed: Any, look: Callable[[], None] = lambda: None, switched: Sequence[str] = ()
) -> tuple[Any, bool]:
    """The compiled program of this architecture, kept from an earlier run or new, and whether it was kept."""
    from dlcore.engine.programs import compile_ahead, make_program, program_key
    from dlcore.engine.switches import is_exact

    global _is_worn
    switched = tuple(switched) if is_exact(feed) and switched_layers(experiment, switched) else ()
    key = program_key(experiment, feed, switched)
    if reused := key in _programs:
        _programs.move_to_end(key)
    else:
        _programs[key] = make_program(experiment, feed, key, switched)
        while len(_programs) > PROGRAMS:
            _programs.popitem(last=False)
        _is_worn = is_worn()
    if _environment.get("worker_class") == "narrow" and not _programs[key].is_ahead:  # several of them begin with the same net
        compile_ahead(_programs[key], feed, key, look)
    return _programs[key], reused


def device_budget() -> int:
    """Bytes of training data that may lie on the device; more is streamed. `DLCORE_DEVICE_BYTES` sets it."""
    if asked := os.environ.get("DLCORE_DEVICE_BYTES"):
        return int(asked)
    return psutil.virtual_memory().total // 8


def _device(tf: Any) -> str:
    gpus = tf.config.list_physical_devices("GPU")
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "CPU"


def _failure(error: BaseException) -> dict[str, str]:
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, LabError):
        return {"cause": str(error), "hint": error.hint, "trace": trace}
    if "No space left on device" in str(error):
        return {"cause": "The disk is full.", "hint": "Free some space, then try again.", "trace": trace}
    if type(error).__name__ in ("OutOfRangeError", "DataLossError"):
        compiled.forget()
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        hint = "Make the net or the batch smaller, or use fewer rows."
        return {"cause": "The run needed more memory than the worker has.", "hint": hint, "trace": trace, "out_of_memory": "yes"}
    first = (str(error).strip().splitlines() or [""])[0][:200]
    return {"cause": f"Training broke off: {type(error).__name__}: {first}", "hint": "The run's log has the details.", "trace": trace}
