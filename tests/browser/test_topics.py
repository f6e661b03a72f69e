"""The course as a learner walks it: open a page, move a slider, see the picture change, click into it, find the link the same."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from dlcore.charts.colours import data_uri
from tests.browser.drawn import DRAWING, DRAWN, move, picture, wait_until

pytestmark = pytest.mark.browser

# Settings with which a net is trained at once, the same on all pages, so that they share one program.
TINY = "dataset=digits&examples=200&epochs=2&batch_size=32&optimizer=adam&learning_rate=0.01&model.layers=8&activation=relu"
TRAINED = (
    "why", "ann-diagram", "mlp", "tsne", "activations", "backpropagation", "optimizers", "batches", "learning-rate", "biases", "weights",
    "weight-decay", "dropout", "early-stopping",
)  # fmt: skip
NOTEBOOKS = {
    "mlp": "MLP_classification_keras_fashion_mnist.ipynb", "tsne": "T-SNE Visualization.ipynb",
    "optimizers": "Various optimization methods.ipynb", "learning-rate": "HP_optimization_MLP_learning rate.ipynb",
    "biases": "HP_optimization_MLP_biases.ipynb", "weights": "HP_optimization_MLP_weights.ipynb",
    "weight-decay": "HP_optimization_MLP_regularization.ipynb", "dropout": "HP_optimization_MLP_dropout_regularization.ipynb",
    "early-stopping": "HP_optimization_MLP_early_stopping.ipynb",
}  # fmt: skip
Visit = Callable[..., Any]


@pytest.mark.parametrize(
    ("address", "label", "keys", "written"),
    [
        ("perceptron", "Step", ["ArrowRight"] * 3, "try.step=3"),
        ("activations", "x", ["ArrowRight"], "try.at=1.1"),
        ("weights", "Layers", ["End"], "try.depth=50"),
        ("dropout", "Dropout rate p", ["ArrowRight"] * 2, "try.rate=0.6"),
        ("early-stopping", "Patience", ["ArrowLeft"], "try.patience=4"),
        ("walk", "Step", ["ArrowRight"] * 2, "try.step=3"),
        ("layers", "Stride S", ["ArrowRight"] * 2, "try.stride=3"),
        ("sequences", "Steps τ", ["ArrowRight"] * 2, "try.steps=7"),
        ("vanishing", "Spectral radius ρ", ["End"], "try.radius=2"),
    ],
)
def test_moved_slider_changes_the_picture_and_the_link(
    visit: Visit, quiet_server: Any, address: str, label: str, keys: list[str], written: str
) -> None:
    page = visit(f"{quiet_server.address}/{address}")
    page.locator(DRAWING).first.wait_for()
    before = picture(page)
    for key in keys:
        address = page.url
        move(page, label, key)
        page.wait_for_function("address => location.href !== address", arg=address)
    wait_until(page, "!==", before)
    page.wait_for_url(f"**{written}*")
    again = visit(page.url)
    again.locator(DRAWING).first.wait_for()
    assert picture(again) != before
    wait_until(page, "===", picture(again))


NUMBERS = ".st-key-numbers_layers dl"


def test_picture_and_numbers_follow_a_slider_that_is_not_let_go(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/layers")
    page.locator(DRAWING).first.wait_for()
    first, numbers, address = picture(page), page.locator(NUMBERS).inner_text(), page.url
    thumb = page.get_by_test_id("stSlider").filter(has=page.get_by_text("Stride S", exact=True)).get_by_role("slider")
    box = thumb.locator("xpath=..").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y)
    wait_until(page, "!==", first)
    page.wait_for_function(f"before => document.querySelector('{NUMBERS}').innerText !== before", arg=numbers)
    page.mouse.move(x, y)
    wait_until(page, "===", first)
    page.wait_for_function(f"before => document.querySelector('{NUMBERS}').innerText === before", arg=numbers)
    page.mouse.move(x + 60, y)  # the same place once more
    wait_until(page, "!==", first)
    stride = thumb.get_attribute("aria-valuetext")
    told = visit(f"{page.url}?try.stride={stride}")
    told.locator(DRAWING).first.wait_for()
    wait_until(page, "===", picture(told))
    assert page.url == address  # nobody has told the page yet
    page.mouse.up()
    page.wait_for_url(f"**try.stride={stride}")
    page.wait_for_function(DRAWN)
    assert picture(page) == picture(told)


def test_pictures_follow_while_their_page_is_being_drawn_for_an_earlier_value(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/layers")
    page.locator(DRAWING).first.wait_for()
    for key in ["ArrowRight"] * 4 + ["ArrowLeft"] * 2:
        move(page, "Stride S", key)
    page.wait_for_url("**try.stride=3*")
    page.wait_for_function(DRAWN)
    again = visit(page.url)
    again.locator(DRAWING).first.wait_for()
    wait_until(page, "===", picture(again))
    assert page.locator(NUMBERS).inner_text() == again.locator(NUMBERS).inner_text()


def test_click_into_the_surface_moves_the_start(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/surfaces")
    page.locator(DRAWING).first.wait_for()
    before = picture(page)
    box = page.locator(DRAWING).first.bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    wait_until(page, "!==", before)
    page.wait_for_url("**try.x=*try.y=*")


def test_a_picture_of_ones_own_walks_through_the_net_and_garbage_gets_a_sentence(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/walk")
    page.locator(DRAWING).first.wait_for()
    page.get_by_role("tab", name="Your own image").click()
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "junk.png", "mimeType": "image/png", "buffer": b"no picture"})
    page.get_by_text("This file is no PNG or JPEG picture.").wait_for()
    paper = np.full((80, 60), 240, np.uint8)
    paper[10:70, 26:34] = 20
    brought = {"mimeType": "image/png", "buffer": base64.b64decode(data_uri(paper).partition(",")[2])}
    chooser.set_input_files({"name": "one.png", **brought})
    page.get_by_text("Your picture, step by step").wait_for()
    # The one of the first screen, and that of the person's own picture with its numbers.
    page.wait_for_function("document.querySelectorAll('[class*=st-key-try_walk_own]').length === 1")
    page.get_by_text("This file is no PNG or JPEG picture.").wait_for(state="detached")
    before, own = picture(page), page.locator("[class*=st-key-controls_walk_own]")
    chooser.set_input_files({"name": "two.png", **brought})
    page.get_by_text("two.png").wait_for()
    own.get_by_text("Swap dark and light").wait_for()
    page.wait_for_timeout(1000)  # until the page without a picture, between the two, would have been forgotten
    assert own.locator("input[type=checkbox]").is_checked() and picture(page) == before, "the controls keep what they were set to"


def test_names_of_lines_stand_beneath_a_narrow_picture_where_they_do_not_fit_beside_it(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/optimizers", width=400)
    page.locator(".drawing .keys").last.wait_for()
    assert page.locator(".drawing .keys").last.locator("span").all_inner_texts() == ["Gradient descent", "Momentum", "Adam"]
    assert not any(end.is_visible() for end in page.locator(".drawing text.end").all())
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(".drawing .keys").last.wait_for(state="detached")
    assert all(end.is_visible() for end in page.locator(".drawing text.end").all())


def test_parts_of_the_neuron_light_up_with_their_part_of_the_formula(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/biological-neuron")
    page.locator(DRAWING).first.wait_for()
    page.locator('[data-part="synapse"]').first.hover()
    page.locator(".drawing.lighting").wait_for()
    lit = page.locator("[data-part].lit")
    assert lit.count() == 6  # three synapses, three weights
    assert {lit.nth(place).get_attribute("data-part") for place in range(lit.count())} == {"synapse"}


def test_typed_expression_is_drawn_as_its_tree_and_garbage_gets_a_sentence(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/trees")
    page.locator(DRAWING).first.wait_for()
    before = picture(page)
    typed = page.get_by_role("textbox", name="Expression")
    typed.fill("1 + (2 + 3)")
    typed.press("Enter")
    wait_until(page, "!==", before)
    assert page.locator(".drawing circle").count() == 5 + 7  # five nodes; the chain reads 1 + ( 2 + 3 )
    typed.fill("1 + banana")
    typed.press("Enter")
    page.get_by_text("is not allowed here").wait_for()
    wait_until(page, "===", before)


def test_a_tab_opens_its_claims_and_the_notebook_downloads(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/perceptron")
    page.get_by_role("tab", name="The claims, tested").click()
    page.get_by_role("button", name="Test it").first.wait_for()
    page.get_by_role("tab", name="Take it away").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="rosenblatt perceptron.ipynb").click()
    assert waiting.value.suggested_filename == "rosenblatt perceptron.ipynb"


def test_presets_train_side_by_side_and_their_curves_are_drawn(visit: Visit, server: Any) -> None:
    page = visit(f"{server.address}/dropout?epochs=3&model.layers=16&examples=300")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**run=*")
    page.locator(".picture td", has_text="rate 0.8").wait_for()
    page.locator(".picture tr", has_text="done").nth(3).wait_for()
    assert page.locator(".curves canvas").count() >= 1


def train_and_take_the_notebook(page: Any, server: Any, addresses: Sequence[str]) -> None:
    for address in addresses:
        page.goto(f"{server.address}/{address}?{TINY}")
        page.get_by_role("button", name="Train", exact=True).click()
        page.wait_for_url("**run=*")
        if not page.locator(".curves canvas").count():
            page.get_by_role("tab", name="Run it").click()
        page.locator(".picture tr", has_text="done").first.wait_for()
        assert page.locator(".curves canvas").count() >= 1, address
        if address in NOTEBOOKS:
            page.get_by_role("tab", name="Take it away").click()
            with page.expect_download() as waiting:
                page.get_by_role("button", name=NOTEBOOKS[address]).click()
            cells = json.loads(waiting.value.path().read_text())["cells"]
            settings = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
            assert waiting.value.suggested_filename == NOTEBOOKS[address] and "LAYERS = [8]" in settings, address


def test_page_trains_shows_its_curve_and_gives_its_notebook_with_the_settings_shown(visit: Visit, server: Any) -> None:
    train_and_take_the_notebook(visit(f"{server.address}/"), server, TRAINED[-3:])


@pytest.mark.nightly
@pytest.mark.timeout(1200)
def test_every_page_that_trains_does_so_and_gives_its_notebook(visit: Visit, server: Any) -> None:
    train_and_take_the_notebook(visit(f"{server.address}/"), server, TRAINED)


def test_claim_is_tested_on_its_page(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/optimizers")
    page.get_by_role("tab", name="The claims, tested").click()
    page.get_by_role("button", name="Test it").first.click()
    page.get_by_text("95 % interval: ").first.wait_for()
    assert page.get_by_text("Holds here").count() + page.get_by_text("Does not hold here").count() >= 1


def test_layers_are_laid_out_and_a_box_shows_what_lies_in_it(visit: Visit, server: Any) -> None:
    page = visit(f"{server.address}/tsne?examples=300&epochs=3&model.layers=16&validation=0.4")
    page.get_by_role("button", name="Train a net for this").click()
    page.get_by_text("Trustworthiness 0.").wait_for()
    chart = page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first
    chart.wait_for()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 5, steps=6)
    page.mouse.up()
    page.get_by_text("rows in the box").first.wait_for()
    page.locator(".picture img").first.wait_for()


def test_picture_of_a_topic_downloads_as_a_drawing_and_as_numbers(visit: Visit, quiet_server: Any) -> None:
    page = visit(f"{quiet_server.address}/dropout?try.rate=0.3")
    page.get_by_role("tab", name="Take it away").click()
    for kind, begins in (("SVG", "<svg "), ("CSV", "line,")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"Picture as {kind}").last.click()
        assert waiting.value.path().read_text().startswith(begins)
