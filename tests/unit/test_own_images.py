"""Pictures of one's own: found, labelled, read, kept as a data set, learned by a convolutional net, refused where they are hostile."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dlcore import forecast
from dlcore.cli import main
from dlcore.engine import data as engine_data
from dlcore.engine import rows as rows_module
from dlcore.engine.data import prepare
from dlcore.engine.rows import Rows
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.exports import _own_data
from dlcore.exports._predict import predict_script
from dlcore.jobs import baselines, keep_table
from dlcore.owndata import image_set, keeping, pictures, shelf
from dlcore.owndata.image_set import keep_images, plan_images
from dlcore.owndata.pictures import Form, Unreadable
from dlcore.owndata.reading import keep
from dlcore.services import own_data, own_rows


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def drawn(colour: tuple[int, ...] = (200, 30, 30), size: tuple[int, int] = (20, 20), form: str = "PNG", **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB" if len(colour) == 3 else "L", size, colour if len(colour) == 3 else colour[0]).save(out, form, **saved)
    return out.getvalue()


def packed(path: Path, files: dict[str, bytes], link: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = ((stat.S_IFLNK if name == link else stat.S_IFREG) | 0o644) << 16
            archive.writestr(entry, data)
    return path


def two_classes(count: int = 8) -> dict[str, bytes]:
    """Red and blue squares, no two alike."""
    red = {f"pets/red/{number}.png": drawn((200, number, 30)) for number in range(count)}
    return red | {f"pets/blue/{number}.png": drawn((30, number, 200)) for number in range(count)}


# Labels.
def test_a_folder_is_a_class_and_all_formats_are_read(tmp_path: Path, home: Path) -> None:
    files = two_classes()
    for number, form in enumerate(("JPEG", "WEBP", "BMP")):
        files[f"pets/red/more{number}.{form.lower()}"] = drawn((200, 100 + number, 30), (30 + 10 * number, 25), form)
    body = keep_images(packed(tmp_path / "pets.zip", files), choices={"size": 16})
    assert (body["name"], body["kind"], body["class_names"]) == ("pets", "images", ["blue", "red"])
    assert body["shape"] == {"task": "binary", "outputs": 1, "kind": "image", "input": [16, 16, 3], "rows": 19, "test_rows": 0}
    arrays = shelf.arrays("pets", body["version"])
    assert arrays["x"].dtype == np.uint8 and np.bincount(arrays["y"]).tolist() == [8, 11] and body["left_out"] == []
    red = arrays["x"].reshape(19, -1, 3).mean(axis=1)
    np.testing.assert_array_equal(red[:, 0] > red[:, 2], arrays["y"] == 1)  # every row has the label of its folder


def test_a_folder_on_the_disk_gives_what_its_zip_gives(tmp_path: Path, home: Path) -> None:
    for name, data in two_classes().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    body = own_data.add(tmp_path / "pets")
    assert keep(packed(tmp_path / "pets.zip", two_classes()))["version"] == body["version"]


def test_folders_for_training_and_test_are_kept_apart(tmp_path: Path, home: Path) -> None:
    files = {f"set/train/{kind}/{number}.png": drawn((number, shade, 9)) for kind, shade in (("a", 0), ("b", 250)) for number in range(6)}
    files |= {f"set/test/{kind}/{number}.png": drawn((number, shade, 99)) for kind, shade in (("a", 0), ("b", 250)) for number in range(2)}
    files |= {"set/test/c/1.png": drawn(), "set/test/unlabelled.png": drawn()}
    body = keep_images(packed(tmp_path / "s.zip", files))
    assert (body["shape"]["rows"], body["shape"]["test_rows"]) == (12, 4)
    assert sorted(one["why"] for one in body["left_out"]) == ["has a label that no training picture has", "lies in no class folder"]
    arrays = shelf.arrays("s", body["version"])
    assert arrays["x_test"].shape == (4, 20, 20, 3) and arrays["y_test"].tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(arrays["x_test"][:, 0, 0, 1] == 250, arrays["y_test"] == 1)


@pytest.mark.parametrize("written", ["{}.png", "photos/{}.png", "{}"])
def test_a_table_inside_the_zip_labels_the_pictures(written: str, tmp_path: Path, home: Path) -> None:
    files = {f"photos/p{number}.png": drawn((10 * number, 0, 0)) for number in range(12)}
    rows = [f"{written.format(f'p{number}')},{('YOUNG', 'MIDDLE', 'OLD')[number % 3]}" for number in range(11)]
    files["train.csv"] = "\n".join(["ID,Class", *rows, "gone.png,OLD"]).encode()
    body = keep_images(packed(tmp_path / "faces.zip", files))
    assert body["class_names"] == ["MIDDLE", "OLD", "YOUNG"] and body["shape"]["rows"] == 11
    assert [one["why"] for one in body["left_out"]] == ["has no label in the table"]
    assert any("1 row of the table names no picture" in one["text"] for one in body["warnings"])
    arrays = shelf.arrays("faces", body["version"])
    by_colour = {int(x[0, 0, 0]) // 10: body["class_names"][y] for x, y in zip(arrays["x"], arrays["y"], strict=True)}
    assert by_colour == {number: ("YOUNG", "MIDDLE", "OLD")[number % 3] for number in range(11)}


def test_a_table_beside_the_zip_can_give_numbers_to_predict(tmp_path: Path, home: Path) -> None:
    path = packed(tmp_path / "faces.zip", {f"{number}.png": drawn((9 * number, 0, 0)) for number in range(25)})
    (tmp_path / "ages.csv").write_text("\n".join(["file,age,camera", *(f"{number}.png,{number + 0.5},x" for number in range(25))]))
    made = plan_images(path, {"labels": str(tmp_path / "ages.csv")})
    assert (made.labels.file_column, made.labels.target, made.labels.task) == ("file", "age", "regression")
    body = keep_images(path, choices={"labels": str(tmp_path / "ages.csv")})
    y = shelf.arrays("faces", body["version"])["y"]
    assert body["shape"]["task"] == "regression" and y.dtype == np.float32 and np.all(y > 0)


def test_a_class_may_be_called_none(tmp_path: Path, home: Path) -> None:
    files = {f"{kind}/{number}.png": drawn((number, 0, 0)) for kind in ("none", "NA", "some") for number in range(5)}
    assert keep_images(packed(tmp_path / "n.zip", files))["shape"]["rows"] == 15


# Pixels.
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_as_its_camera_was_held(form: str) -> None:
    upright = np.zeros((40, 20, 3), "uint8")
    upright[:20] = 255  # white above black
    lying = Image.fromarray(np.rot90(upright))  # orientation 6: turn by 90° clockwise to see it
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = 6
    out = io.BytesIO()
    lying.save(out, form, exif=exif, **({"lossless": True} if form == "WEBP" else {}))
    seen = pictures.pixels(out.getvalue(), Form(40, 20, 1))
    assert (pictures.head(out.getvalue()).width, pictures.head(out.getvalue()).height) == (20, 40)
    assert seen[:18].min() > 240 and seen[22:].max() < 15


def test_fits_crop_pad_and_stretch() -> None:
    wide = np.zeros((10, 30, 3), "uint8")
    wide[:, 10:20] = 255  # a white square in the middle
    out = io.BytesIO()
    Image.fromarray(wide).save(out, "PNG")
    means = {fit: float(pictures.pixels(out.getvalue(), Form(10, 10, 1, fit)).mean() / 255) for fit in pictures.FITS}
    assert means["crop"] == pytest.approx(1.0) and means["pad"] == pytest.approx(1 / 9, abs=0.05)
    assert means["stretch"] == pytest.approx(1 / 3, abs=0.05)


def test_sixteen_bits_transparency_palettes_and_four_inks_become_bytes() -> None:
    def saved(picture: Image.Image, form: str = "PNG") -> bytes:
        out = io.BytesIO()
        picture.save(out, form)
        return out.getvalue()

    deep = Image.fromarray(np.full((8, 8), 32_896, "uint16"))
    assert np.all(pictures.pixels(saved(deep), Form(8, 8, 1)) == 128)
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert np.all(pictures.pixels(saved(clear), Form(8, 8, 3)) == 255)  # on white
    assert np.all(pictures.pixels(saved(Image.new("P", (8, 8))), Form(8, 8, 3)) == 0)
    assert pictures.pixels(saved(Image.new("CMYK", (8, 8)), "JPEG"), Form(8, 8, 3)).min() > 250  # no ink is white


def test_size_and_colours_are_proposed_and_can_be_said(tmp_path: Path) -> None:
    assert plan_images(packed(tmp_path / "a.zip", two_classes())).form == Form(20, 20, 3)  # all alike and small: as they are
    grey = {f"{kind}/{number}.png": drawn((number,), (90 + number, 120)) for kind in "ab" for number in range(9)}
    path = packed(tmp_path / "b.zip", grey)
    assert plan_images(path).form == Form(64, 64, 1)
    assert plan_images(path, {"size": 48, "colours": 3, "fit": "pad"}).form == Form(48, 48, 3, "pad")
    for wrong in ({"size": 4}, {"size": 5000}, {"fit": "twist"}, {"colours": 2}):
        with pytest.raises(Invalid, match="not allowed"):
            plan_images(path, wrong)


# What is broken.
def test_broken_files_are_listed_and_left_out(tmp_path: Path, home: Path) -> None:
    noise = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype="uint8")).save(noise, "JPEG")
    whole = noise.getvalue()
    broken = {
        "pets/red/cut.jpg": whole[: len(whole) // 2], "pets/red/empty.png": b"", "pets/blue/text.png": b"no picture at all",
        "pets/blue/notes.txt": b"hello", "pets/red/anim.gif": b"GIF89a",
    }  # fmt: skip
    body = keep_images(packed(tmp_path / "p.zip", two_classes() | broken))
    why = {one["file"].split(" ")[-1].rpartition("/")[2]: one["why"] for one in body["left_out"]}
    assert body["shape"]["rows"] == 16 and set(why) == {"cut.jpg", "empty.png", "text.png", "notes.txt", "anim.gif"}
    assert why["empty.png"] == "is empty" and "damaged" in why["cut.jpg"] and "no picture" in why["text.png"]
    assert any(one["text"].startswith("Left out") and "2 more" in one["text"] for one in body["warnings"])
    assert len(own_data.profile("p")["files"]) == 5


def test_a_picture_that_unpacks_without_measure_is_left_out() -> None:
    bomb = drawn((0, 0, 0), (8000, 7000), "PNG")  # 56 million pixels in a few KB
    with pytest.raises(Unreadable, match="million pixels"):
        pictures.pixels(bomb, Form(8, 8, 3))


@pytest.mark.parametrize("seed", range(20))
def test_every_damaged_picture_is_read_or_said_to_be_unreadable(seed: int) -> None:
    draw = np.random.default_rng(seed)
    noise = Image.fromarray(draw.integers(0, 256, (24, 24, 3), dtype="uint8"))
    for form in pictures.FORMATS:
        out = io.BytesIO()
        noise.save(out, form)
        data = bytearray(out.getvalue())
        for place in draw.integers(0, len(data), 6):
            data[place] = draw.integers(0, 256)
        try:
            assert pictures.pixels(bytes(data[: draw.integers(1, len(data) + 1)]), Form(8, 8, 3)).shape == (8, 8, 3)
        except Unreadable as error:
            assert str(error).startswith(("is ", "has ")) and "\n" not in str(error)


@pytest.mark.parametrize("name", ["../red/out.png", "/red/out.png", "red/../../out.png", "..\\red\\out.png", "C:\\red\\out.png"])
def test_a_path_that_climbs_out_is_refused(name: str, tmp_path: Path, home: Path) -> None:
    with pytest.raises(Invalid, match="leads outside"):
        keep(packed(tmp_path / "p.zip", two_classes() | {name: drawn()}))
    assert not (home / "data" / "p").exists()


def test_links_are_refused_in_zips_and_folders(tmp_path: Path, home: Path) -> None:
    with pytest.raises(Invalid, match="links are not followed"):
        keep(packed(tmp_path / "p.zip", two_classes() | {"pets/red/link.png": b"/etc/passwd"}, link="pets/red/link.png"))
    folder = tmp_path / "own" / "red"
    folder.mkdir(parents=True)
    (folder / "link.png").symlink_to("/etc/passwd")
    with pytest.raises(Invalid, match="links are not followed"):
        keep(tmp_path / "own")


def test_a_zip_bomb_of_pictures_is_refused(tmp_path: Path, home: Path) -> None:
    with pytest.raises(Invalid, match="zip bomb"):
        keep(packed(tmp_path / "p.zip", {f"red/{number}.bmp": bytes(16_000_000) for number in range(4)}))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"notes.txt": b"hello"}, "no picture"),
        ({"1.png": drawn(), "2.png": drawn()}, "no folders"),
        ({f"one/{number}.png": drawn((number, 0, 0)) for number in range(12)}, "one value only"),
        ({f"{kind}/{number}.png": drawn((number, 0, 0)) for kind in "ab" for number in range(2)}, "at least 10"),
        ({f"{kind}/{number}.png": b"broken" for kind in "ab" for number in range(9)}, "None of the labelled files"),
        ({}, "no picture"),
    ],
)
def test_what_nobody_can_learn_from_is_refused_with_a_reason(files: dict[str, bytes], said: str, tmp_path: Path, home: Path) -> None:
    with pytest.raises(Invalid, match=said):
        keep(packed(tmp_path / "p.zip", files))
    assert own_data.kept() == []


def test_repeated_pictures_and_rare_classes_are_said(tmp_path: Path, home: Path) -> None:
    files = two_classes(40) | {"pets/red/again.png": drawn((200, 1, 30))} | {f"pets/odd/{n}.png": drawn((n, n, n)) for n in range(3)}
    said = " ".join(one["text"] for one in keep_images(packed(tmp_path / "p.zip", files))["warnings"])
    assert "1 of 84 pictures are the same as another" in said and "fewer than 10" in said and "The commonest class" in said


# Size.
def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_set, "CHUNK", 2**18)
    monkeypatch.setattr(keeping, "CHUNK", 2**18)
    content = [drawn((number, 0, 9), (16, 16), "BMP") for number in range(20)]

    def peak(count: int) -> int:
        path = packed(tmp_path / f"p{count}.zip", {f"{'ab'[number % 2]}/{number}.bmp": content[number % 20] for number in range(count)})
        tracemalloc.start()
        keep_images(path, choices={"size": 64})
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    keep_images(packed(tmp_path / "warm.zip", two_classes()))  # modules that are imported on the way
    few, many = peak(100), peak(700)
    assert many - few < 600 * 64 * 64 * 3 / 3  # of 7 MB of pixels more, names and hashes alone stay in memory


def test_a_set_that_would_fill_the_disk_is_refused(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_set, "MOST_ARRAY", 10_000)
    with pytest.raises(Invalid, match="on the disk"):
        keep_images(packed(tmp_path / "p.zip", two_classes()))


def test_many_pictures_stay_on_the_disk_and_give_the_same_rows(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_data.add(packed(tmp_path / "p.zip", two_classes(30)), "many")
    experiment = Experiment().with_(dataset="many", model="cnn", label_noise=0.1)
    held = prepare(experiment)
    ahead = forecast.forecast(experiment).memory.data
    monkeypatch.setenv("DLCORE_HELD_BYTES", "1000")
    engine_data._cache.clear()
    assert forecast.on_disk(experiment) and not forecast.on_disk(experiment.with_(dataset="digits"))
    assert forecast.forecast(experiment).memory.data > ahead, "the slabs of a stream are more than these few rows"
    streamed = prepare(experiment)
    assert streamed.hash == held.hash and streamed.constants == held.constants
    for name, rows in held.arrays.items():
        np.testing.assert_array_equal(np.asarray(streamed.arrays[name]), rows)
    x = streamed.x_train
    assert isinstance(x, Rows) and x.shape == held.x_train.shape and x.nbytes == held.x_train.nbytes > 100 * x.held
    np.testing.assert_array_equal(x[[3, 1]], held.x_train[[3, 1]])
    np.testing.assert_array_equal(x[2], held.x_train[2])
    monkeypatch.setattr(rows_module, "PIECE", 4000)
    assert (x.min(), x.max()) == (held.x_train.min(), held.x_train.max()) and len(list(x.pieces())) > 5
    with pytest.raises(Invalid, match="too many for memory"):
        baselines.perform(baseline_inputs(experiment), {}, lambda fraction: None)
    engine_data._cache.clear()


def baseline_inputs(experiment: Experiment) -> dict:
    return {"experiment": json.loads(experiment.to_json()), "models": ["linear"], "sizes": [0], "seeds": [0]}


# Use.
def test_a_convolutional_net_is_planned_on_them_and_their_rows_are_scaled_bytes(tmp_path: Path, home: Path) -> None:
    own_data.add(packed(tmp_path / "p.zip", two_classes(20)), "squares")
    experiment = Experiment().with_(dataset="squares", model="cnn")
    made = prepare(experiment)
    assert experiment.plan()[0].kind == "Conv2D" and made.x_train.shape[1:] == (20, 20, 3)
    assert made.x_train.min() >= 0 and made.x_train.max() <= 1 and made.constants == {"mean": [0.0], "scale": [255.0]}
    raw = own_rows.raw_inputs(experiment, write(tmp_path / "new.png", drawn((255, 0, 0), (90, 50))))
    assert raw is not None and raw.shape == (1, 20, 20, 3) and raw[0, 5, 5].tolist() == [255, 0, 0]
    assert own_rows.raw_inputs(experiment, tmp_path / "rows.npy") is None
    with pytest.raises(Invalid, match="is no picture"):
        own_rows.raw_inputs(experiment, write(tmp_path / "bad.png", b"x"))


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_pictures_are_added_by_command(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = packed(tmp_path / "pets.zip", two_classes())
    assert main(["data", "add", str(path), "--name", "mine", "--size", "8", "--fit", "stretch", "--colours", "1", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["name"] == "mine" and body["shape"]["input"] == [8, 8, 1]
    assert main(["data", "add", str(path)]) == 0
    assert "train --set dataset=pets model=cnn" in capsys.readouterr().out


def test_a_large_zip_is_read_by_a_job(tmp_path: Path, home: Path) -> None:
    path = packed(tmp_path / "pets.zip", two_classes())
    told: list[float] = []
    inputs = {"home": str(home), "path": str(path), "name": "pets", "choices": {"size": 8}}
    result, artefact = keep_table.perform(inputs, {}, told.append)
    assert artefact is None and shelf.description("pets")["version"] == result["version"]
    assert told == sorted(told) and told[-1] > 0.9


def test_predict_reads_pictures_and_folders_of_them_as_the_lab_does(tmp_path: Path, home: Path) -> None:
    own_data.add(packed(tmp_path / "p.zip", two_classes(20)), "squares")
    experiment = Experiment().with_(dataset="squares", model="cnn")
    seen = tmp_path / "seen"
    (seen / "more").mkdir(parents=True)
    exif = Image.Exif()
    exif[0x112] = 6
    write(seen / "a.jpg", drawn((255, 0, 0), (90, 50), "JPEG", exif=exif))
    write(seen / "more" / "b.webp", drawn((0, 0, 255), (30, 60), "WEBP"))
    write(seen / "broken.png", b"x")
    write(seen / "notes.txt", b"no picture")
    found = own_rows.raw_pictures(experiment, seen)
    assert found is not None and found.names == ["a.jpg", "more/b.webp"]
    assert found.left_out == [("broken.png", "is no picture in JPEG, PNG, WebP or BMP")]
    (tmp_path / "preparation.json").write_text(json.dumps(_own_data.preparation_of(experiment)))
    bundle: Any = SimpleNamespace(experiment=experiment, run=SimpleNamespace(id="r"), class_names=("blue", "red"))
    runtime: Any = SimpleNamespace(keras=False, path="model", name="nothing", load=how_red)
    (tmp_path / "predict.py").write_text(predict_script(bundle, runtime, (20, 20, 3)))
    ran = subprocess.run([sys.executable, "predict.py", "seen"], cwd=tmp_path, capture_output=True, text=True, check=True)
    said = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(one["file"], one["class"]) for one in said] == [("seen/a.jpg", "red"), ("seen/more/b.webp", "blue")]
    expected = how_red("")(found.rows.astype("float32"))
    np.testing.assert_allclose([one["outputs"] for one in said], expected, atol=1e-6)
    assert "broken.png is no picture in JPEG" in ran.stderr
    with pytest.raises(Invalid, match="holds no picture"):
        own_rows.raw_pictures(experiment, tmp_path / "home")


def how_red(path: str) -> Callable[[np.ndarray], np.ndarray]:
    return lambda rows: rows[..., 0].mean(axis=(1, 2))[:, None] / 255


def test_a_number_predicted_of_a_picture_is_given_in_the_units_of_its_labels(tmp_path: Path, home: Path) -> None:
    files = two_classes(20)
    table = "file,price\n" + "".join(f"{name},{1000 * number}\n" for number, name in enumerate(files))
    own_data.add(packed(tmp_path / "p.zip", files | {"labels.csv": table.encode()}), "priced")
    experiment = Experiment().with_(dataset="priced", model="cnn")
    unit = shelf.description("priced")["preparation"]["target"]["unit"]
    units = own_rows.in_target_units(experiment, [[2.0]])
    assert unit == 10_000 and units is not None and units.tolist() == [[20_000]]
