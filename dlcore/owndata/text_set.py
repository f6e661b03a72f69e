"""From a plain text to a data set for a net that writes: pieces of the text, and the same pieces one letter later."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.forecast import show_bytes
from dlcore.owndata import features, sniffing
from dlcore.owndata.findings import Finding, said
from dlcore.owndata.keeping import Draft, check_name, name_from, release, title_of
from dlcore.owndata.names import distinct, plain, shown

STEPS, MOST_STEPS = 64, 1000
MOST_LETTERS, ALL_LETTERS = 300, 5000  # that are told apart unless a person says, and at most
LEAST_PIECES, MANY_PIECES = 20, 2000
MOST_UNPACKED = 2**30
MOST_ARRAY = 8 * 2**30  # of the pieces as a run holds them: numbers of 4 bytes, targets of 8
PIECE = 1 << 20
RARE = "\ufffd"  # stands for all letters that are not told apart
COLUMN = "text"
CODES = 0x110000  # that there are
CALLED = {" ": "space", "\n": "line break", "\t": "tab", RARE: "any rarer"}
Progress = Callable[[float], None]


@dataclass(frozen=True)
class TextPlan:
    """A text and what it becomes: everything that was guessed or said, and what reading it once has shown.

    letters: how often each is there, all of them. vocabulary: those that are told apart, in the order of their codes. steps: letters of a
    piece. stride: letters between the beginnings of two pieces.
    """

    path: Path
    form: str
    encoding: str
    letters: Counter[str]
    vocabulary: tuple[str, ...]
    steps: int
    stride: int

    @property
    def length(self) -> int:
        return sum(self.letters.values())

    @property
    def rows(self) -> int:
        return max(0, -(-(self.length - self.steps) // self.stride))

    def texts(self) -> Iterator[str]:
        """The text as it is kept, a million letters at a time. Raises `Invalid` where it cannot be unpacked."""
        return (codes.tobytes().decode("utf-32-le") for codes in self.codes())

    def codes(self) -> Iterator[np.ndarray]:
        """The same as the letters' codes, uint32."""
        return _codes(self.path, self.form, self.encoding)


