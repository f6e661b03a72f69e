"""Looks into convolutional nets: feature maps, Grad-CAM and feature visualisation against references that compute them another way."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

from dlcore import Experiment, registry
from dlcore.errors import Invalid
from dlcore.image_layers import image_layers

pytestmark = pytest.mark.keras
SMALL = Experiment().with_(model="cnn", head="global", dense=(), flip=True, **{"model.filters": (3, 4)})


def checkpoint_of(experiment: Experiment, seed: int = 0) -> bytes:
    """Weights that were never trained, as a run's checkpoint holds them."""
    from dlcore.engine import build, checkpoint

    made = build.model_of(experiment.with_(seed=seed))
    return checkpoint.pack({path: variable.numpy() for path, variable in build.variables_of(made).items()}, {})


def done(name: str, experiment: Experiment, files: dict[str, bytes], **inputs: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    told: list[float] = []
    given = {"experiment": json.loads(experiment.to_json()), **inputs}
    result, data = registry.find("jobs", name).perform(given, files, told.append)
    assert data is not None and json.dumps(result) and all(0 <= fraction <= 1 for fraction in told)
    with np.load(io.BytesIO(data)) as arrays:
        return result, dict(arrays)


def test_layers_that_put_out_images_are_convolutions_with_what_goes_along() -> None:
    found = image_layers(SMALL.with_(batch_norm=True, **{"model.pooling": ("max", "none")}))
    assert [layer.kind for layer in found] == ["convolution", "max pooling", "convolution"]
    assert found[0].title(1) == "1: convolution, 3 maps of 8×8" and found[0].index == 3  # flip, convolution, normalisation, activation
    assert not image_layers(Experiment())
    assert [layer.kind for layer in image_layers(SMALL.with_(model="resnet"))] == ["convolution"] + ["residual block"] * 2


def test_feature_maps_are_those_of_keras_s_own_intermediate_model() -> None:
    import keras

    from dlcore.engine.data import prepare
    from dlcore.jobs._model import trained_model

    files = {"3": checkpoint_of(SMALL, 1), "12": checkpoint_of(SMALL, 2)}
    facts, arrays = done("feature_maps", SMALL, files, rows=[5])
    assert facts["epochs"] == [0, 3, 12] and len(facts["layers"]) == 4 and facts["names"] == list("0123456789")
    assert arrays["maps/2"].shape == (3, 4, 4, 4) and arrays["image"].shape == (8, 8, 1)
    rows = prepare(SMALL)
    assert facts["true"] == rows.y_val[5]
    model = trained_model(SMALL, {"checkpoint": files["12"]})
    for number, layer in enumerate(image_layers(SMALL)):
        part = keras.Model(model.inputs, model.layers[layer.index].output)
        expected = part.predict(rows.x_val[5:6], verbose=0)[0]
        np.testing.assert_allclose(np.moveaxis(arrays[f"maps/{number}"][2], 0, -1), expected, atol=2e-3)
    np.testing.assert_allclose(arrays["filters"][2], model.layers[1].kernel.numpy(), atol=1e-3)
    assert not np.array_equal(arrays["filters"][0], arrays["filters"][1])


def test_grad_cam_is_the_class_activation_map_of_a_net_that_averages() -> None:
    """Selvaraju et al. 2017, section 3.1: with global average pooling before the scores it is CAM (Zhou et al. 2016), up to 1 / places."""
    import keras

    from dlcore.engine.data import prepare
    from dlcore.jobs._model import trained_model

    files = {"checkpoint": checkpoint_of(SMALL, 4)}
    facts, arrays = done("grad_cam", SMALL, files, rows=[0, 7, 3])
    model, rows = trained_model(SMALL, files), prepare(SMALL).x_val[[0, 7, 3]]
    maps = keras.Model(model.inputs, model.layers[4].output).predict(rows, verbose=0)
    kernel = model.layers[-1].kernel.numpy()
    assert facts["true"] == prepare(SMALL).y_val[[0, 7, 3]].tolist()
    assert facts["given"] == model.predict(rows, verbose=0).argmax(axis=1).tolist()
    for name in ("given", "true"):
        expected = np.maximum(np.einsum("nhwk,nk->nhw", maps, kernel[:, facts[name]].T), 0) / 4
        np.testing.assert_allclose(arrays[name], expected, atol=1e-6)
    np.testing.assert_allclose(np.sum(facts["outputs"], axis=1), 1, atol=1e-5)


def test_an_earlier_layer_can_be_asked_and_one_that_is_not_there_is_refused() -> None:
    files = {"checkpoint": checkpoint_of(SMALL)}
    facts, arrays = done("grad_cam", SMALL, files, rows=[0], layer=0)
    assert facts["layer"].startswith("1: convolution") and arrays["given"].shape == (1, 8, 8)
    with pytest.raises(Invalid, match="layer = 4"):
        done("grad_cam", SMALL, files, rows=[0], layer=4)
    with pytest.raises(Invalid, match="rows"):
        done("grad_cam", SMALL, files, rows=[10_000])
    with pytest.raises(Invalid, match="no layer that puts out images"):
        done("feature_maps", Experiment(), {}, rows=[0])


def test_pixels_go_where_the_filter_wants_them() -> None:
    """With a single 1×1 filter of weight 1 (or −1) the best image is the brightest (the darkest) one."""
    import keras

    from dlcore.jobs.feature_visualisation import ascend

    layer = keras.layers.Conv2D(2, 1, kernel_initializer="zeros")
    layer.build((None, 4, 4, 1))
    layer.kernel.assign([[[[1.0, -1.0]]]])
    start = np.full((2, 4, 4, 1), 0.5, "float32")
    images, before, after = ascend([layer], start, np.array([0, 1]), 60, (0.0, 1.0), lambda fraction: None)
    np.testing.assert_allclose(images[:, 0, 0, 0], [1.0, 0.0], atol=1e-6)
    np.testing.assert_allclose([before, after], [[0.5, -0.5], [1.0, 0.0]], atol=1e-6)


def test_the_blur_is_that_of_scipy() -> None:
    from scipy import ndimage

    from dlcore.jobs.feature_visualisation import blurred

    image = np.random.default_rng(0).random((1, 5, 6, 1), "float32")
    kernel = np.outer([1, 2, 1], [1, 2, 1]) / 16
    np.testing.assert_allclose(np.asarray(blurred(image))[0, ..., 0], ndimage.convolve(image[0, ..., 0], kernel, mode="reflect"), atol=1e-6)


@pytest.mark.parametrize("model", ["cnn", "all_cnn", "resnet"])
def test_the_images_that_are_found_excite_every_filter_more_than_grey_does(model: str) -> None:
    experiment = Experiment().with_(model=model, **{"model.filters": (3, 4)})
    facts, arrays = done("feature_visualisation", experiment, {"checkpoint": checkpoint_of(experiment)}, layer=0, steps=40)
    assert facts["units"] == [0, 1, 2] and arrays["images"].shape == (3, 8, 8, 1)
    assert all(after > before for before, after in zip(facts["before"], facts["after"], strict=True))


def test_heat_is_stretched_as_tensorflow_stretches_images() -> None:
    import tensorflow as tf

    from dlcore.charts.feature_maps import stretched

    values = np.random.default_rng(0).random((3, 5))
    np.testing.assert_allclose(stretched(values, 12), tf.image.resize(values[..., None], (12, 12)).numpy()[..., 0], atol=1e-6)
