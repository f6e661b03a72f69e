"""How many of something, in words."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """ "1 epoch", "2,000 epochs": for nouns that take an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
