"""Pictures of a net show what they were given, say it in words too, and let no name of a class become markup."""

from __future__ import annotations

import base64
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pytest

from dlcore.charts import facts
from dlcore.charts.boundary import boundary
from dlcore.charts.colours import css, data_uri, diverging, ink_on, shade
from dlcore.charts.confusion import confusion
from dlcore.charts.figure import Figure, Frame, minus, ticks
from dlcore.charts.mistakes import Mistakes, misses, mistakes
from dlcore.charts.net import filters, net
from dlcore.charts.perceptron import mistakes as counted
from dlcore.charts.plot import path
from dlcore.charts.predicted import predicted
from dlcore.charts.stages import stages
from dlcore.experiment import Experiment

COLOURS = ("#0072B2", "#D55E00")
EVIL = '<img src=x onerror="alert(1)">'


def _drawn(figure: Figure) -> ElementTree.Element:
    """The figure's SVG, which must be well-formed and say what it shows."""
    root = ElementTree.fromstring(figure.svg)
    assert root.attrib["aria-label"] == figure.described
    return root


def _pixels(address: str) -> np.ndarray:
    """What a PNG in a data address holds, read without the code that wrote it."""
    png = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    size = struct.unpack(">I", png[33:37])[0]
    assert png[37:41] == b"IDAT"
    rows = np.frombuffer(zlib.decompress(png[41 : 41 + size]), np.uint8).reshape(height, -1)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape((height, width, 3) if kind == 2 else (height, width))


def test_pixels_survive_their_address() -> None:
    grey, coloured = np.arange(12, dtype=np.uint8).reshape(3, 4), np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    np.testing.assert_array_equal(_pixels(data_uri(grey)), grey)
    np.testing.assert_array_equal(_pixels(data_uri(grey[..., None])), grey)
    np.testing.assert_array_equal(_pixels(data_uri(coloured)), coloured)


def test_colours_around_zero_are_symmetrical_and_bounded() -> None:
    assert css(diverging(np.array(0.0), 1.0)) == "#f7f7f7"
    assert css(diverging(np.array(9.0), 1.0)) == css(diverging(np.array(1.0), 1.0)) == "#d55e00"
    assert css(diverging(np.array(np.nan), 1.0)) == "#f7f7f7"
    assert css(shade(np.array(0.0), dark=False)) == "#ffffff"
    assert (ink_on(np.array((255, 255, 255))), ink_on(np.array((8, 81, 156)))) == ("#000", "#fff")


def test_mistakes_are_counted_in_whole_numbers() -> None:
    said = [one.text for one in _drawn(counted(np.array([2, 1, 0]), 0.0, "red")).iter() if one.get("class") == "tick"]
    assert {"0", "1", "2"} <= set(said) and not any("." in words for words in said[-4:] if words)


def test_numbers_below_zero_have_a_true_minus_and_names_keep_their_hyphens() -> None:
    assert minus("(-1, 2.9e-10) or -.5") == "(−1, 2.9e−10) or −.5"
    assert minus("t-SNE, 8-8, 2020-01-05, x-1, --json") == "t-SNE, 8-8, 2020-01-05, x-1, --json"


def test_ticks_are_round_and_inside() -> None:
    assert ticks(0.0, 1.0) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(-1234.0, 987.0) == [-1000.0, -500.0, 0.0, 500.0]
    assert ticks(3.0, 3.0) == [3.0]
    assert ticks(1.0, 15.0, 6) == [5.0, 10.0, 15.0]  # epochs have no halves


def test_a_point_outside_the_frame_lies_at_its_edge() -> None:
    frame = Frame(0, 0, 10, 10, (0, 1), (0, 1))
    assert frame.at(0.5, 0.25) == (5, 7.5)
    assert frame.at(2, -1) == (10, 10)


def test_confusion_counts_each_cell_and_names_the_worst() -> None:
    counts = np.array([[8, 2, 0], [0, 9, 1], [0, 0, 10]])
    figure = confusion(counts, ("cat", "dog", "bird"), dark=False, note="30 examples")
    said = [title.text for title in _drawn(figure).iter("title")]
    assert said == [
        "8 of cat known as such",
        "2 of cat taken for dog",
        "9 of dog known as such",
        "1 of dog taken for bird",
        "10 of bird known as such",
    ]
    assert figure.described == "Confusion matrix of 3 classes: 27 of 30 right. Most often cat is taken for dog: 2 times."


