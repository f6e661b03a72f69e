"""Names that strangers gave to columns, classes and files, made fit to be shown: never read as Markdown, HTML, a formula or a path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST = 60
KEPT = " _-.,%/+°²³€£&?'=−‹›≤≥"
FORMULA = "=+-@'"
HARMLESS = (("<=", "≤"), (">=", "≥"), ("<", "‹"), (">", "›"))  # said by signs that no page, sheet or terminal obeys


def plain(name: object) -> str:
    """The name with letters, digits and harmless signs only, one line, at most 60 characters; "unnamed" when nothing is left.

    What Markdown, HTML or LaTeX could read as an order is dropped, and so are the signs at the start that make a spreadsheet compute.
    Signs by which names differ stay, in a harmless form: "<=50K" and ">50K" are "≤50K" and "›50K", -1 and 1 are "−1" and "1".
    """
    text = unicodedata.normalize("NFC", str(name)[:1000])
    for sign, harmless in HARMLESS:
        text = text.replace(sign, harmless)
    text = re.sub(r"^\s*-(?=[\d.]|\s*$)", "−", text)
    kept = "".join(letter if letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc") or letter in KEPT else " " for letter in text)
    kept = re.sub(r"://|www\.", " ", kept, flags=re.IGNORECASE)  # Markdown makes links of bare addresses
    kept = re.sub(r"_{2,}", "_", kept)
    return " ".join(kept.split()).lstrip(FORMULA + " ")[:MOST].strip(" _") or ("+" if text.strip() == "+" else "unnamed")


def distinct(names: Iterable[object]) -> tuple[str, ...]:
    """The names as `plain` shows them, with a number after those that would be the same."""
    found: list[str] = []
    taken: set[str] = set()
    for name in map(plain, names):
        own, number = name, 2
        while own in taken:
            own, number = f"{name} {number}", number + 1
        taken.add(own)
        found.append(own)
    return tuple(found)


def shown(name: object) -> str:
    """A stranger's text inside an error's sentence: quoted, on one line, short."""
    text = plain(name)
    return f"“{text}”"
