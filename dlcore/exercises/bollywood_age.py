"""Young, middle or old: faces of actors, classes of very different size."""

from __future__ import annotations

import numpy as np

from dlcore.exercises._made import noisy, saved, table, zipped
from dlcore.specs import Exercise

SHARES = {"MIDDLE": 0.54, "YOUNG": 0.34, "OLD": 0.12}
ROWS = 600


def synthetic(seed: int) -> tuple[str, bytes]:
    """Ovals with eyes and a mouth; hair grows grey and lines deepen with age, each with its own noise."""
    from PIL import Image, ImageDraw

    draw = np.random.default_rng(seed)
    files, rows = [], []
    for number, age in enumerate(draw.choice(list(SHARES), ROWS, p=list(SHARES.values()))):
        side = int(draw.integers(60, 121))
        level = {"YOUNG": 0.15, "MIDDLE": 0.5, "OLD": 0.85}[str(age)] + draw.normal(0, 0.12)
        face = Image.new("RGB", (side, side), tuple(int(value) for value in draw.integers(40, 200, 3)))
        pen, unit = ImageDraw.Draw(face), side / 100
        skin = tuple(int(value) for value in np.array([215, 170, 135]) + draw.normal(0, 12, 3))
        hair = (int(np.clip(30 + 190 * level, 0, 235)),) * 3
        pen.ellipse([15 * unit, 5 * unit, 85 * unit, 95 * unit], fill=hair)
        pen.ellipse([20 * unit, 20 * unit, 80 * unit, 95 * unit], fill=skin)
        for left in (33, 57):
            pen.ellipse([left * unit, 45 * unit, (left + 10) * unit, 52 * unit], fill=(30, 30, 30))
        pen.line([38 * unit, 77 * unit, 62 * unit, 77 * unit], fill=(150, 60, 60), width=max(1, round(3 * unit)))
        for line in range(int(np.clip(round(5 * level), 0, 6))):
            pen.line([32 * unit, (28 + 3 * line) * unit, 68 * unit, (28 + 3 * line) * unit], fill=(140, 95, 75))
        files.append((f"Train/{number}.jpg", saved(noisy(np.asarray(face, float), 12, draw), "JPEG")))
        rows.append((f"{number}.jpg", age))
    return "bollywood_age.zip", zipped([*files, ("train.csv", table(("ID", "Class"), rows))])


EXERCISE = Exercise(
    name="bollywood_age",
    title="Young, middle or old: Bollywood actors",
    summary="Tell from a face whether an actor is young, in middle age or old. One class is four times as common as another.",
    source="The Indian Movie Face Database, as the Age Detection of Actors challenge of Analytics Vidhya offers it: 19,906 faces with "
    "labels, after a free registration there.",
    looks="A zip with the folder Train (JPEG pictures of different sizes) and train.csv, whose columns are ID (the name of a picture) and "
    "Class (YOUNG, MIDDLE or OLD). Where the CSV lies beside the zip, give it as labels.",
    reading={"size": 32},
    kind="images",
    metric="macro_f1",
    ignorance="commonest",
    experiments={"CNN": {"model": "cnn", "model.filters": "16,32,64", "model.flip": "true", "epochs": "20"}},
    checklist=(
        "Look at the classes: how often would you be right if you always said the commonest one?",
        "Train the CNN, then measure its macro-F1: the mean of the three classes' F1 scores, each class counting alike.",
        "Open the confusion matrix of the run: which class is missed most often?",
        "Switch augmentation (flip, shift) off: does the gap between training and validation widen?",
        "Beat the baseline's macro-F1 with at least three seeds.",
    ),
    synthetic=synthetic,
    synthetic_words=f"{ROWS} drawn faces, whose hair turns grey and whose forehead gets lines, in the same proportions",
    order=1,
)
