"""What a house sells for."""

from __future__ import annotations

import numpy as np

from dlcore.exercises._made import table
from dlcore.specs import Exercise

ROWS = 1460
TOWNS = ("NAmes", "CollgCr", "OldTown", "Edwards", "Somerst", "NridgHt", "Gilbert", "Sawyer")
NAMES = (
    "Id", "MSSubClass", "LotFrontage", "LotArea", "Neighborhood", "HouseStyle", "OverallQual", "OverallCond", "YearBuilt", "GrLivArea",
    "FullBath", "GarageCars", "YrSold", "SalePrice",
)  # fmt: skip


def synthetic(seed: int) -> tuple[str, bytes]:
    """Prices whose logarithm is a sum of effects, one of them bent, and of noise with a standard deviation of 0.12."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(ROWS):
        town, quality, built = int(draw.integers(len(TOWNS))), int(draw.integers(3, 11)), int(draw.integers(1900, 2010))
        area, lot = float(np.exp(draw.normal(7.25, 0.33))), float(np.exp(draw.normal(9.1, 0.5)))
        baths, cars, sold = 1 + int(area > 1400) + int(area > 2600), int(draw.integers(0, 4)), int(draw.integers(2006, 2011))
        condition = int(draw.integers(3, 10))
        log = 7.3 + 0.55 * np.log(area) + 0.09 * quality + 0.02 * condition + 0.05 * cars + 0.06 * np.log(lot)
        log += 0.05 * (town - 3.5) + 0.15 * max(0.0, (built - 1980) / 30) ** 2 - 0.04 * (sold == 2009) + draw.normal(0, 0.12)
        front = "" if draw.random() < 0.18 else f"{np.sqrt(lot) * draw.uniform(0.5, 0.9):.0f}"
        style = "2Story" if area > 1700 else "1Story"
        rows.append((number + 1, int(draw.choice([20, 30, 50, 60, 120])), front, f"{lot:.0f}", TOWNS[town], style, quality, condition,
                     built, f"{area:.0f}", baths, cars, sold, f"{100 * round(np.exp(log) / 100)}"))  # fmt: skip
    return "house_price.csv", table(NAMES, rows)


EXERCISE = Exercise(
    name="house_price",
    title="House price",
    summary="Predict what a house sells for, so that an error of 10 % counts the same for a cheap house and a dear one.",
    source="House Prices: Advanced Regression Techniques on Kaggle (De Cock, 2011: sales in Ames, Iowa); train.csv, after a free "
    "registration there.",
    looks="A CSV with a row for each of 1,460 sales and 81 columns: an Id, numbers such as GrLivArea, words such as Neighborhood, missing "
    "values, and SalePrice in dollars.",
    reading={"target": "SalePrice", "task": "regression", "log": True},
    kind="table",
    metric="rmse",
    ignorance="mean",
    experiments={
        "Network": {"model": "mlp", "model.layers": "64,32", "optimizer.learning_rate": "0.003", "epochs": "150", "metrics": "rmse"}
    },
    checklist=(
        "Predict log(1 + price): the root mean squared error is then the RMSLE, and errors are relative.",
        "Look at what is missing, and at the columns that are left out: Id tells nothing.",
        "Train the network and beat the baseline, which always says the mean.",
        "On Your data, compare it with a linear model and with gradient boosting: is a network worth it here?",
        "Search for a weight decay or dropout that brings the validation error down.",
    ),
    synthetic=synthetic,
    synthetic_words=f"{ROWS:,} made-up sales with {len(NAMES)} of the columns",
    order=2,
)
