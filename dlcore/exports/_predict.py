"""`predict.py`, the script beside an exported model: the very function that the lab loaded it with, and a small main."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from dlcore.exports._bundle import Bundle
from dlcore.exports._own_data import example_of, preparation_of, raw_pictures_source, raw_rows_source
from dlcore.exports._source import PRELUDE, module_source, own_modules, source_of

if TYPE_CHECKING:
    from dlcore.exports._portable import Runtime

ROWS = '''

def rows_of(path: str) -> np.ndarray:
    """Raw inputs from an .npy array, or from a .csv file of numbers, one row a line; a line of names above them is passed over."""
    try:
        if path.endswith(".npy"):
            x = np.load(path, allow_pickle=False)
        else:
            lines = [line for line in Path(path).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
            x = np.loadtxt(lines[has_names(lines[0]) :] if lines else [], delimiter=",", ndmin=2)
    except FileNotFoundError:
        raise SystemExit(f"There is no file {path}.")
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path} cannot be read as numbers: {error}")
    size = int(np.prod(SHAPE))
    if x.size == 0 or x.size % size:
        raise SystemExit(f"{path} holds {x.size} numbers; each row needs {size}, of shape {SHAPE}.")
    return x.reshape(-1, *SHAPE).astype("float32")


def has_names(line: str) -> bool:
    """Whether a line of a table names its columns."""
    try:
        [float(word) for word in line.split(",")]
    except ValueError:
        return True
    return False
'''

TEXT = '''

def tokens_of(text: str) -> np.ndarray:
    """One text as the net reads it: its last symbols by number, 0 before a shorter one."""
    numbers = {name: number for number, name in reversed(list(enumerate(VOCABULARY)))}
    found = []
    for symbol in text if all(len(name) == 1 for name in VOCABULARY) else text.split():
        number = numbers.get(symbol, numbers.get(symbol.lower(), numbers.get("(rare)")))
        if number is None:
            raise SystemExit(f"{symbol!r} is not among the symbols that the net knows.")
        found.append(number)
    last = found[-SHAPE[0] :]
    row = np.zeros(SHAPE, "float32")
    row[SHAPE[0] - len(last) :, 0] = last
    return row


def rows_of(path: str) -> np.ndarray:
    """The net's inputs: of a .txt file, one text a line; of .npy or .csv the numbers of the symbols."""
    if not path.endswith(".txt"):
        return numbers_of(path)
    lines = [line for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    if not lines:
        raise SystemExit(f"{path} has no text.")
    return np.stack([tokens_of(line) for line in lines])
'''

ANSWER = '''

def answer(output: np.ndarray) -> dict:
    """One row's outputs, and the class they mean; of a sequence with an answer at each step, a list of them."""
    if output.ndim > 1:
        return {"steps": [answer(step) for step in output]}
    found = {"outputs": [round(float(value), 6) for value in output]}
    if UNIT:
        found["target"] = [round(float(value), 6) for value in decode(output, PREPARATION)]
    if TASK != "regression":
        number = int(output[0] > THRESHOLD) if TASK == "binary" else int(output.argmax())
        found["class"] = NAMES[number] if NAMES else number
    return found

'''
OF_ROWS = """

if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python predict.py {example}")
    predict = load(str(Path(__file__).parent / MODEL))
    for output in predict(rows_of(sys.argv[1])):
        print(json.dumps(answer(output)))
"""
OF_PICTURES = """

if __name__ == "__main__":
    paths = pictures_of(sys.argv[1:])
    if not paths:
        raise SystemExit("Usage: python predict.py PICTURE ... (or a folder of pictures)")
    predict = load(str(Path(__file__).parent / MODEL))
    for first in range(0, len(paths), 64):
        names, rows = read(paths[first : first + 64])
        for name, output in zip(names, predict(rows) if names else ()):
            print(json.dumps({"file": name, **answer(output)}))
"""


def predict_script(bundle: Bundle, runtime: Runtime, shape: tuple[int, ...]) -> str:
    """Python source that prints one JSON object for each row of a file."""
    experiment = bundle.experiment
    prepared, example = preparation_of(experiment), example_of(experiment)
    seen, raw = prepared is not None and "image" in prepared, prepared is not None
    rows = f"\n\n{raw_pictures_source() if seen else raw_rows_source()}\n" if raw else ROWS
    vocabulary = () if raw else experiment.dataset_spec.symbols(experiment.dataset.settings)
    if vocabulary:
        rows = ROWS.replace("def rows_of(", "def numbers_of(") + TEXT
    if runtime.keras:  # the script lies in the .keras file, where no other file can be read beside it
        rows = re.sub(r"^PREPARATION = .*$", lambda _: f"PREPARATION = json.loads({json.dumps(prepared)!r})", rows, flags=re.MULTILINE)
    constants = {
        "MODEL": runtime.path, "SHAPE": shape, "TASK": experiment.shape.task, "THRESHOLD": experiment.loss_spec.threshold,
        "NAMES": list(bundle.class_names), "UNIT": prepared is not None and "target" in prepared and experiment.shape.task == "regression",
        **({"VOCABULARY": vocabulary} if vocabulary else {}),
    }  # fmt: skip
    lines = [
        f'"""Predictions of run {bundle.run.id} with {runtime.name}: python predict.py {example}"""', "",
        "from __future__ import annotations", "",
        "import json", "import sys", "from collections.abc import Callable", "from pathlib import Path", "",
        "import numpy as np", "", *(f"{name} = {value!r}" for name, value in constants.items()), "", "",
    ]  # fmt: skip
    script = [*lines, _layers(bundle, runtime) + source_of(runtime.load, "load"), rows + ANSWER]
    return "\n".join(script) + (OF_PICTURES if seen else OF_ROWS.replace("{example}", example))


def _layers(bundle: Bundle, runtime: Runtime) -> str:
    """The source of the lab's own layers, where Keras must know them to open the model."""
    if not runtime.keras:
        return ""
    modules = [module_source(name) for name in own_modules(bundle.experiment.plan())]
    if not modules:
        return ""
    imports = dict.fromkeys([*PRELUDE, *(line for found, _ in modules for line in found)])
    return "\n".join([*imports, "", "", ""]) + "".join(f"{body}\n\n\n" for _, body in modules)
