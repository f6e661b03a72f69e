"""Work beside the training stays below its share of the time, wherever its cost arises."""

from __future__ import annotations

from dlcore.engine.pace import Due, Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_work_is_due_again_when_its_cost_is_below_its_share() -> None:
    clock = Clock()
    due = Due(1.0, 0.01, clock)
    assert not due.now()
    clock.now = 1.0
    assert due.now()
    clock.now += 0.05
    due.done()
    clock.now += 4.9
    assert not due.now()
    clock.now += 0.2
    assert due.now()


def test_what_compiles_is_free_and_what_goes_on_elsewhere_is_not() -> None:
    clock = Clock()
    due = Due(1.0, 0.01, clock)
    due.begin()
    clock.now += 3.0
    due.done(free=True)
    clock.now += 1.0
    assert due.now()
    due.done()

    def pack() -> str:
        clock.now += 0.1
        return "packed"

    assert due.charged(pack)() == "packed"
    clock.now += 9.8  # a hundred times as long as it took, from when it began; the second that lies between is within
    assert not due.now()
    clock.now += 0.2
    assert due.now()


def test_what_goes_on_elsewhere_and_costs_little_changes_nothing() -> None:
    clock = Clock()
    due = Due(1.0, 0.5, clock)
    due.begin()
    due.done()

    def pack() -> None:
        clock.now += 0.2

    due.charged(pack)()
    clock.now += 0.7
    assert not due.now()
    clock.now += 0.2
    assert due.now()


def test_time_that_does_not_count_postpones_the_work() -> None:
    clock = Clock()
    due = Due(1.0, 0.01, clock)
    clock.now = 5.0
    due.postpone(5.0)
    assert not due.now()
    clock.now = 6.0
    assert due.now()


def test_steps_per_call_grow_towards_a_fifth_of_a_second_but_at_most_fourfold() -> None:
    clock = Clock()
    pace, taken = Pace(clock), []
    for _ in range(6):
        taken.append(pace.steps)
        pace.begin()
        clock.now += 0.002 * pace.steps
        pace.end(pace.steps)
    assert taken == [1, 4, 16, 64, 100, 100]


def test_an_epoch_is_cut_into_calls_of_one_length() -> None:
    pace = Pace(Clock())
    pace.steps = 100
    assert [pace.of(left) for left in (1, 90, 149, 151, 128, 1000)] == [1, 90, 149, 76, 128, 100]
    left, taken = 470, []
    while left:
        taken.append(pace.of(left))
        left -= taken[-1]
    assert taken == [94] * 5
