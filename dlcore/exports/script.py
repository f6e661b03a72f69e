"""The run as one Python file: plain Keras and NumPy, no dlcore, the same numbers.

The equality law: with the versions, threads, device and jit flag of the run, the script's epoch losses are the run's within 1e-5.
"""

from __future__ import annotations

from dlcore.exports._bundle import Bundle
from dlcore.exports._sections import data, head, main, model, training
from dlcore.exports._stages import stages
from dlcore.specs import Export


def write(bundle: Bundle) -> bytes:
    """Python source in UTF-8. Raises `Refused` for a run that one call of `fit` cannot replay."""
    found = stages(bundle)
    sections = [head(bundle), data(bundle), model(bundle), training(bundle, found), main(bundle, found)]
    return ("\n\n\n".join(section.strip("\n") for section in sections) + "\n").encode()


EXPORT = Export(
    "script",
    "Python script",
    "One file of plain Keras that trains the same model to the same numbers.",
    ".py",
    "text/x-python",
    write,
    order=3,
)