@pytest.mark.parametrize("classes", [2, 10, 20])
def test_confusion_of_few_classes_shows_each_count(classes: int) -> None:
    root = _drawn(confusion(np.eye(classes, dtype=int) * 7, (), dark=True))
    assert [text.text for text in root.iter("text")].count("7") >= classes


def test_confusion_of_a_hundred_classes_is_a_map_with_its_worst_in_words() -> None:
    counts = np.eye(100, dtype=int)
    counts[3, 40] = 5
    figure = confusion(counts, [f"class {number}" for number in range(100)], dark=False)
    (image,) = _drawn(figure).iter("image")
    pixels = _pixels(image.attrib["href"])
    assert pixels.shape == (100, 100, 3)
    assert not np.array_equal(pixels[3, 40], pixels[40, 3])
    assert "class 3 is taken for class 40: 5 times" in figure.note


def test_names_cannot_become_markup() -> None:
    assert "<img" not in confusion(np.ones((2, 2), int), (EVIL, "b"), dark=False).svg
    found = Mistakes(np.zeros((1, 2)), np.array([0]), np.array([1]), np.array([0.5]))
    assert "<img" not in mistakes(found, (EVIL, "b"), (EVIL, "y"))
    images = Mistakes(np.zeros((1, 2, 2, 1)), np.array([0]), np.array([1]), np.array([0.5]))
    assert 'onerror="' not in mistakes(images, (EVIL, "b"))


def test_predictions_far_outside_lie_at_the_edge_as_rings() -> None:
    true = np.linspace(0, 1, 10)
    figure = predicted(true, np.where(true == 1, 1e6, true), COLOURS[0], "dollars")
    assert len(list(_drawn(figure).iter("circle"))) == 1
    assert "predicted (dollars)" in figure.svg


def test_predictions_that_are_no_numbers_break_nothing() -> None:
    assert "no prediction is a finite number" in predicted(np.zeros(3), np.full(3, np.nan), COLOURS[0]).described


def test_boundary_is_the_right_way_up_and_paler_where_the_net_is_unsure() -> None:
    grid = np.zeros((64, 64, 1))
    grid[32:] = 1.0  # the net says class 1 above
    points = np.array([[0.5, 0.1], [0.5, 0.9]])
    figure = boundary(grid, (0, 1, 0, 1), points, np.array([0, 1]), np.array([False, True]), colours=COLOURS)
    root = _drawn(figure)
    (image,) = root.iter("image")
    pixels = _pixels(image.attrib["href"]).astype(int)
    assert pixels[0, 0, 0] > pixels[0, 0, 2] and pixels[-1, 0, 2] > pixels[-1, 0, 0]  # orange above, blue below
    assert {path.attrib["fill"] for path in root.iter("path")} == set(COLOURS)
    unsure = boundary(np.full((64, 64, 1), 0.5), (0, 1, 0, 1), points, np.array([0, 1]), np.array([False, True]), colours=COLOURS)
    assert (_pixels(next(_drawn(unsure).iter("image")).attrib["href"]) == 255).all()


def test_boundary_of_three_classes_takes_the_likeliest() -> None:
    grid = np.zeros((64, 64, 3))
    grid[..., 2] = 1.0
    colours = (*COLOURS, "#009E73")
    figure = boundary(grid, (0, 1, 0, 1), np.zeros((0, 2)), np.zeros(0), np.zeros(0, bool), colours=colours)
    pixel = _pixels(next(_drawn(figure).iter("image")).attrib["href"])[0, 0].astype(int)
    assert pixel.argmax() == 1  # green


def test_mistakes_are_images_with_words() -> None:
    found = Mistakes(np.zeros((2, 8, 8, 1), np.uint8), np.array([3, 4]), np.array([5, 9]), np.array([0.995, np.nan]))
    markup = mistakes(found, tuple("0123456789"))
    assert re.findall(r'alt="(.*?)"', markup) == ["3, taken for 5, over 99 % sure", "4, taken for 9"]


def test_worst_misses_of_a_regression_come_first() -> None:
    markup = misses(np.array([[1.0], [2.0], [3.0]]), np.array([[1.1], [5.0], [2.5]]), "metres", most=2)
    assert re.findall(r"<td>(.*?)</td>", markup) == ["2", "5", "3", "3", "2.5", "0.5"]


