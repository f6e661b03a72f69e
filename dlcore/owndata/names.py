"""Names that strangers gave to columns, classes and files, made fit to be shown: never read as Markdown, HTML, a formula or a path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST = 60
KEPT = " _-.,%/+°²³€£&?'="
FORMULA = "=+-@'"


def plain(name: object) -> str:
    """The name with letters, digits and harmless signs only, one line, at most 60 characters; "unnamed" when nothing is left.

    What Markdown, HTML or LaTeX could read as an order is dropped, and so are the signs at the start that make a spreadsheet compute.
    """
    text = unicodedata.normalize("NFC", str(name)[:1000])
    kept = "".join(letter if letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc") or letter in KEPT else " " for letter in text)
    kept = re.sub(r"://|www\.", " ", kept, flags=re.IGNORECASE)  # Markdown makes links of bare addresses
    kept = re.sub(r"_{2,}", "_", kept)
    return " ".join(kept.split()).lstrip(FORMULA + " ")[:MOST].strip(" _") or "unnamed"


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
