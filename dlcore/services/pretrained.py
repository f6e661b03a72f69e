"""Nets that others trained on ImageNet, asked about a person's own pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

from dlcore import service
from dlcore.errors import Invalid
from dlcore.jobs.pretrained import MOST_PICTURES, NETS, SIDE
from dlcore.store import Store

__all__ = ["MEGABYTES", "MOST_PICTURES", "NETS", "SIDE", "answers", "ask"]
MEGABYTES = {"MobileNetV2": 14, "EfficientNetB0": 21, "ResNet50": 103}
"""What fetching the weights takes, once."""


def ask(pictures: Sequence[np.ndarray], net: str = "MobileNetV2", *, top: int = 5, store: Store | None = None) -> str:
    """The id of the job that names these pictures, uint8 (224, 224, 3) each. They are kept with the job's inputs."""
    if not pictures:
        raise Invalid("There is no picture to name.", "Choose one picture or more.")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, pictures=np.stack(pictures[:MOST_PICTURES]))
    place = store or service.open_store()
    artefact = place.put_file("", "pictures.npz", buffer.getvalue(), role="brought")
    return service.submit_job("pretrained", {"net": net, "top": top}, files={"pictures": artefact}, store=place)


def answers(job: str, *, store: Store | None = None) -> list[list[tuple[str, float]]]:
    """For each picture the classes in words with their probabilities, the surest first, of a job that is done."""
    found = service.job(job, store=store).result
    return [[(str(words), float(share)) for words, share in one] for one in found["answers"]]
