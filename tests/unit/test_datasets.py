from __future__ import annotations

import dataclasses
import hashlib
import inspect
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.datasets import _files
from dlcore.engine import download
from dlcore.errors import Damaged, Unavailable
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.specs import Dataset, RemoteFile, Shape

ROOT = Path(__file__).parents[2]
DATASETS = registry.built_in("datasets")
OFFLINE = [name for name, spec in DATASETS.items() if spec.origin in ("bundled", "generated")]
SERIES = DATASETS["time_series"]
REMOTE = {name: spec for name, spec in DATASETS.items() if spec.origin == "download"} | {
    name: SERIES.of({"series": name}) for name in ("temperatures", "sunspots") if SERIES.of
}


def defaults(spec: Dataset) -> dict[str, Any]:
    return {field.name: field.default for field in spec.fields}


def limits(field: Field) -> tuple[Any, ...]:
    """The values at a setting's ends, of large ranges a smaller one."""
    return {"bool": (False, True), "choice": field.choices}.get(field.kind, (field.minimum, min(field.maximum or 0, 2000)))


def assert_keeps_contract(spec: Dataset, settings: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    shape = spec.shape(settings)
    assert set(arrays) == ({"x", "y", "x_test", "y_test"} if shape.test_rows else {"x", "y"})
    for end, rows in (("", shape.rows), ("_test", shape.test_rows)):
        if rows:
            x, y = arrays["x" + end], arrays["y" + end]
            assert x.shape == (rows, *shape.input) and np.isfinite(x).all()
            assert x.dtype == ("uint8" if spec.scaling == "bytes" else "float32")
            assert_fits_task(shape, y, rows)


def assert_fits_task(shape: Shape, y: np.ndarray, rows: int) -> None:
    assert len(y) == rows
    if shape.task == "regression":
        assert y.dtype == np.float32
    else:
        classes = 2 if shape.task == "binary" else shape.outputs
        found = set(np.unique(y).tolist())
        assert y.dtype == np.int64 and found <= set(range(classes))
        assert found == set(range(classes)) or shape.tokens, "not every token needs to occur in a part of a text"
        assert y.shape == ((rows, shape.input[0]) if shape.per_step else (rows,))


# The room.
@pytest.mark.parametrize("name", OFFLINE)
def test_loaded_arrays_have_the_shape_that_was_said_before(name: str) -> None:
    spec = DATASETS[name]
    arrays = spec.load(seed=0, **defaults(spec))
    assert_keeps_contract(spec, defaults(spec), arrays)
    if spec.shape(defaults(spec)).task == "regression":
        assert 0.2 < np.abs(arrays["y"]).mean() < 5, "a regression's unit makes its targets of order one"


@pytest.mark.parametrize("name", [name for name in OFFLINE if DATASETS[name].fields])
def test_every_setting_may_take_its_limits(name: str) -> None:
    spec = DATASETS[name]
    for field in spec.fields:
        for value in limits(field):
            few = {"rows": 60} if "rows" in defaults(spec) else {}
            settings = defaults(spec) | few | {field.name: field.check(value)}
            if spec.of and spec.of(settings).origin == "download":
                continue
            assert_keeps_contract(spec, settings, spec.load(seed=1, **settings))


@pytest.mark.parametrize("name", OFFLINE)
def test_only_generated_data_depend_on_the_seed(name: str) -> None:
    spec = DATASETS[name]
    first, again, other = (spec.load(seed=seed, **defaults(spec))["x"] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.array_equal(first, other) == (spec.origin == "bundled")


@pytest.mark.parametrize("name", list(DATASETS))
def test_a_spec_says_what_a_page_needs(name: str) -> None:
    spec = DATASETS[name]
    shape = spec.shape(defaults(spec))
    assert spec.title and spec.summary.endswith(".")
    assert len(spec.class_names) in (0, 2 if shape.task == "binary" else shape.outputs)
    assert shape.kind == "image" or len(spec.feature_names) == shape.input[-1]
    assert bool(spec.target_unit) == (shape.task == "regression")


@pytest.mark.parametrize("name", list(REMOTE))
def test_a_download_says_its_size_its_files_and_what_to_use_instead(name: str) -> None:
    spec = REMOTE[name]
    instead = DATASETS[spec.alternative]
    assert spec.alternative in OFFLINE and instead.shape(defaults(instead)).task == spec.shape(defaults(spec)).task
    assert spec.megabytes == pytest.approx(sum(file.bytes for file in spec.files) / 1e6, abs=0.6)
    assert all(len(file.sha256) == 64 and (file.url.startswith("http") or file.own_folder) for file in spec.files)


@pytest.mark.parametrize("name", list(DATASETS))
def test_a_loader_is_self_contained(name: str) -> None:
    spec = DATASETS[name]
    copied = {function.__name__ for function in spec.sources}
    for function in (spec.load, *spec.sources):
        assert set(inspect.getclosurevars(function).globals) <= {"np", "load"} | copied  # np.load counts by its last name


def test_the_room_imports_neither_keras_nor_scikit_learn() -> None:
    code = (
        "import sys; from dlcore import registry; from dlcore.datasets._files import default_dataset; registry.members('datasets');"
        "default_dataset(); import dlcore.engine.data; print(sorted({'keras', 'tensorflow', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"


# Real files, where they lie.
def real_data() -> Path | None:
    named = os.environ.get("DLCORE_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if (folder / "keras-home" / "datasets").is_dir() else None


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "keras"
    home.mkdir()
    monkeypatch.setenv("KERAS_HOME", str(home))
    monkeypatch.delenv("DLCORE_DATA", raising=False)
    return home


@pytest.fixture
def real_files(keras_home: Path) -> None:
    folder = real_data()
    if folder is None:
        pytest.skip("no real data sets here: set DLCORE_TEST_DATA to a folder that holds keras-home/datasets")
    (keras_home / "datasets").symlink_to((folder / "keras-home" / "datasets").resolve())


READ = """
import sys
import numpy as np
from dlcore import registry
from dlcore.engine.download import load
whole = registry.find("datasets", sys.argv[1])
settings = {field.name: field.default for field in whole.fields} | ({"series": sys.argv[3]} if sys.argv[3] else {})
arrays = load(whole.of(settings) if whole.of else whole, settings, 0)
np.savez(sys.argv[2], **arrays)
"""


@pytest.mark.keras
@pytest.mark.parametrize("name", REMOTE)
def test_downloaded_arrays_have_the_shape_that_was_said_before(name: str, real_files: None, tmp_path: Path) -> None:
    spec = REMOTE[name]
    if not _files.is_available(spec):
        pytest.skip(f"the files of {spec.title} are not among the real data sets here")
    series = "" if name in DATASETS else name  # one that the data set has besides its bundled ones
    # A process of its own: Keras reads KERAS_HOME once, when it is imported.
    asked = [spec.name, str(tmp_path / "arrays.npz"), series]
    subprocess.run([sys.executable, "-c", READ, *asked], cwd=ROOT, check=True, capture_output=True)
    with np.load(tmp_path / "arrays.npz") as arrays:
        assert_keeps_contract(spec, {"series": series} if series else {}, dict(arrays))


def test_a_first_visit_starts_with_fashion_mnist_where_its_files_are(real_files: None) -> None:
    assert _files.default_dataset() == "fashion_mnist"


def test_a_first_visit_starts_with_digits_where_there_are_no_files(keras_home: Path) -> None:
    assert _files.default_dataset() == "digits" and not _files.is_available("mnist") and _files.is_available("iris")


def test_svhn_is_read_from_its_mat_files_in_a_folder_of_ones_own(keras_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.io import savemat

    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv("DLCORE_DATA", str(own))
    images = np.random.default_rng(0).integers(0, 256, (32, 32, 3, 4), dtype="uint8")
    for name in ("train_32x32.mat", "test_32x32.mat"):
        savemat(own / name, {"X": images, "y": np.array([[10], [1], [9], [10]], "uint8")})
    arrays = DATASETS["svhn"].load(seed=0)
    assert np.array_equal(arrays["x"][2], images[..., 2]) and arrays["y_test"].tolist() == [0, 1, 9, 0]
    with pytest.raises(Damaged, match="not the original file") as refused:
        download.load(small(DATASETS["svhn"], b"another content", own_folder=True, path="svhn/train_32x32.mat"), {}, 0)
    assert "fetch it anew from http" in refused.value.hint and (own / "train_32x32.mat").exists()


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_cifar_arrays_have_flat_labels_and_rows_that_lie_together(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.zeros((5, 3, 32, 32), "uint8").transpose(0, 2, 3, 1)  # the layout that Keras returns
    parts = (images, np.arange(5, dtype="uint8").reshape(5, 1))
    loader = SimpleNamespace(load_data=lambda: (parts, parts))
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(datasets=SimpleNamespace(**{name: loader})))
    arrays = DATASETS[name].load(seed=0)
    assert arrays["x"].shape == (5, 32, 32, 3) and arrays["x"].flags.c_contiguous
    assert arrays["y_test"].dtype == np.int64 and arrays["y_test"].tolist() == [0, 1, 2, 3, 4]


def test_a_file_that_nobody_offers_must_be_put_into_a_folder_of_ones_own(keras_home: Path) -> None:
    with pytest.raises(Unavailable, match="a fifth of it is not on this computer") as caught:
        download.load(DATASETS["cifar10_subset"], {}, 0)
    assert "Put cifar10_subset_10k_2k.npz into the folder that DLCORE_DATA names" in caught.value.hint


def test_missing_svhn_files_say_where_they_come_from(keras_home: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"Fetch it from http://ufldl\.stanford\.edu/housenumbers/train_32x32\.mat"):
        DATASETS["svhn"].load(seed=0)


# Downloads, from a server of our own.
CONTENT = bytes(range(256)) * 4000


class Server:
    """Answers with `content`, or with `status`; counts what it was asked for."""

    def __init__(self) -> None:
        self.content, self.status, self.asked = CONTENT, 200, 0
        server = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked += 1
                self.send_response(server.status)
                self.send_header("Content-Length", str(len(server.content)))
                self.end_headers()
                self.wfile.write(server.content)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is part of the tests
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/file"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.http.shutdown()
    running.http.server_close()


NOBODY = "http://127.0.0.1:9/file"


def small(spec: Dataset, content: bytes, url: str = NOBODY, path: str = "folder/file", own_folder: bool = False) -> Dataset:
    """The data set with one small file (port 9 answers nobody), read as the bytes it holds."""
    file = RemoteFile(path, url, hashlib.sha256(content).hexdigest(), len(content), own_folder)
    return dataclasses.replace(spec, files=(file,), load=lambda seed: {"bytes": _files.path_of(file).read_bytes()})


def clothes(url: str = NOBODY) -> Dataset:
    return small(DATASETS["fashion_mnist"], CONTENT, url)


def test_a_download_reports_progress_and_happens_once(keras_home: Path, server: Server) -> None:
    told: list[tuple[float, str]] = []
    spec = clothes(server.url)
    assert not _files.is_available(spec)
    assert download.load(spec, {}, 0, lambda fraction, sentence: told.append((fraction, sentence)))["bytes"] == CONTENT
    assert told == sorted(told) and len(told) > 1 and told[-1] == (1.0, "Fetching Fashion-MNIST: 1 of 1 MB")
    assert _files.is_available(spec) and download.load(spec, {}, 0)["bytes"] == CONTENT and server.asked == 1


@pytest.mark.parametrize("damage", [CONTENT[:5000], b"x" + CONTENT[1:], b""], ids=["cut short", "one byte changed", "empty"])
def test_a_damaged_file_is_noticed_and_fetched_anew(keras_home: Path, server: Server, damage: bytes) -> None:
    spec = clothes(server.url)
    path = keras_home / "datasets" / "folder" / "file"
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    assert download.load(spec, {}, 0)["bytes"] == CONTENT and path.read_bytes() == CONTENT


def test_offline_names_the_host_and_what_needs_no_network(keras_home: Path) -> None:
    with pytest.raises(Unavailable, match="Fashion-MNIST is not on this computer, and 127.0.0.1:9 could not be reached") as offline:
        download.load(clothes(), {}, 0)
    assert offline.value.hint == "Connect to the network, or use digits, which needs no network."


def test_offline_with_a_damaged_file_says_that_it_was_damaged_and_removes_it(keras_home: Path) -> None:
    path = keras_home / "datasets" / "folder" / "file"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:100])
    with pytest.raises(Unavailable, match="The files of Fashion-MNIST on this computer were damaged"):
        download.load(clothes(), {}, 0)
    assert not path.exists()


def test_a_server_that_sends_something_else_is_not_believed(keras_home: Path, server: Server) -> None:
    server.content = b"<html>log in to this network first</html>"
    with pytest.raises(Unavailable, match="is not the original file"):
        download.load(clothes(server.url), {}, 0)
    assert leftovers(keras_home) == []


def test_a_server_that_refuses_is_quoted(keras_home: Path, server: Server) -> None:
    server.status = 404
    with pytest.raises(Unavailable, match="answered 404"):
        download.load(clothes(server.url), {}, 0)


def test_a_cancelled_download_leaves_no_half_file(keras_home: Path, server: Server) -> None:
    class Cancelled(Exception):
        pass

    def cancel(fraction: float, sentence: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        download.load(clothes(server.url), {}, 0, cancel)
    assert leftovers(keras_home) == []


def test_a_folder_that_cannot_be_written_is_named(keras_home: Path, server: Server) -> None:
    (keras_home / "datasets").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="datasets/folder cannot be written"):
        download.load(clothes(server.url), {}, 0)


def test_two_at_once_fetch_once(keras_home: Path, server: Server) -> None:
    spec, read = clothes(server.url), []
    threads = [threading.Thread(target=lambda: read.append(download.load(spec, {}, 0)["bytes"])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [CONTENT] * 4 and server.asked == 1


def test_an_unreadable_data_set_is_a_sentence(keras_home: Path, server: Server) -> None:
    def fails(seed: int) -> dict[str, Any]:
        raise ValueError("the label file has no labels")

    with pytest.raises(Unavailable, match="Fashion-MNIST could not be read: the label file has no labels"):
        download.load(dataclasses.replace(clothes(server.url), load=fails), {}, 0)


def leftovers(home: Path) -> list[Path]:
    return [path for path in (home / "datasets").rglob("*") if path.is_file() and not path.name.endswith(".lock")]


@pytest.mark.parametrize(
    ("name", "sentence", "unit"),
    [
        ("sines", "The waves stay between −1 and 1.", ""),
        ("adding", "The sum of two numbers between 0 and 1.", ""),
        ("diabetes", "In units of 100 points of progression.", "100 points of progression"),
    ],
)
def test_unit_of_a_target_is_said_in_words(name: str, sentence: str, unit: str) -> None:
    spec = registry.find("datasets", name)
    assert spec.unit_sentence(Experiment().with_(dataset=name).dataset.settings) == sentence and spec.unit == unit


def test_series_is_said_in_the_unit_that_people_know() -> None:
    said = registry.find("datasets", "time_series").unit_sentence(Experiment().with_(dataset="time_series").dataset.settings)
    assert said.startswith("In units of ") and said.endswith(" °C.")
