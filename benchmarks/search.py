"""How many trials an hour a search gets through, beside stock keras-tuner at equal work.

python benchmarks/search.py [--row NAME …] [--rounds N] [--quick] [--json]

Equal work: the same net, 20,000 rows, 3 epochs, batches of 64, validation on 4,000 rows after each epoch, random search. Stock
keras-tuner's rate is that of 3 trials; the lab's that of 20, from the press to the last trial's end, compile time included: each search
begins with processes, on both sides, that have Keras imported and have trained another net once; nothing of this search is compiled.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import search_rows as rows
from benchmarks.engine import Figure, warn_when_busy

if TYPE_CHECKING:
    from dlcore.store import Store
    from dlcore.studies.search import Search

HERE = Path(__file__).resolve().parent
STOCK_TRIALS, TRIALS = 3, 20
QUICK_ROWS = ("64 units, learning rate",)
WARM_SECONDS = 180.0


class Stock:
    """The process of stock keras-tuner (search_stock.py)."""

    def __init__(self) -> None:
        quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        pipe = subprocess.PIPE
        command = [sys.executable, str(HERE / "search_stock.py")]
        self.ready = False
        self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=quiet)

    def wait_until_ready(self) -> None:
        if not self.ready:
            self._line()
            self.ready = True

    def trials_per_hour(self, row: rows.Row) -> float:
        assert self.child.stdin
        self.child.stdin.write(json.dumps([row.name, STOCK_TRIALS]) + "\n")
        self.child.stdin.flush()
        return 3600 * STOCK_TRIALS / json.loads(self._line())["seconds"]

    def close(self) -> None:
        self.child.kill()
        self.child.wait()

    def _line(self) -> str:
        out: IO[str] | None = self.child.stdout
        assert out
        line = out.readline()
        if not line:
            raise SystemExit(f"Stock keras-tuner ended with status {self.child.wait()}: is keras-tuner installed?")
        return line


@contextmanager
def laboratory() -> Iterator[Store]:
    """A store of its own and a trainer with all its workers warm; both gone afterwards."""
    from dlcore import service
    from dlcore.trainer.settings import read_settings

    # Said outright, all narrow workers are started before there is work for them.
    os.environ["DLCORE_NARROW"] = str(read_settings(os.environ).narrow)
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLCORE_HOME"] = home
        store = service.open_store(home)
        service.start_trainer(store=store)
        try:
            until = time.monotonic() + WARM_SECONDS
            log = Path(home) / "trainer.log"
            while not are_warm(service.trainer_status(store=store).get("workers", []), log.read_text()):
                if time.monotonic() > until:
                    raise SystemExit(f"The workers did not get warm: {log.read_text()[-2000:]}")
                time.sleep(0.2)
            yield store
        finally:
            service.stop_trainer(store=store)


def are_warm(workers: list[dict[str, str]], log: str) -> bool:
    """Whether all workers that there will be are idle, and have rehearsed."""
    from dlcore.trainer.settings import read_settings

    narrow = [worker for worker in workers if worker["class"] == "narrow"]
    is_idle = len(narrow) >= read_settings(os.environ).narrow and all(worker["state"] == "idle" for worker in workers)
    return is_idle and log.count("has rehearsed") >= len(workers)


def trials_per_hour(row: rows.Row, store: Store) -> float:
    """The lab's, from `searching.start` to the search's end."""
    from dlcore.services import searching

    began = time.perf_counter()
    study = searching.start(search_of(row), store=store)
    ended = list(searching.follow(study, poll=0.02, store=store))
    took = time.perf_counter() - began
    done = [trial for trial in ended if trial.state == "done"]
    if len(done) != TRIALS:
        raise SystemExit(f"{row.name}: {len(done)} of {TRIALS} trials were done: {searching.study(study, store=store).cause}")
    return 3600 * TRIALS / took


def search_of(row: rows.Row) -> Search:
    """The row as a search of the lab."""
    from dlcore.experiment import Experiment, Part
    from dlcore.studies.search import Search
    from dlcore.studies.space import Dimension, Space

    net = row.net
    own = {"layers": net.units} if net.kind == "mlp" else {"filters": net.units, "dense": ()}
    settings = own | ({"dropout": rows.DROPOUT} if row.varies == "dropout" else {})
    experiment = Experiment(
        dataset=Part(rows.dataset_name(net)), model=Part(net.kind, settings), optimizer=Part("adam", {"learning_rate": rows.RATE}),
        batch_size=rows.BATCH, epochs=rows.EPOCHS, validation=rows.VALIDATION / (rows.TRAINING + rows.VALIDATION), test=0.0,
    )  # fmt: skip
    varying = {
        "learning rate": [Dimension("optimizer.learning_rate", *rows.RATES, log=True)],
        "initialisation": [
            Dimension("model.initializer", choices=rows.INITIALIZERS),
            Dimension("model.activation", choices=rows.ACTIVATIONS),
        ],
        "dropout": [Dimension("model.dropout", *rows.DROPOUTS)],
    }
    return Search(experiment, Space(tuple(varying[row.varies])), oracle="random", trials=TRIALS)


def figure(row: rows.Row, stock: Stock, rounds: int) -> Figure:
    """The medians over rounds; in each, stock keras-tuner comes first and the lab after it."""
    theirs, ours = [], []
    for _ in range(rounds):
        with laboratory() as store:  # both sides get ready side by side, and wait for each other
            rows.keep(row.net)
            stock.wait_until_ready()
            theirs.append(stock.trials_per_hour(row))
            ours.append(trials_per_hour(row, store))
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    return Figure(row.name, ratio, row.net.goal, statistics.median(ours), statistics.median(theirs))


def show(found: Figure, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(found)), flush=True)
        return
    mark = "" if found.ratio >= found.goal else "   below the goal"
    print(
        f"{found.name:28s} {found.ratio:6.2f}   goal {found.goal:<4g}{found.ours:9,.0f} against {found.theirs:,.0f} trials/h{mark}",
        flush=True,
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--row", action="append", choices=tuple(rows.ROWS), help="one row; may be given several times (default: all)")
    parser.add_argument("--quick", action="store_true", help=f"under 50 s: {', '.join(QUICK_ROWS)}")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each row")
    parser.add_argument("--rounds", type=int, default=1, help="rounds of each row; the figure is their median (1)")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    chosen = asked.row or (QUICK_ROWS if asked.quick else tuple(rows.ROWS))
    warn_when_busy()
    paths = [str(HERE / "everywhere"), str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    rows.register()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave by the `finally` blocks, which end processes
    stock = Stock()
    try:
        for name in chosen:
            show(figure(rows.ROWS[name], stock, asked.rounds), asked.json)
    finally:
        stock.close()


if __name__ == "__main__":
    main()
