"""The head of the queue is all that a trainer needs to hand out work as if it saw the whole queue."""

from __future__ import annotations

import random

from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store, waiting
from dlcore.trainer.queue import Turns
from tests.store_events import running


def queue_of(store: Store, count: int) -> None:
    chance = random.Random(0)
    for _ in range(count):
        store.submit(Experiment(), owner=chance.choice("abc"), kind=chance.choice(["interactive", "trial", "trial"]))


def test_the_head_of_a_long_queue_gives_the_turns_that_all_of_it_would(store: Store) -> None:
    queue_of(store, 120)
    whole, head = store.active(), waiting.head(store, 3)
    assert len(head) == 3 * 6 < len(whole)
    seen, full = Turns(), Turns()
    for _ in range(3):  # as many as a line is long
        first = [turns.order(queue, [])[0] for turns, queue in ((seen, head), (full, whole))]
        assert first[0] == first[1]
        for turns, queue in ((seen, head), (full, whole)):
            turns.serve(first[0])
            queue.remove(first[0])


def test_the_mark_changes_with_the_queue_and_not_with_what_runs(store: Store) -> None:
    assert waiting.mark(store) == (0, 0) and waiting.head(store) == []
    first = store.submit(Experiment())
    queued = waiting.mark(store)
    trained = running(store)
    store.append([Event(trained, 1, 1, "log", 5.0, {"text": "training"})])
    assert waiting.mark(store)[0] == 1
    second = store.submit(Experiment())
    both = waiting.mark(store)
    assert both != queued and [run.id for run in waiting.head(store)] == [first, second]
    store.append([Event(second, 0, 0, "stopped", 6.0, {"step": 0, "epoch": 0})])
    assert waiting.mark(store) == queued
    store.append([Event(second, 0, 0, "retried", 7.0, {"step": 0})])
    assert waiting.mark(store) not in (queued, both)
    assert [run.id for run in waiting.head(store)] == [first, second]
