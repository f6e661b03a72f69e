"""How quickly the app answers while every core trains: real websocket clients and Chromium against `streamlit run app.py`.

python benchmarks/dashboard.py [--row NAME …] [--quick] [--json]

Each figure is a limit divided by what was measured: at or above its goal of 1 is good.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.engine import warn_when_busy
from benchmarks.limits import Figure, limited, options, show
from benchmarks.served import App, app, chromium, fill
from benchmarks.viewers import Viewer, opened
from dlcore import service
from dlcore.experiment import Experiment

ROWS = ("first metric", "rerun", "viewers", "runs listed", "memory")
LIMITS = {"first metric": 1.0, "first metric, cold": 60.0, "rerun": 0.1, "viewers": 1.0, "runs listed": 0.3, "memory": 0.05}
KEPT = 128  # closed sessions that Streamlit remembers
CLASS = 25  # sessions that are open at a time while memory is measured
UNITS = {"memory": "share grown"}
ENDLESS = {"dataset": "digits", "model": "mlp", "layers": (256, 128), "epochs": 100_000}
# In the page: when a button was pressed, and when the epoch's number first was 1 or more.
PRESSED = """label => {
    window.pressed = 0; window.visible = 0
    const look = () => {
        const term = [...document.querySelectorAll('dt')].find(one => one.innerText === 'Epoch')
        const epoch = term ? parseInt(term.nextElementSibling.innerText.replaceAll(',', '')) : 0
        if (window.pressed && epoch >= 1) window.visible = performance.now(); else requestAnimationFrame(look)
    }
    const button = [...document.querySelectorAll('button')].find(one => one.innerText.includes(label))
    button.addEventListener('click', () => { window.pressed = performance.now(); requestAnimationFrame(look) }, {once: true})
}"""
# In the page: from the click on the menu to the table's first picture with rows in it.
LISTED = """link => new Promise(done => {
    const began = performance.now()
    const look = () => {
        for (const host of document.querySelectorAll('.st-key-runs_table *')) {
            const rows = host.shadowRoot?.querySelectorAll('.runs tbody tr').length ?? 0
            if (rows > 1) return done((performance.now() - began) / 1000)
        }
        requestAnimationFrame(look)
    }
    link.click(); requestAnimationFrame(look)
})"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure. runs: in the store; presses: of Train; seconds: that viewers watch; memory grows over ticks and sessions."""

    runs: int = 10_000
    presses: int = 7
    reruns: int = 200
    viewers: int = 30
    seconds: float = 30.0
    listings: int = 9
    ticks: int = 3000
    sessions: int = 100


QUICK = Plan(presses=1, reruns=30, seconds=4.0, listings=2, ticks=0, sessions=0)


def figure(name: str, measured: float) -> Figure:
    return limited(name, measured, LIMITS[name])


def figures(plan: Plan, asked: tuple[str, ...]) -> Iterator[Figure]:
    """The rows asked for, on one server and one trainer."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home = Path(folder)
        fill(service.open_store(home), plan.runs)
        with app(home) as lab:
            if "first metric" in asked:
                yield from first_metric(lab, browser, plan)
            service.ensure_trainer(store=service.open_store(home))
            with_training = tuple(row for row in asked if row != "first metric")
            if with_training:
                run = endless(home)
                yield from while_training(lab, browser, plan, with_training, run)
                service.stop(run, store=service.open_store(home))


def first_metric(lab: App, browser: Any, plan: Plan) -> Iterator[Figure]:
    """From the start of the server, then from the press with a warm worker, to the first number on the page; digits, MLP."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    pressed_to_visible(page, lab, rate=0.001)
    yield figure("first metric, cold", time.time() - lab.began)
    wait_for_worker(lab)
    waited = [pressed_to_visible(page, lab, rate=0.001 + 0.0001 * press) for press in range(1, plan.presses + 1)]
    page.close()
    yield figure("first metric", statistics.median(waited))


def pressed_to_visible(page: Any, lab: App, rate: float) -> float:
    """Seconds by the page's own clock; another rate is another run on the same compiled program."""
    page.goto(f"{lab.address}/workbench?learning_rate={rate:g}")
    button = page.get_by_role("button", name="Train", exact=True)
    button.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(PRESSED, "Train")
    button.click()
    page.wait_for_function("window.visible > 0", timeout=180_000)
    found = page.evaluate("(window.visible - window.pressed) / 1000")
    page.get_by_text("Done: trained").wait_for(timeout=180_000)
    return float(found)


def wait_for_worker(lab: App, seconds: float = 180.0) -> None:
    """Until the wide worker is warm and free, and the others are up: workers that import Keras take a core each."""
    store, deadline = service.open_store(lab.home), time.monotonic() + seconds
    while time.monotonic() < deadline:
        workers = service.trainer_status(store=store).get("workers") or []
        if workers and all(worker["state"] == "idle" for worker in workers) and any(worker["class"] == "narrow" for worker in workers):
            return
        time.sleep(0.1)
    raise SystemExit("No worker was warm and free within three minutes.")


def endless(home: Path) -> str:
    """A run that keeps all cores busy; returned once its first epochs are in the store."""
    store = service.open_store(home)
    run = service.start(Experiment().with_(**ENDLESS), store=store)
    deadline = time.monotonic() + 180
    while service.run(run, store=store).epoch < 3:
        if time.monotonic() > deadline:
            raise SystemExit("The run that is to keep the cores busy has not begun within three minutes.")
        time.sleep(0.1)
    return run


