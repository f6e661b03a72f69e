"""What a net that others trained on ImageNet says about pictures (keras.applications)."""

from __future__ import annotations

import io
import os
import re
import socket
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Invalid, Unavailable
from dlcore.specs import Job

SIDE = 224
MOST_PICTURES = 64
SILENCE = 30.0  # seconds without a byte before the server of the weights counts as out of reach
CLASSES = "imagenet_class_index.json"
# Name → the module and the function of keras.applications, and the file of the weights as Keras calls it.
NETS = {
    "MobileNetV2": ("mobilenet_v2", "MobileNetV2", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"),
    "EfficientNetB0": ("efficientnet", "EfficientNetB0", "efficientnetb0.h5"),
    "ResNet50": ("resnet", "ResNet50", "resnet50_weights_tf_dim_ordering_tf_kernels.h5"),
}


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "net" (a name in `NETS`), "top" (how many classes to name, 5 by default). files: "pictures", an .npz of "pictures" uint8
    (n, 224, 224, 3), at most 64.

    The result has "answers": for each picture a list of [class in words, probability], the surest first. Weights and names come from the
    folder that DLCORE_DATA names, from Keras's own cache, or by download; `Unavailable` where none of these has them.
    """
    import keras

    name, top = inputs.get("net", "MobileNetV2"), inputs.get("top", 5)
    if name not in NETS:
        raise Invalid(f"net = {name!r} is not allowed: it must be one of {', '.join(NETS)}.")
    pictures = pictures_in(files["pictures"])
    module, function, file = NETS[name]
    family = getattr(keras.applications, module)
    with _reached(name, file):
        net = getattr(family, function)(weights=_own(file) or "imagenet")
        _use_own_names()
        progress(0.5)
        outputs = net.predict(family.preprocess_input(pictures.astype("float32")), batch_size=16, verbose=0)
        found = family.decode_predictions(outputs, top=int(top))
    return {"answers": [[[words.replace("_", " "), float(share)] for _, words, share in one] for one in found]}, None


def pictures_in(data: bytes) -> np.ndarray:
    """The pictures of the file; `Invalid` when they are not what `perform` says."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            pictures: np.ndarray = arrays["pictures"]
    except Exception as error:  # NumPy and zip raise many kinds
        raise Invalid(f"These pictures cannot be read: {error}.") from None
    if pictures.dtype != np.uint8 or pictures.shape[1:] != (SIDE, SIDE, 3) or not 0 < len(pictures) <= MOST_PICTURES:
        raise Invalid(f"Pictures of shape {pictures.shape} are not allowed: it must be 1 to {MOST_PICTURES} of {SIDE}×{SIDE} in colours.")
    return pictures


def _own(file: str) -> str:
    """Where a person has put the file; "" where nowhere."""
    folder = Path(os.environ.get("DLCORE_DATA") or os.devnull).expanduser()
    return str(folder / file) if (folder / file).is_file() else ""


def _use_own_names() -> None:
    """Keras's list of classes is taken from the person's own folder, where it lies there: it is then not fetched."""
    import json

    from keras.src.applications import imagenet_utils

    if imagenet_utils.CLASS_INDEX is None and (own := _own(CLASSES)):
        imagenet_utils.CLASS_INDEX = json.loads(Path(own).read_text(encoding="utf-8"))


@contextmanager
def _reached(name: str, file: str) -> Iterator[None]:
    """Keras fetches without a time limit and fails with bare exceptions: here both become a sentence."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE)
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        host = urllib.parse.urlsplit(found[0]).netloc if (found := re.search(r"https?://\S+", str(error))) else ""
        reason = (str(error) or repr(error)).splitlines()[0][:120]
        raise Unavailable(
            f"The weights of {name} are not on this computer, and {host} could not be reached."
            if host
            else f"The weights of {name} could not be read: {reason}.",
            f"Connect to the network, or put {file} and {CLASSES} into the folder that DLCORE_DATA names.",
        ) from error
    finally:
        socket.setdefaulttimeout(before)


JOB = Job("pretrained", "Name pictures", perform)
