"""Whose turn it is, and when a run is given up."""

from __future__ import annotations

from dlcore.run import Event, Run
from dlcore.trainer.losses import is_hopeless
from dlcore.trainer.queue import Turns


def queued(name: str, owner: str = "", kind: str = "interactive", attempt: int = 0) -> Run:
    return Run(name, 0.0, owner=owner, kind=kind, attempt=attempt)


def served_in_order(runs: list[Run]) -> list[str]:
    """The order in which one worker takes them, one after the other."""
    turns, left, order = Turns(), list(runs), []
    while left:
        run = turns.order(left, [])[0]
        turns.serve(run)
        left.remove(run)
        order.append(run.id)
    return order


def test_owners_take_turns_whatever_each_of_them_queues() -> None:
    runs = [queued("a1", "ann"), queued("a2", "ann"), queued("a3", "ann"), queued("b1", "bob"), queued("c1", "cem"), queued("b2", "bob")]
    assert served_in_order(runs) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_interactive_runs_come_before_search_trials() -> None:
    runs = [queued("t1", "ann", "trial"), queued("t2", "ann", "trial"), queued("r", "ann")]
    assert served_in_order(runs) == ["r", "t1", "t2"]


def test_owner_with_a_run_under_way_waits_for_the_others() -> None:
    runs = [queued("a2", "ann"), queued("b1", "bob")]
    assert [run.id for run in Turns().order(runs, [queued("a1", "ann")])] == ["b1", "a2"]


def test_run_that_lost_its_worker_goes_on_before_its_owners_new_ones() -> None:
    assert served_in_order([queued("new", "ann"), queued("begun", "ann", attempt=2)]) == ["begun", "new"]


def requeued(how: str, step: int, checkpoint: int = 0) -> Event:
    return Event("r", 1, 0, "requeued", 0.0, {"cause": "", "how": how, "step": step, "checkpoint": checkpoint})


def test_third_crash_at_the_same_place_is_hopeless() -> None:
    assert not is_hopeless([requeued("crash", 10)], "crash", 10, 0)
    assert is_hopeless([requeued("crash", 10), requeued("crash", 10)], "crash", 10, 0)


def test_crash_after_progress_is_not_hopeless() -> None:
    assert not is_hopeless([requeued("crash", 10), requeued("crash", 10)], "crash", 11, 0)
    assert not is_hopeless([requeued("crash", 10), requeued("crash", 10)], "crash", 10, 5)


def test_workers_killed_from_outside_get_more_patience_than_crashes() -> None:
    assert not is_hopeless([requeued("vanished", 10)] * 8, "vanished", 10, 0)
    assert is_hopeless([requeued("vanished", 10)] * 9, "vanished", 10, 0)


def test_what_the_trainer_itself_ended_is_never_hopeless() -> None:
    assert not is_hopeless([requeued("trainer", 10)] * 20, "trainer", 10, 0)


def test_retry_by_a_person_starts_the_count_anew() -> None:
    before = [requeued("crash", 10), requeued("crash", 10), Event("r", 2, 0, "retried", 0.0)]
    assert not is_hopeless(before, "crash", 10, 0)