def while_training(lab: App, browser: Any, plan: Plan, asked: tuple[str, ...], run: str) -> Iterator[Figure]:
    if "runs listed" in asked:
        yield figure("runs listed", runs_listed(lab, browser, plan))
    if "rerun" in asked:
        yield figure("rerun", apart(rerun(lab, plan, run)))
    if "viewers" in asked:
        yield figure("viewers", apart(viewers(lab, plan, run)))
    if "memory" in asked and plan.ticks:
        yield figure("memory", apart(memory(lab, plan, run)))


def apart(measure: Coroutine[Any, Any, float]) -> float:
    """Measured in a thread of its own: Playwright has an event loop in this one."""
    done: Future[float] = Future()

    def work() -> None:
        try:
            done.set_result(asyncio.run(measure))
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work, daemon=True).start()  # not waited for when somebody ends the benchmark
    while True:
        try:
            return done.result(timeout=0.5)
        except TimeoutError:
            if done.done():
                raise


def runs_listed(lab: App, browser: Any, plan: Plan) -> float:
    """The median time from the press on "All runs" to the rows of the table in Chromium; once more before, to load its script."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    waited = []
    for _ in range(plan.listings + 1):
        page.goto(lab.address)
        link = page.get_by_role("link", name="All runs")
        link.wait_for()
        page.wait_for_load_state("networkidle")
        waited.append(float(link.evaluate(LISTED)))
    page.close()
    return statistics.median(waited[1:])


async def rerun(lab: App, plan: Plan, run: str) -> float:
    """The 95th percentile of the time in which a whole page with a live run is drawn again."""
    viewer = Viewer(lab.port, "workbench", f"run={run}")
    await viewer.open()
    waited = []
    for _ in range(plan.reruns):
        waited.append(await viewer.rerun())
        await asyncio.sleep(0.05)
    await viewer.close()
    return statistics.quantiles(waited, n=20)[-1]


async def viewers(lab: App, plan: Plan, run: str) -> float:
    """How long after an epoch was recorded a viewer has its number: the 95th percentile over all viewers and epochs that they saw."""
    seen: list[tuple[int, int, float]] = []
    people = [
        Viewer(lab.port, "workbench", f"run={run}", lambda epoch, now, who=who: seen.append((who, epoch, now)))  # type: ignore[misc]
        for who in range(plan.viewers)
    ]
    await opened(people)
    began = time.time() + 2.0  # they have arrived
    await asyncio.sleep(2.0 + plan.seconds)
    ended = time.time()
    for person in people:
        await person.close()
    return statistics.quantiles(behind(recorded(lab, run), seen, len(people), began, ended), n=20)[-1]


def recorded(lab: App, run: str) -> list[tuple[int, float]]:
    """(epoch, when the store had it) of the last epoch in each of the run's events, in order."""
    found = []
    for _, event in service.events(run, kinds=["epochs"], store=service.open_store(lab.home)):
        rows = len(event.data) // (4 * len(event.body["names"]))
        found.append((event.body["first"] + rows - 1, event.time))
    return found


def behind(made: list[tuple[int, float]], seen: list[tuple[int, int, float]], viewers: int, began: float, ended: float) -> list[float]:
    """For each viewer and each epoch made between `began` and `ended`: seconds until the viewer had it or a later one.

    An epoch that never arrived counts with the time that it was waited for.
    """
    found = []
    for who in range(viewers):
        arrivals = [(epoch, now) for viewer, epoch, now in seen if viewer == who]
        place = 0
        for epoch, when in made:
            if not began <= when <= ended - LIMITS["viewers"]:
                continue
            while place < len(arrivals) and arrivals[place][0] < epoch:
                place += 1
            found.append((arrivals[place][1] if place < len(arrivals) else ended) - when)
    if len(found) < 2:
        raise SystemExit("No epoch was recorded while the viewers watched.")
    return found


async def memory(lab: App, plan: Plan, run: str) -> float:
    """By which share the server's memory grows over the ticks of that many sessions, after as many sessions have warmed it up.

    Streamlit keeps up to 128 closed sessions for two minutes, so that a browser may come back: the warm-up makes that many, each of which
    ticks as often as those that are measured. With fewer ticks it would hold less of the growing run than they.
    """
    await sessions(lab, plan, run, KEPT, plan.ticks * KEPT // plan.sessions)
    before = lab.memory
    await sessions(lab, plan, run, plan.sessions, plan.ticks)
    return (lab.memory - before) / before


async def sessions(lab: App, plan: Plan, run: str, count: int, ticks: int) -> None:
    """Opens `count` sessions, a class at a time, until they have ticked `ticks` times in all."""
    for first in range(0, count, CLASS):
        people = [Viewer(lab.port, "workbench", f"run={run}") for _ in range(min(CLASS, count - first))]
        await opened(people)
        while sum(person.ticks for person in people) < len(people) * ticks / count:
            await asyncio.sleep(0.1)
        for person in people:
            await person.close()


def main() -> None:
    asked = options(__doc__ or "", "row", ROWS, "all rows but memory, measured more briefly")
    warn_when_busy()
    for found in figures(QUICK if asked.quick else Plan(), tuple(asked.row or ROWS)):
        show(found, UNITS.get(found.name, "s"), asked.json)


if __name__ == "__main__":
    main()
