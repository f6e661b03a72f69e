"""From a zip or folder of pictures to a data set that is kept: one picture at a time in memory, pixels streamed to the disk."""

from __future__ import annotations

import errno
import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Invalid, Unavailable
from dlcore.forecast import show_bytes
from dlcore.owndata.findings import Finding, imbalance, said
from dlcore.owndata.image_files import Files
from dlcore.owndata.image_labels import Labels, read_labels
from dlcore.owndata.keeping import Draft, check_name, name_from, release, title_of
from dlcore.owndata.names import plain, shown
from dlcore.owndata.pictures import FITS, Form, Unreadable, head, pixels
from dlcore.owndata.targets import Target

SIDES = (16, 24, 32, 48, 64)  # what is proposed; a network on a CPU has much to do with more
LEAST_SIDE, MOST_SIDE = 8, 512
KEPT_AS_IS = 96
LOOKED_AT = 200
LISTED = 200
MOST_ARRAY = 16 * 2**30  # bytes of the pixels on the disk; a run reads them from there when they are many (forecast.on_disk)
CHUNK = 16 * 2**20
Progress = Callable[[float], None]


@dataclass(frozen=True)
class ImagePlan:
    """Which pictures there are, what they are labelled, and what they shall become: everything that is decided before they are read.

    sizes: (width, height) of the pictures that were looked at, their heads only.
    """

    path: Path
    labels: Labels
    form: Form
    sizes: tuple[tuple[int, int], ...]


def plan_images(path: Path, choices: Mapping[str, Any] | None = None) -> ImagePlan:
    """Guesses, and what a person chose instead: "size" (pixels of a side), "fit", "colours" (0, 1 or 3; 0: as most pictures have them), and
    what `read_labels` takes. Reads at most 200 heads. Raises `Invalid`."""
    with Files(path) as files:
        return _plan(files, dict(choices or {}))


def _plan(files: Files, chosen: dict[str, Any]) -> ImagePlan:
    labels = read_labels(files, chosen)
    heads, names = [], list(labels.labels)
    for place in np.linspace(0, len(names) - 1, min(LOOKED_AT, len(names))).astype(int):
        try:
            heads.append(head(files.read(names[place])))
        except Unreadable:
            continue
    if not heads:
        raise Invalid("None of the labelled files that were looked at is a picture in JPEG, PNG, WebP or BMP.", "Look into the archive.")
    sizes = tuple((one.width, one.height) for one in heads)
    grey = all(one.is_grey for one in heads)
    return ImagePlan(files.path, labels, _form(chosen, sizes, grey), sizes)


def _form(chosen: Mapping[str, Any], sizes: Sequence[tuple[int, int]], grey: bool) -> Form:
    channels, fit, side = int(chosen.get("colours") or (1 if grey else 3)), str(chosen.get("fit") or "crop"), int(chosen.get("size") or 0)
    if channels not in (1, 3):
        raise Invalid(f"colours = {channels} is not allowed: it must be 1 (grey) or 3.")
    if fit not in FITS:
        raise Invalid(f"fit = {shown(fit)} is not allowed: it must be {', '.join(FITS)}.")
    if side and not LEAST_SIDE <= side <= MOST_SIDE:
        raise Invalid(f"size = {side} is not allowed: it must be from {LEAST_SIDE} to {MOST_SIDE} pixels.")
    if side:
        return Form(side, side, channels, fit)
    width, height = sizes[0]
    if len(set(sizes)) == 1 and min(width, height) >= LEAST_SIDE and max(width, height) <= KEPT_AS_IS:
        return Form(height, width, channels, fit)
    middle = statistics.median(min(size) for size in sizes)
    proposed = max((one for one in SIDES if one <= middle), default=SIDES[0])
    return Form(proposed, proposed, channels, fit)


def examples(path: Path, made: ImagePlan, count: int) -> tuple[np.ndarray, list[str]]:
    """Up to `count` pictures as they would be kept, (count, height, width, channels), spread over the set, and their labels."""
    names = list(made.labels.labels)
    found, labels = [], []
    with Files(path) as files:
        for place in np.linspace(0, len(names) - 1, min(count, len(names))).astype(int):
            try:
                found.append(pixels(files.read(names[place]), made.form))
            except Unreadable:
                continue
            labels.append(plain(made.labels.labels[names[place]]))
    return np.array(found, "uint8").reshape(-1, *made.form.shape), labels


