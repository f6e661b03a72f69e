"""Images changed at random while training: what changes, what does not, and that a seed repeats it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlcore import Experiment
from dlcore.calls import Call, make

SHIFT = "dlcore.layers.random_shift:RandomShift"
CNNS = ("cnn", "all_cnn", "resnet")


@pytest.mark.parametrize("model", CNNS)
def test_switched_off_augmentation_leaves_the_plan_as_it_is(model: str) -> None:
    plain = Experiment().with_(model=model)
    changed = plain.with_(flip=True, shift=2, jitter=0.1)
    assert [call.kind for call in changed.plan()[:3]] == ["RandomFlip", "RandomShift", "GaussianNoise"]
    assert changed.plan()[3:] == plain.plan()


@pytest.mark.parametrize("model", CNNS)
def test_each_kind_of_augmentation_draws_for_itself(model: str) -> None:
    calls = Experiment().with_(model=model, flip=True, shift=2, jitter=0.1).plan()
    seeds = [part.arguments["seed"] for call in calls for part in call.walk() if "seed" in part.arguments]
    assert len(seeds) == len(set(seeds)) > 3


@pytest.mark.keras
def test_shifted_images_are_those_that_slicing_gives() -> None:
    """The reference: the frame of zeros and the cut-out, image by image, as He et al. 2015 have it."""
    import keras

    x = np.random.default_rng(0).random((40, 5, 7, 2), "float32")
    layer = make(Call(SHIFT, {"pixels": 2, "seed": 3}))
    draw = np.asarray(keras.random.randint((2, 40), -2, 3, seed=keras.random.SeedGenerator(3)))
    framed = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)))
    expected = [image[2 - down : 7 - down, 2 - across : 9 - across] for image, down, across in zip(framed, *draw, strict=True)]
    np.testing.assert_array_equal(np.asarray(layer(x, training=True)), np.stack(expected))
    assert set(draw.reshape(-1).tolist()) == {-2, -1, 0, 1, 2}


@pytest.mark.keras
def test_a_net_that_predicts_changes_no_image_and_its_file_opens_again(tmp_path: Path) -> None:
    import keras

    layers = [make(call) for call in Experiment().with_(model="cnn", flip=True, shift=2, jitter=0.1).plan()[:3]]
    model = keras.Sequential([keras.Input((8, 8, 1)), *layers])
    x = np.random.default_rng(0).random((6, 8, 8, 1), "float32")
    np.testing.assert_array_equal(np.asarray(model(x, training=False)), x)
    assert not np.array_equal(np.asarray(model(x, training=True)), x)
    model.save(tmp_path / "net.keras")
    again = keras.models.load_model(tmp_path / "net.keras")
    assert [layer.get_config() for layer in again.layers] == [layer.get_config() for layer in model.layers]
