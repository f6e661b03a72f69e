"""Pictures of one's own in folders, and a net that has seen a million others."""

from __future__ import annotations

import numpy as np

from dlcore.exercises._made import noisy, saved, zipped
from dlcore.specs import Exercise

EACH = 60
KINDS = ("ball", "box", "roof", "stripes", "checks")


def synthetic(seed: int) -> tuple[str, bytes]:
    """Photographs of different sizes of one thing each: a disc, a square, a triangle, stripes or checks, anywhere and in any colour."""
    draw = np.random.default_rng(seed)
    files = []
    for kind in KINDS:
        for number in range(EACH):
            height, width = (int(side) for side in draw.integers(70, 161, 2))
            down, across = np.mgrid[0:height, 0:width]
            middle, size = (draw.uniform(0.4, 0.6) * height, draw.uniform(0.4, 0.6) * width), draw.uniform(0.25, 0.35) * min(height, width)
            y, x = (down - middle[0]) / size, (across - middle[1]) / size
            inside = {
                "ball": x * x + y * y < 1, "box": np.maximum(abs(x), abs(y)) < 0.9, "roof": (abs(x) < (y + 1) / 2) & (abs(y) < 1),
                "stripes": (np.floor(4 * y) % 2 == 0) & (abs(x) < 1) & (abs(y) < 1),
                "checks": ((np.floor(3 * x) + np.floor(3 * y)) % 2 == 0) & (abs(x) < 1) & (abs(y) < 1),
            }[kind]  # fmt: skip
            ground, ink = draw.uniform(0, 110, 3), draw.uniform(140, 255, 3)
            files.append((f"photos/{kind}/{number}.jpg", saved(noisy(np.where(inside[..., None], ink, ground), 15, draw), "JPEG")))
    return "photos.zip", zipped(files)


EXERCISE = Exercise(
    name="imagenet_folder",
    title="ImageNet, and a folder of your own",
    summary="Sort pictures of your own into folders, train a small net on them, and ask a large one what it sees.",
    source="Your own photographs, or a few classes of ImageNet (Russakovsky and others, 2015), which image-net.org gives for research "
    "after a registration: some 100 pictures of each class are enough to begin with.",
    looks="A zip, or on the command line a folder, with a folder of JPEG, PNG, WebP or BMP pictures for each class, of any sizes. Folders "
    "called train and test, or train and val, above the classes part them.",
    reading={"size": 32},
    kind="images",
    metric="accuracy",
    ignorance="commonest",
    experiments={"CNN": {"model": "cnn", "model.filters": "16,32,64", "model.flip": "true", "epochs": "30"}},
    checklist=(
        "Put at least 50 pictures of each class into folders, and keep some aside that you never train on.",
        "Look at the warnings: repeated pictures, broken ones, classes that are rare.",
        "Train the small CNN and beat the commonest class.",
        "Show the same pictures to a net that was trained on ImageNet: which of its 1,000 words come near?",
        "Look at what the small net looks at (Grad-CAM, on the model bench).",
    ),
    synthetic=synthetic,
    synthetic_words=f"{EACH * len(KINDS)} drawn pictures of {len(KINDS)} things, of different sizes and colours",
    page="imagenet",
    order=6,
)
