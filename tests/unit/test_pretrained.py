"""Pictures named by a net of keras.applications, with weights that a test has drawn: nothing is fetched."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore.errors import Invalid, Unavailable
from dlcore.jobs import pretrained

pytestmark = pytest.mark.keras


def packed(pictures: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, pictures=pictures)
    return buffer.getvalue()


PICTURES = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)


def asked(**inputs: Any) -> dict[str, Any]:
    result, artefact = pretrained.perform(inputs, {"pictures": packed(PICTURES)}, lambda fraction: None)
    assert artefact is None
    return result


def test_answers_are_the_surest_classes_of_the_net_in_the_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import h5py
    import keras
    from keras.src.applications import imagenet_utils
    from keras.src.legacy.saving import legacy_h5_format

    keras.utils.set_random_seed(0)
    net = keras.applications.MobileNetV2(weights=None)
    # Drawn weights alone would give all classes the same share.
    net.layers[-1].bias.assign(np.random.default_rng(0).normal(0, 2, 1000))
    with h5py.File(tmp_path / pretrained.NETS["MobileNetV2"][2], "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, net)  # the form that keras.applications publishes
    names = {str(number): [f"n{number}", f"kind_{number}"] for number in range(1000)}
    (tmp_path / pretrained.CLASSES).write_text(json.dumps(names))
    monkeypatch.setattr(imagenet_utils, "CLASS_INDEX", None)
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    found = asked(net="MobileNetV2", top=3)["answers"]
    outputs = net.predict(PICTURES.astype("float32") / 127.5 - 1, verbose=0)  # as Sandler et al. 2018 scale: −1 to 1
    for answer, shares in zip(found, outputs, strict=True):
        assert [words for words, _ in answer] == [f"kind {number}" for number in np.argsort(-shares)[:3]]
        np.testing.assert_allclose([share for _, share in answer], np.sort(shares)[::-1][:3], rtol=1e-4)


def test_weights_that_cannot_be_had_are_a_sentence_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    def fails(weights: str) -> None:
        assert weights == "imagenet"
        raise Exception("URL fetch failure on https://weights.example/net.h5: None -- no route")

    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    monkeypatch.setattr(keras.applications.mobilenet_v2, "MobileNetV2", fails)
    with pytest.raises(Unavailable, match="are not on this computer, and weights.example could not be reached") as caught:
        asked()
    assert "imagenet_class_index.json" in caught.value.hint


@pytest.mark.parametrize("pictures", [np.zeros((1, 8, 8, 3), np.uint8), np.zeros((1, 224, 224, 3)), np.zeros((0, 224, 224, 3), np.uint8)])
def test_pictures_of_another_kind_are_refused(pictures: Any) -> None:
    with pytest.raises(Invalid, match="not allowed"):
        pretrained.pictures_in(packed(pictures))
    with pytest.raises(Invalid, match="cannot be read"):
        pretrained.pictures_in(b"no file")


def test_a_net_that_is_not_offered_is_refused() -> None:
    with pytest.raises(Invalid, match="net = 'LeNet' is not allowed"):
        asked(net="LeNet")