def plan_text(path: Path, choices: Mapping[str, Any] | None = None) -> TextPlan:
    """Guesses, and what a person chose instead: "encoding", "steps", "stride", "vocabulary" (how many letters are told apart). Reads the
    whole file once. Raises `Invalid`."""
    chosen = {name: value for name, value in (choices or {}).items() if value}
    form = sniffing.file_format(path)
    if form not in ("text", "gzip"):
        raise Invalid(f"{shown(path.name)} is no plain text.", "Save it as plain text (.txt).")
    encoding = str(chosen.get("encoding") or sniffing.encoding_of(sniffing.sample_of(path, form)))
    steps, most = int(chosen.get("steps") or STEPS), int(chosen.get("vocabulary") or MOST_LETTERS)
    if not 2 <= steps <= MOST_STEPS:
        raise Invalid(f"steps = {steps} is not allowed: a piece has 2 to {MOST_STEPS:,} letters.")
    if not 2 <= most <= ALL_LETTERS:
        raise Invalid(f"vocabulary = {most} is not allowed: 2 to {ALL_LETTERS:,} letters are told apart.")
    counts = np.zeros(CODES, "int64")
    try:
        for codes in _codes(path, form, encoding):
            counts += np.bincount(codes, minlength=CODES)
    except LookupError:
        raise Invalid(f"There is no encoding called {shown(encoding)}.", "For example utf-8, cp1252 or utf-16.") from None
    letters = Counter({chr(code): int(counts[code]) for code in np.flatnonzero(counts)})
    told = sorted(letters, key=lambda letter: (-letters[letter], letter))[:most]
    vocabulary = (*sorted(set(told) - {RARE}), *([RARE] if len(letters) > len(told) or RARE in told else []))
    length = sum(letters.values())
    stride = int(chosen.get("stride") or max(1, min(steps, length // MANY_PIECES)))
    if not 1 <= stride <= MOST_STEPS:
        raise Invalid(f"stride = {stride} is not allowed: pieces begin 1 to {MOST_STEPS:,} letters after each other.")
    made = TextPlan(path, form, encoding, letters, vocabulary, steps, stride)
    _check(made)
    return made


def _check(made: TextPlan) -> None:
    if len(made.vocabulary) < 2:
        raise Invalid(f"{shown(made.path.name)} has fewer than two different letters: there is nothing to learn.", "Give another text.")
    if made.rows < LEAST_PIECES:
        raise Invalid(f"{shown(made.path.name)} has {made.length:,} letters, which make {made.rows} pieces of {made.steps}; at least "
                      f"{LEAST_PIECES} are needed.", "Give a longer text, or shorter pieces.")  # fmt: skip
    size = 12 * made.rows * made.steps
    if size > MOST_ARRAY:
        raise Invalid(f"{made.rows:,} pieces of {made.steps} letters take {show_bytes(size)} while a run trains.",
                      f"At most {show_bytes(MOST_ARRAY)}: choose a larger stride.")  # fmt: skip


def keep_text(path: Path, name: str = "", choices: Mapping[str, Any] | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Reads the text and keeps it as a data set; the description as kept. Raises `Invalid` for what no net can learn from."""
    report = progress or (lambda fraction: None)
    name = name or name_from(path.name)
    check_name(name)
    made = plan_text(path, choices)
    report(0.3)
    with Draft() as draft:
        _fill(made, draft, report)
        draft.path("profile.json").write_text(json.dumps(profile_of(made), allow_nan=False), encoding="utf-8")
        report(0.98)
        return draft.keep(name, {"title": title_of(name), **_description(made)})


def _fill(made: TextPlan, draft: Draft, report: Progress) -> None:
    """The pieces: x (rows, steps, 1) and y (rows, steps), the letters' numbers, cut from the numbers of the whole text on the disk."""
    kind = "uint8" if len(made.vocabulary) <= 256 else "uint16"
    numbers, place = draft.create("tokens", (made.length,), kind), 0
    known = np.full(CODES, made.vocabulary.index(RARE) if RARE in made.vocabulary else 0, kind)
    known[[ord(letter) for letter in made.vocabulary]] = np.arange(len(made.vocabulary))
    for codes in made.codes():
        numbers[place : place + len(codes)] = known[codes]
        place += len(codes)
        release(numbers)
    report(0.6)
    x, y = draft.create("x", (made.rows, made.steps, 1), kind), draft.create("y", (made.rows, made.steps), kind)
    begins, size = np.arange(made.rows) * made.stride, max(1, PIECE // made.steps)
    for first in range(0, made.rows, size):
        pieces = numbers[begins[first : first + size, np.newaxis] + np.arange(made.steps + 1)]
        x[first : first + size, :, 0], y[first : first + size] = pieces[:, :-1], pieces[:, 1:]
        for array in (x, y, numbers):
            release(array)
        report(0.6 + 0.3 * first / made.rows)
    draft.path("tokens.npy").unlink()


def profile_of(made: TextPlan) -> dict[str, Any]:
    """The letters and the words in numbers, for pictures."""
    letters = made.letters.most_common(50)
    words = Counter(features.words(next(made.texts(), "")))
    common = words.most_common(20)
    target = {"name": "next letter", "task": "classes", "rows": made.length, "missing": 0,
              "classes": [called(letter) for letter, _ in letters], "counts": [count for _, count in letters]}  # fmt: skip
    told = {
        "name": "words", "kind": "of the beginning", "role": "", "note": "", "rows": max(1, words.total()), "missing": 0, "odd": 0,
        "values": [word for word, _ in common], "counts": [count for _, count in common], "different": len(words),
    }  # fmt: skip
    return {"columns": [told], "left_out": [], "target": target}


def called(letter: str) -> str:
    """A letter as it can be shown by itself."""
    return CALLED.get(letter, letter)


def letter_names(vocabulary: Sequence[str]) -> list[str]:
    """A name for each letter: signs are named in words, "comma", so that none is read as an order where it is shown."""
    return list(distinct(one if one.isalnum() or one in CALLED.values() else unicodedata.name(one, one).lower()
                         for one in map(called, vocabulary)))  # fmt: skip


def findings(made: TextPlan) -> list[Finding]:
    """Warnings, the worst first."""
    found = []
    if made.length < 50_000:
        found.append(said("warning", f"The text has {made.length:,} letters only: a net will learn it by heart sooner than its language.",
                          "Half a million letters and more make readable words."))  # fmt: skip
    rare = made.length - sum(made.letters[letter] for letter in made.vocabulary)
    if rare:
        found.append(said("info", f"{len(made.letters):,} different letters are there; {rare:,} places have one of the rarest and become "
                          "one and the same.", "A larger vocabulary tells more apart."))  # fmt: skip
    letter, count = made.letters.most_common(1)[0]
    found.append(
        said("info", f"Always saying {shown(called(letter))} is right for {count / made.length:.1%} of the letters: the baseline to beat.")
    )
    return found


def _codes(path: Path, form: str, encoding: str) -> Iterator[np.ndarray]:
    total = 0
    try:
        with (
            (gzip.open if form == "gzip" else open)(path, "rb") as content,
            io.TextIOWrapper(content, encoding, errors="replace") as text,
        ):  # type: ignore[type-var, arg-type]
            while piece := text.read(PIECE):
                total += len(piece)
                if total > MOST_UNPACKED:
                    raise Invalid(f"{shown(path.name)} unpacks to more than {show_bytes(MOST_UNPACKED)}.", "Use a part of it.")
                codes = np.frombuffer(piece.encode("utf-32-le", "replace"), "uint32")
                orders = [code for code in np.flatnonzero(np.bincount(codes)) if _is_order(chr(code))]
                yield codes[~np.isin(codes, orders)] if orders else codes
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        raise Invalid(f"{shown(path.name)} is damaged: {shown(error)}.", "Fetch or pack it again.") from None


def _is_order(letter: str) -> bool:
    """Whether it is no letter but an order to a terminal or a renderer: a control character, a mark that turns the direction of writing."""
    return letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _description(made: TextPlan) -> dict[str, Any]:
    told = len(made.vocabulary)
    column = {"name": COLUMN, "kind": "letters", "vocabulary": list(made.vocabulary), "steps": made.steps,
              "rare": made.vocabulary.index(RARE) if RARE in made.vocabulary else -1}  # fmt: skip
    preparation = {"decimal": ".", "names": None, "delimiter": ",", "quotes": True, "columns": [column], "window": None,
                   "target": {"name": "next letter", "kind": "letters"}}  # fmt: skip
    return {
        "kind": "letters",
        "summary": f"Your own text: {made.length:,} letters from {plain(made.path.name)}, {told} told apart, in pieces of {made.steps}; to "
        "be predicted is the next letter at each.",
        "shape": {"kind": "sequence", "input": [made.steps, 1], "task": "classes", "outputs": told, "rows": made.rows, "test_rows": 0,
                  "tokens": told, "per_step": True},
        "scaling": "none", "class_names": letter_names(made.vocabulary),
        "feature_names": ["letter"], "target_unit": "", "splits": ["time"], "split": "time",
        "preparation": preparation, "source": _source(made), "warnings": findings(made), "group": "", "time": "",
    }  # fmt: skip


def _source(made: TextPlan) -> dict[str, Any]:
    with made.path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {
        "file": plain(made.path.name),
        "bytes": made.path.stat().st_size,
        "sha256": digest,
        "form": made.form,
        "encoding": made.encoding,
    }
