"""What the pages on convolutional nets answer, as a person reads it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]


def test_alexnet_preset_shows_the_published_numbers_and_hides_what_it_settles(open_page: Open) -> None:
    page = open_page("layers", **{"try.known": "AlexNet, 227"})
    for number in ("55×55×96", "290,400", "34,944", "105,705,600"):
        assert number in page.numbers.values()
    assert "Filter F" not in {slider.label for slider in page.app.main.slider}
    assert "Filter F" in {slider.label for slider in open_page("layers").app.main.slider}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"try.known": "AlexNet as printed, 224"}, "No whole number"),
        ({"try.size": "10", "try.side": "3", "try.stride": "2", "try.padding": "0"}, "the last 1 pixel of each row"),
        ({"try.size": "5", "try.side": "9", "try.padding": "0"}, "Does not fit"),
        ({"try.size": "32", "try.side": "5", "try.padding": "2"}, "a whole number"),
    ],
)
def test_a_size_that_does_not_come_out_even_is_flagged(open_page: Open, settings: dict[str, str], said: str) -> None:
    assert said in open_page("layers", **settings).words


def test_the_walk_names_what_it_sees(open_page: Open) -> None:
    words = open_page("walk", **{"try.net": "clothes (Fashion-MNIST)", "try.image": "9", "try.step": "4"}).words
    assert "Each score adds up all 294 pooled numbers" in words and "ankle boot" in words.lower()


def test_a_net_of_equal_weights_is_found(open_page: Open) -> None:
    page = open_page("cnn_ann", **{"try.data": "digits, 8×8"})
    assert "6,090 weights" in page.numbers.values() and "**81**" in page.words