def keep_images(path: Path, name: str = "", choices: Mapping[str, Any] | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Reads the pictures and keeps them as a data set; the description as kept. Raises `Invalid` for what no net can learn from."""
    report = progress or (lambda fraction: None)
    name = name or name_from(path.name)
    check_name(name)
    with Files(path) as files, Draft() as draft:
        made = _plan(files, dict(choices or {}))
        size = len(made.labels.labels) * int(np.prod(made.form.shape))
        if size > MOST_ARRAY:
            raise Invalid(
                f"{len(made.labels.labels):,} pictures of {made.form.width}×{made.form.height} take {show_bytes(size)} on the disk.",
                f"At most {show_bytes(MOST_ARRAY)}: choose a smaller size.",
            )
        stream = draft.path("pixels.raw")
        read, hashes = _read(files, made, stream, report)
        target, part = _targets(made.labels, read)
        shapes = _fill(draft, stream, made.form, part, report)
        stream.unlink()
        _answers(draft, made.labels, target, read, part)
        warned = _findings(made, target, hashes, part)
        left_out = [{"file": plain(file), "why": why} for file, why in made.labels.left_out]
        profile = {"columns": [], "left_out": [], "target": target.profile(), "files": left_out[: 10 * LISTED]}
        draft.path("profile.json").write_text(json.dumps(profile, allow_nan=False), encoding="utf-8")
        report(0.98)
        body = _description(made, target, shapes, warned)
        return draft.keep(name, {"title": title_of(name), **body, "left_out": left_out[:LISTED], "source": _source(files)})


def _read(files: Files, made: ImagePlan, stream: Path, report: Progress) -> tuple[list[str], list[bytes]]:
    """All pictures, one after the other, as raw bytes in one file; which they were and a hash of each. Broken ones join `left_out`."""
    read: list[str] = []
    hashes: list[bytes] = []
    try:
        with stream.open("wb", buffering=1 << 20) as out:
            for place, name in enumerate(made.labels.labels):
                try:
                    data = pixels(files.read(name), made.form).tobytes()
                except Unreadable as error:
                    made.labels.left_out.append((name, str(error)))
                    continue
                out.write(data)
                read.append(name)
                hashes.append(hashlib.blake2b(data, digest_size=16).digest())
                if not place % 50:
                    report(0.9 * place / len(made.labels.labels))
    except OSError as error:
        what = "The disk has no room for the pictures" if error.errno == errno.ENOSPC else f"The pictures could not be written: {error}"
        raise Unavailable(f"{what}.", "Free some space.") from error
    return read, hashes


def _targets(labels: Labels, read: Sequence[str]) -> tuple[Target, dict[str, np.ndarray]]:
    """The labels of the training rows, and the places in `read` that are training ("") and test rows ("_test")."""
    target = Target(labels.target, labels.task, labels.decimal)
    own = [labels.labels[name] for name in read if name not in labels.held_out]
    if labels.task == "classes":  # a folder may be called "none" or "NA": every label is one
        target.rows = target.known = len(own)
        target.counts = Counter(own)
    else:
        target.add(own)
    target.settle()
    known = [_is_known(target, labels.labels[name]) for name in read]
    held = np.array([name in labels.held_out for name in read], bool)
    for name, is_known in zip(read, known, strict=True):
        if not is_known:
            labels.left_out.append(
                (name, "has a label that no training picture has" if target.task == "classes" else "has no number as label")
            )
    part = {"": np.flatnonzero(~held & known), "_test": np.flatnonzero(held & known)}
    return target, part


def _is_known(target: Target, label: str) -> bool:
    return label in target.counts if target.task == "classes" else not np.isnan(target.read([label])[0])


def _fill(draft: Draft, stream: Path, form: Form, part: Mapping[str, np.ndarray], report: Progress) -> dict[str, int]:
    """The arrays "x" and, where there are test rows, "x_test", from the raw bytes, in pieces."""
    raw = np.memmap(stream, "uint8", "r").reshape(-1, *form.shape)
    step = max(1, CHUNK // int(np.prod(form.shape)))
    for end, places in part.items():
        if not len(places):
            continue
        x = draft.create(f"x{end}", (len(places), *form.shape), "uint8")
        for first in range(0, len(places), step):
            x[first : first + step] = raw[places[first : first + step]]
            release(x)
            release(raw)
        report(0.95)
    return {end: len(places) for end, places in part.items()}


def _answers(draft: Draft, labels: Labels, target: Target, read: Sequence[str], part: Mapping[str, np.ndarray]) -> None:
    number = {label: place for place, label in enumerate(target.classes)}
    for end, places in part.items():
        own = [labels.labels[read[place]] for place in places]
        if own:
            y = np.array([number[label] for label in own], "int64") if target.task == "classes" else target.read(own)
            draft.put(f"y{end}", y)


def _findings(made: ImagePlan, target: Target, hashes: Sequence[bytes], part: Mapping[str, np.ndarray]) -> list[Finding]:
    found, labels, rows = imbalance(target), made.labels, len(part[""])
    again = len(hashes) - len(set(hashes))
    if again:
        level = "warning" if again > 0.005 * len(hashes) else "info"
        found.append(said(level, f"{again:,} of {len(hashes):,} pictures are the same as another, so the same could be learned and tested.",
                          "Remove them."))  # fmt: skip
    if labels.left_out:
        named = "; ".join(f"{shown(name)} {why}" for name, why in labels.left_out[:3])
        more = f"; and {len(labels.left_out) - 3:,} more" if len(labels.left_out) > 3 else ""
        found.append(said("warning" if len(labels.left_out) > 0.05 * rows else "info", f"Left out: {named}{more}."))
    if labels.rows_without:
        rows_that = "1 row of the table names" if labels.rows_without == 1 else f"{labels.rows_without:,} rows of the table name"
        found.append(said("info", f"{rows_that} no picture that is there, or more than one."))
    if rows < 200:
        found.append(
            said(
                "warning",
                f"There are only {rows} pictures: results will differ a lot from seed to seed.",
                "Augmentation (flip, shift, jitter) helps.",
            )
        )
    if min(made.form.height, made.form.width) > statistics.median(min(size) for size in made.sizes):
        found.append(said("info", "Most pictures are smaller than what they become: enlarging adds no detail.", "Choose a smaller size."))
    return sorted(found, key=lambda one: ("error", "warning", "info").index(one["level"]))


def _description(made: ImagePlan, target: Target, rows: Mapping[str, int], warned: list[Finding]) -> dict[str, Any]:
    form, classes = made.form, target.task == "classes"
    body = {**target.shape(), "kind": "image", "input": list(form.shape), "rows": rows[""], "test_rows": rows["_test"]}
    what = plain(target.name) if made.labels.file_column else ""
    wanted = f"{'the class' if classes else 'the value'} of {what}" if what else "the folder that each lies in"
    splits = ["stratified", "random"] if classes else ["random"]
    return {
        "kind": "images",
        "summary": f"Your own data: {sum(rows.values()):,} pictures from {plain(made.path.name)}, {form.width}×{form.height} pixels, "
        f"{'grey' if form.channels == 1 else 'in colours'}; to be predicted is {wanted}.",
        "shape": body, "scaling": "bytes", "class_names": list(target.class_names), "feature_names": [], "target_unit": target.unit_words,
        "splits": splits, "split": splits[0], "warnings": warned,
        "preparation": {"image": {"height": form.height, "width": form.width, "channels": form.channels, "fit": form.fit},
                        "target": target.constants()},
    }  # fmt: skip


def _source(files: Files) -> dict[str, Any]:
    """The archive's name, size and hash; of a folder its paths are hashed."""
    body: dict[str, Any] = {"file": plain(files.path.name), "bytes": files.size, "form": "folder"}
    if files.path.is_dir():
        return body | {"sha256": hashlib.sha256("\n".join(files.names).encode()).hexdigest()}
    with files.path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return body | {"bytes": files.path.stat().st_size, "form": "zip", "sha256": digest}
