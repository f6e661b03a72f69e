"""Own data, as a newcomer meets them: a file is brought, kept, trained on, and the model that leaves predicts raw rows."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import service
from dlcore.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.keras]


def _flats(path: Path) -> Path:
    draw = np.random.default_rng(0)
    rooms, size = draw.integers(1, 6, 200), draw.uniform(20, 150, 200)
    towns = draw.choice(["North", "<b>South</b>", ""], 200)
    price = 2000 * size + 9000 * rooms + draw.normal(0, 4000, 200)
    lines = (f"{r},{s:.1f},{t},{p:.0f}" for r, s, t, p in zip(rooms, size, towns, price, strict=True))
    path.write_text("\n".join(["rooms,size,town,price", *lines]))
    return path


def test_a_table_goes_from_upload_to_an_exported_model_that_predicts_raw_rows(
    server: Any, visit: Callable[..., Any], tmp_path: Path
) -> None:
    path = _flats(tmp_path / "flats.csv")
    page = visit(f"{server.address}/own-data")
    page.locator("input[type=file]").set_input_files(str(path))
    page.get_by_text("3 columns become 5 features.").wait_for()
    page.get_by_role("button", name="Keep and use it").click()
    page.get_by_role("link", name="Train in the workbench").click()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url(re.compile(r"[?&]run="))
    run = re.search(r"run=(\w+)", page.url)[1]  # type: ignore[index]
    for _ in service.follow(run, store=Store(server.home)):
        pass  # until it has ended
    answer = page.request.get(f"{server.address}/api/runs/{run}/onnx", timeout=180_000)
    assert answer.ok, answer.text()
    model = tmp_path / "model"
    with zipfile.ZipFile(io.BytesIO(answer.body())) as archive:
        archive.extractall(model)
    done = subprocess.run([sys.executable, "predict.py", str(path)], cwd=model, capture_output=True, text=True, check=True)
    answers = [json.loads(line)["target"][0] for line in done.stdout.splitlines()]
    true = np.array([float(line.rpartition(",")[2]) for line in path.read_text().splitlines()[1:]])
    assert len(answers) == 200
    assert np.corrcoef(answers, true)[0, 1] > 0.8
