"""The app's process stays light: whatever is drawn in it, TensorFlow and Keras are not loaded."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from dlcore.ui import navigation

ROOT = Path(__file__).parents[2]
DRAW_ALL = """
import sys
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from dlcore import service
from dlcore.experiment import Experiment
from dlcore.ui import navigation, routes, startup

startup._preload()
run = service.start(Experiment())
for leaf in navigation.leaves(navigation.PAGES):
    app = AppTest.from_file("app.py", default_timeout=60)
    app.query_params["run"] = run
    app.switch_page(str(leaf.path))
    app._page_hash = calc_hash(leaf.address) if leaf.address else app._page_hash  # AppTest goes by the file's name before its first run
    app.run()
    assert not app.exception, leaf.path
print(sorted({name.partition(".")[0] for name in sys.modules} & {"tensorflow", "keras", "keras_tuner", "distributed", "sklearn", "torch"}))
"""


def test_all_pages_are_drawn_without_tensorflow(tmp_path: Path) -> None:
    environment = {**os.environ, "DLCORE_HOME": str(tmp_path), "DLCORE_TRAINER": "manual"}
    done = subprocess.run([sys.executable, "-c", DRAW_ALL], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"


IMPORT_ALL = """
import contextlib, io, runpy, sys

for path in sys.argv[1:]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(path, run_name="__main__")
    assert not said.getvalue(), path
"""


def test_page_files_do_nothing_when_imported() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    files = [str(leaf.path) for leaf in navigation.leaves(navigation.PAGES)]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *files], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr[-3000:]


def test_no_file_of_the_interface_hides_a_module_of_python() -> None:
    # Streamlit puts the folder of dlcore/ui/main.py first on the search path.
    ours = {path.stem for path in (ROOT / "dlcore" / "ui").glob("*.py")}
    assert not ours & set(sys.stdlib_module_names)


def test_after_a_tick_the_server_neither_looks_through_all_modules_nor_collects_all_garbage() -> None:
    """Together that was 60 % of what thirty viewers cost; `startup` collects by the clock."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["fileWatcherType"] == "none"
    assert settings["runner"]["postScriptGC"] is False
