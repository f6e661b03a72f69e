"""What a visitor spends in a shop on the web: most often nothing."""

from __future__ import annotations

import json

import numpy as np

from dlcore.exercises._made import table
from dlcore.exercises._visits import visitors
from dlcore.specs import Exercise

VISITORS = 3000
BUYERS = 0.05


def synthetic(seed: int) -> tuple[str, bytes]:
    """Visits over a year. Who looks at more pages, on a desktop, is likelier to buy; what is spent is log-normal."""
    draw = np.random.default_rng(seed)
    rows = []
    for visitor in range(VISITORS):
        desktop, channel = draw.random() < 0.7, str(draw.choice(["Organic Search", "Direct", "Referral", "Social"]))
        keen = float(np.exp(draw.normal(0, 0.9))) * (1.3 if channel == "Referral" else 1.0)
        buys = draw.random() < min(0.9, BUYERS * 0.35 * keen**2 * (1.2 if desktop else 0.5))
        visits = 1 + int(draw.poisson(0.3 * keen))
        for visit in range(visits):
            pages = 1 + int(draw.poisson(2.5 * keen))
            totals = {"visits": "1", "hits": str(pages + int(draw.poisson(1))), "pageviews": str(pages)}
            totals |= {"bounces": "1"} if pages == 1 else {}
            if buys and visit == visits - 1:
                totals["transactionRevenue"] = str(int(1e4 * round(100 * float(np.exp(draw.normal(3.3 + 0.25 * keen, 0.8))))))
            day = np.datetime64("2016-08-01") + int(draw.integers(365))
            rows.append((
                channel, str(day).replace("-", ""), json.dumps({"deviceCategory": "desktop" if desktop else "mobile",
                "operatingSystem": str(draw.choice(["Windows", "Macintosh"])) if desktop else "Android"}), f"{visitor:019}",
                json.dumps({"country": str(draw.choice(["United States", "India", "Germany"]))}), json.dumps(totals),
                json.dumps({"medium": "organic" if channel == "Organic Search" else "(none)"}), visit + 1,
            ))  # fmt: skip
    names = ("channelGrouping", "date", "device", "fullVisitorId", "geoNetwork", "totals", "trafficSource", "visitNumber")
    return "gstore.csv", table(names, rows)


EXERCISE = Exercise(
    name="gstore",
    title="Revenue of a shop: the Google Store",
    summary="Predict what a visitor spends over all visits. Nearly all spend nothing, and always saying 0 is hard to beat.",
    source="Google Analytics Customer Revenue Prediction on Kaggle; train.csv of its first version, after a free registration there: "
    "903,653 visits from August 2016 to August 2017.",
    looks="A CSV with a row for each visit: fullVisitorId, date as 20160902, channelGrouping, and the columns device, geoNetwork, totals "
    "and trafficSource with JSON in them. Here visits are added up to one row for each visitor, so that nobody is in training and test "
    "at once.",
    reading={"target": "revenue", "task": "regression", "log": True, "time": "first_visit", "split": "time"},
    kind="table",
    metric="rmse",
    ignorance="zero",
    experiments={
        "Network": {"model": "mlp", "model.layers": "64,32", "optimizer.learning_rate": "0.001", "epochs": "30", "metrics": "rmse"}
    },
    checklist=(
        "See how many visitors spend nothing at all: this is called zero inflation.",
        "Predict log(1 + revenue) for each visitor, as the competition did.",
        "Test on the visitors who came last: training knows nothing of their time.",
        "Train the network. Is its error below that of always saying 0?",
        "Stop early on the validation error: with so few buyers a network learns them by heart.",
    ),
    synthetic=synthetic,
    synthetic_words=f"made-up visits of {VISITORS:,} visitors, of whom more buy than in truth, so that a small set has buyers at all",
    prepare=visitors,
    order=3,
)
