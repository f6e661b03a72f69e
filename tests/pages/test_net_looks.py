"""Looks into a net on its page: what is said before there is one, while a worker looks, and when it has looked; pictures of one's own."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore import service
from dlcore.charts.feature_maps import gallery, heated, strongest, tiles
from dlcore.run import Event
from dlcore.store import Store
from dlcore.ui import pretrained_panel

PANELS = ("through_time", "where_it_looks", "what_filters_want")
EVERY = pytest.mark.parametrize("panel", PANELS)
Trained = Callable[..., str]


def drawn(panel: str, **query: str) -> AppTest:
    script = f"from dlcore.experiment import Experiment\nfrom dlcore.ui import net_looks\nnet_looks.{panel}(Experiment())\n"
    app = AppTest.from_string(script, default_timeout=60)
    for key, text in query.items():
        app.query_params[key] = text
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def looked_into(store: Store, trained: Trained) -> str:
    """A run of a convolutional net that has kept its net after epochs 1 and 2 and is done."""
    run = trained(end="", model="cnn", filters=(3,))
    for epoch in (1, 2):
        artefact = store.put_file(run, f"kept-{epoch}", b"weights", role="kept", epoch=epoch, step=40 * epoch)
        body = {"role": "kept", "epoch": epoch, "step": 40 * epoch, "artefact": artefact}
        store.append([Event(run, 1, 10 + epoch, "checkpoint", time.time(), body)])
    store.append([Event(run, 1, 20, "done", time.time(), {"metrics": {}})])
    return run


def finished(store: Store, run: str, result: dict[str, Any], **arrays: np.ndarray) -> None:
    """The run's only job has ended with this."""
    (job,) = store.jobs(run=run)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    artefact = store.put_file(run, "result.npz", buffer.getvalue(), role="result")
    store.update_job(job.id, state="done", result=result, artefact=artefact)


@EVERY
def test_a_page_without_a_run_says_what_will_appear(panel: str) -> None:
    assert "Train a net first." in words(drawn(panel))


@EVERY
def test_a_net_without_images_inside_is_not_looked_into(panel: str, store: Store, trained: Trained) -> None:
    run = trained(end="done")
    assert "no layer that puts out images" in words(drawn(panel, run=run)) and not store.jobs(run=run)


@EVERY
def test_a_net_that_trains_is_looked_into_when_it_ends(panel: str, store: Store, trained: Trained) -> None:
    run = trained(model="cnn")
    assert "still training" in words(drawn(panel, run=run)) and not store.jobs(run=run)


@EVERY
def test_opening_a_look_asks_a_worker_once(panel: str, store: Store, trained: Trained) -> None:
    run = looked_into(store, trained)
    drawn(panel, run=run)
    drawn(panel, run=run)
    assert len(store.jobs(run=run)) == 1


def test_slider_through_time_goes_from_before_training_to_the_last_kept_epoch(store: Store, trained: Trained) -> None:
    run = looked_into(store, trained)
    app = drawn("through_time", run=run)
    assert sorted(store.jobs(run=run)[0].files) == ["1", "2"]
    (slider,) = app.get("select_slider")
    assert slider.options == ["0", "1", "2"] and slider.value == 2
    layers = [{"title": f"{n}: map", "shape": [8, 8, 3], "shown": [0, 1, 2]} for n in (1, 2)]
    facts = {"epochs": [0, 1, 2], "layers": layers, "names": list("0123456789"), "true": 4}
    maps = np.ones((3, 3, 8, 8), "float16")
    finished(store, run, facts, image=np.ones((8, 8, 1)), outputs=np.eye(10)[:3], **{"maps/0": maps, "maps/1": maps})
    slider.set_value(0)
    app.run()
    assert not app.exception and "".join(app.query_params["try.look_epoch"]) == "0"


def test_grad_cam_says_what_was_taken_for_what(store: Store, trained: Trained) -> None:
    run = looked_into(store, trained)
    drawn("where_it_looks", run=run)
    heat = np.ones((2, 4, 4), "float32")
    facts = {"layer": "2", "names": list("0123456789"), "true": [3, 4], "given": [8, 4], "outputs": []}
    finished(store, run, facts, images=np.ones((2, 8, 8, 1)), given=heat, true=heat)
    assert "orange the places" in words(drawn("where_it_looks", run=run))


def test_a_look_that_failed_says_why_and_is_asked_for_again_by_a_press(store: Store, trained: Trained) -> None:
    run = looked_into(store, trained)
    app = drawn("what_filters_want", run=run)
    (job,) = store.jobs(run=run)
    store.update_job(job.id, state="failed", cause="The file is damaged.", hint="Train again.")
    app.run()
    assert [error.value for error in app.error] == ["The file is damaged. Train again."]
    assert service.job(job.id).state == "failed"
    app.button[0].click()
    app.run()
    assert not app.error and service.job(job.id).state == "queued"


def test_pictures_of_maps_are_drawn_for_values_of_every_kind() -> None:
    for values in (np.zeros((2, 3, 3)), np.full((2, 3, 3), np.inf), np.array([[[-1.0, 1.0]]])):
        drawing = tiles(values, strongest(values), "A layer", list(range(len(values))), False)
        assert drawing.svg.count("<image") == len(values) and "maps" in drawing.described
    assert "2 of them silent" in tiles(np.zeros((2, 3, 3)), 1.0, "A layer", [0, 1], True).described


def test_heat_is_where_it_is_strongest() -> None:
    shown = heated(np.zeros((8, 8, 1), np.uint8), np.array([[1.0, 0.0], [0.0, 0.0]]))
    assert shown.shape == (96, 96, 3) and shown[5, 5, 0] > shown[90, 90, 0] + 60


def test_words_of_a_person_are_escaped_in_pictures() -> None:
    bad, image = "<script>", np.zeros((4, 4, 1), np.uint8)
    assert bad not in gallery([[(image, bad)]], [bad], bad)
    assert bad not in pretrained_panel._listed([(bad, np.zeros((4, 4, 3), np.uint8))], [[(bad, 0.5)]])


def test_files_that_are_no_pictures_are_named_and_the_others_are_taken() -> None:
    from PIL import Image

    class File(io.BytesIO):
        name = ""

    picture, other = File(), File(b"no picture")
    Image.new("RGB", (300, 200), "red").save(picture, "PNG")
    picture.name, other.name = "red.png", "other.png"
    found, refused = pretrained_panel._read([other, picture])
    assert [name for name, _ in found] == ["red.png"] and found[0][1].shape == (224, 224, 3)
    assert len(refused) == 1 and refused[0].startswith("other.png: ")


def test_the_page_of_pretrained_nets_says_what_appears_and_asks_for_pictures(open_page: Callable[..., Any]) -> None:
    page = open_page("imagenet")
    assert "What the net calls your pictures appears here" in page.words
    assert page.app.main.button[0].label == "Name them" and page.app.main.button[0].disabled