@pytest.mark.parametrize(
    "changes",
    [{}, {"model": "cnn"}, {"dataset": "sines", "model": "rnn"}, {"dataset": "moons", "model.layers": (8, 4), "batch_norm": True}],
    ids=["mlp", "cnn", "rnn", "two features"],
)
def test_net_is_drawn_with_shapes_and_all_its_parameters(changes: dict[str, object]) -> None:
    experiment = Experiment().with_(**changes)
    from dlcore.forecast import forecast

    drawn = stages(experiment.plan(), experiment.shape.input)
    figure = net(drawn, {}, dark=False)
    _drawn(figure)
    assert f"{forecast(experiment).parameters:,} weights and biases." in figure.note
    assert all(stage.shape in figure.svg for stage in drawn)


def test_weights_are_orange_above_zero_and_blue_below_and_wider_when_larger() -> None:
    experiment = Experiment().with_(dataset="moons", **{"model.layers": (2,)})
    kernel = np.array([[1.0, -1.0], [0.1, 0.0]], np.float16)
    figure = net(stages(experiment.plan(), (2,)), {"dense": kernel}, dark=False)
    lines = [path.attrib for path in _drawn(figure).iter("path") if "stroke-width" in path.attrib]
    widths = {(line["stroke"], line["stroke-width"]): line["d"].count("M") for line in lines}
    assert widths == {("#D55E00", "0.76"): 1, ("#D55E00", "2.20"): 1, ("#0072B2", "2.20"): 1}


def test_kernel_of_another_shape_leaves_the_lines_grey() -> None:
    experiment = Experiment().with_(dataset="moons", **{"model.layers": (2,)})
    figure = net(stages(experiment.plan(), (2,)), {"dense": np.ones((3, 3))}, dark=False)
    assert "stroke-width" not in figure.svg


def test_filters_are_tiles() -> None:
    tiles = list(_drawn(filters(np.ones((3, 3, 1, 16)))).iter("image"))
    assert len(tiles) == 16 and all("pixelated" in tile.attrib["style"] for tile in tiles)
    assert len(list(_drawn(filters(np.ones((5, 5, 3, 4)))).iter("image"))) == 4


def test_a_line_ends_at_the_frame_where_it_leaves_it_and_comes_back_where_it_enters() -> None:
    frame = Frame(0, 0, 100, 100, (0, 10), (0, 10))
    x = np.array([0.0, 5.0, 10.0])
    assert path(frame, x, np.array([0.0, 5.0, 20.0])) == "M0.0 100.0L50.0 50.0L66.7 0.0"
    assert path(frame, x, np.array([-5.0, 5.0, np.nan])) == "M25.0 100.0L50.0 50.0"
    assert path(frame, x, np.full(3, 20.0)) == ""
    assert path(frame, np.array([0.0, 10.0]), np.array([-10.0, 20.0])) == "M33.3 100.0L66.7 0.0"
    assert path(frame, x, np.array([0.0, 10.0, 10.0])) == "M0.0 100.0L50.0 0.0L100.0 0.0"
    again = path(frame, np.array([0.0, 2, 4, 6, 8]), np.array([1.0, 20, 20, 1, 2]))
    assert again.count("M") == 2 and again.endswith("L60.0 90.0L80.0 80.0")


def test_titles_of_milestones_lie_over_all_stems() -> None:
    events = [facts.Event(year, f"of {year}", "said") for year in (1958, 1960, 1962)]
    drawn = facts.timeline(events, 2000, 1950, 2010, ("#0072B2", "#D55E00")).svg
    assert drawn.rindex('stroke-width="1.5"') < drawn.index("1958 of 1958</text>")


def test_mistaken_texts_are_shown_as_words_and_never_as_markup() -> None:
    read = np.array([[[0], [2], [3], [1]]], "float32")
    found = Mistakes(read, np.array([0]), np.array([1]), np.array([0.8]))
    drawn = mistakes(found, ("bad", "good"), vocabulary=("", "(rare)", "not", "<b>so</b>"))
    assert "<td>not &lt;b&gt;so&lt;/b&gt; (rare)</td>" in drawn and "<td>80 %</td>" in drawn and "<svg" not in drawn
    assert "<td>ab</td>" in mistakes(found, ("bad", "good"), vocabulary=("", "", "a", "b"))
