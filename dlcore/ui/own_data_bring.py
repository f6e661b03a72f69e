"""From a file that a person brings to a data set that is kept: what it is taken for can be corrected before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.owndata.columns import KINDS, Guess
from dlcore.owndata.keeping import name_from
from dlcore.owndata.names import plain
from dlcore.owndata.preview import Preview
from dlcore.owndata.table_set import LOOK_BACK, MOST_STEPS, MOST_SYMBOLS, Plan, splits
from dlcore.services import own_data
from dlcore.ui import own_data_images, own_data_kept, own_data_pictures, own_data_text
from dlcore.ui.page import tell

JOB = "own_data_job"  # session: the job that reads a large file
FAILED = "own_data_failed"  # session: why that job came to nothing, said once
FRESH = "own_data_fresh"  # session: counts up, so that the emptied field takes the next file
TYPES = ("csv", "tsv", "txt", "md", "gz", "parquet", "pq", "xlsx", "zip")
TASKS = {"classes": "tell classes apart", "regression": "predict a number", "forecast": "forecast the next value"}
SPLITS = {
    "stratified": "at random, each class in proportion", "random": "at random", "group": "whole groups together",
    "time": "the latest rows for the test",
}  # fmt: skip
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
TICK_SECONDS = 0.5


def bring() -> None:
    """The field for a file, and beneath it what the file is taken for."""
    if job := st.session_state.get(JOB):
        st.fragment(_reading, run_every=TICK_SECONDS)(job)
        return
    if why := st.session_state.pop(FAILED, ""):
        st.error(why, icon=":material/error:")
    fresh = st.session_state.setdefault(FRESH, 0)
    file = st.file_uploader(
        "A table, a zip of pictures, or a text", TYPES, key=f"own_file_{fresh}", help="Nothing is kept until you say so."
    )
    if file is None:
        return
    try:
        path = own_data.stage(file.name, file)
        kind = own_data.kind_of(path)
        if kind != "pictures" and path.suffix in (".txt", ".md", ".gz", ""):
            kind = st.segmented_control("Read it as", list(READ_AS), default=kind, format_func=READ_AS.__getitem__, required=True,
                                        key=f"as_{path.parent.name}")  # fmt: skip
        PLANS[kind](path, _keep)
    except LabError as error:
        tell(error)


def _plan(path: Path, keep: Callable[[Path, str, dict[str, Any]], None]) -> None:
    key = path.parent.name
    choices: dict[str, Any] = {"as": "table", **_reading_choices(path, key)}
    made, _ = own_data.look(path, choices)
    left, right = st.columns([2, 1], gap="large")
    with left:
        choices["types"] = _columns(made.guess, key)
    with right:
        made, seen = _aims(path, choices, key)
    st.subheader("What you should know", anchor=False)
    own_data_pictures.warnings(seen.warnings)
    profile, rows = st.tabs(["Profile", "First rows"])
    with profile:
        own_data_pictures.profile(seen.profile)
    with rows:
        st.dataframe(pd.DataFrame(made.table.head(50)), hide_index=True, height=360, key=f"rows_{key}")


def _reading_choices(path: Path, key: str) -> dict[str, Any]:
    """How the file is read: guessed, and correctable where its format leaves a choice."""
    made, seen = own_data.look_at_all(path)
    table = made.table
    looked = f"the first {seen.rows:,} rows" if seen.rows >= 20_000 else f"all {seen.rows:,} rows"
    with st.expander(f"{_format_words(made)}. Looked at: {looked}.", icon=":material/table:"):
        if table.form in ("text", "gzip"):
            columns = st.columns(4)
            with columns[0]:
                encoding = st.text_input("Encoding", table.encoding, key=f"encoding_{key}", help="How letters are written as bytes.")
            with columns[1]:
                signs = [*DELIMITERS] if table.delimiter in DELIMITERS else [table.delimiter, *DELIMITERS]
                at = signs.index(table.delimiter)
                delimiter = st.selectbox("Between fields", signs, at, format_func=lambda sign: DELIMITERS.get(sign, sign),
                                         key=f"delimiter_{key}")  # fmt: skip
            with columns[2]:
                decimal = st.selectbox("Decimal sign", (".", ","), (".", ",").index(table.decimal), key=f"decimal_{key}",
                                       format_func=lambda sign: {".": "point: 3.14", ",": "comma: 3,14"}[sign])  # fmt: skip
            with columns[3]:
                header = st.checkbox("First row has names", table.header, key=f"header_{key}")
                quotes = st.checkbox("Quotation marks enclose", table.quotes, key=f"quotes_{key}",
                                     help="What stands between two of them is one field. Off: they are signs like others.")  # fmt: skip
            return {"encoding": encoding, "delimiter": delimiter, "decimal": decimal, "header": header, "quotes": quotes}
        if table.form == "excel":
            sheet = st.selectbox("Sheet", table.sheets, key=f"sheet_{key}", format_func=plain)
            return {"sheet": sheet, "header": st.checkbox("First row has names", table.header, key=f"header_{key}")}
        st.caption("A Parquet file says itself how it is to be read.")
        return {}


def _format_words(made: Plan) -> str:
    table = made.table
    if table.form in ("text", "gzip"):
        parted = DELIMITERS.get(table.delimiter, table.delimiter)
        return f"Text in {table.encoding}, fields parted by {parted}, decimal {'point' if table.decimal == '.' else 'comma'}"
    return "A sheet of Excel" if table.form == "excel" else "Parquet"


def _columns(guess: Guess, key: str) -> dict[str, str]:
    """The columns' kinds in a table that can be edited; only what was changed comes back."""
    frame = pd.DataFrame(
        {
            "column": [plain(column.name) for column in guess.columns],
            "kind": [column.kind for column in guess.columns],
            "for example": [" · ".join(value[:40] for value in column.examples) for column in guess.columns],
            "note": [column.note for column in guess.columns],
        }
    )
    edited = st.data_editor(
        frame, key=f"columns_{key}_{len(guess.columns)}", hide_index=True, height=min(420, 40 + 35 * len(frame)),
        disabled=("column", "for example", "note"),
        column_config={"kind": st.column_config.SelectboxColumn("kind", options=list(KINDS), required=True, help="ignore leaves it out.")},
    )  # fmt: skip
    pairs = zip(guess.columns, edited["kind"], strict=True)
    return {column.name: kind for column, kind in pairs if kind != column.kind}


def _aims(path: Path, choices: dict[str, Any], key: str) -> tuple[Plan, Preview]:
    """What is to be predicted, how rows are set aside, the name; and the press that keeps it."""
    made, _ = own_data.look(path, choices)
    names = [column.name for column in made.guess.columns]
    target = st.selectbox("Predict", names, names.index(made.guess.target), format_func=plain, key=f"target_{key}", help=made.guess.why)
    if target != made.guess.target:
        choices["target"] = target
        made, _ = own_data.look(path, choices)
    choices["target"] = target
    tasks = list(TASKS)
    task = st.selectbox("Task", tasks, tasks.index(made.guess.task), format_func=TASKS.__getitem__, key=f"task_{key}_{target}")
    choices["task"] = task
    _order(choices, made, names, key)
    made, seen = own_data.look(path, choices)
    possible = splits(made)
    choices["split"] = st.selectbox("Rows for validation and test", possible, key=f"split_{key}_{len(possible)}_{possible[0]}",
                                    format_func=SPLITS.__getitem__)  # fmt: skip
    name = st.text_input("Name", name_from(path.name), key=f"name_{key}", max_chars=60, help="Small letters, digits and _.")
    if made.is_text:
        st.caption(f"A net reads {plain(made.inputs[0].name)} {made.inputs[0].kind[:-1]} by {made.inputs[0].kind[:-1]}.")
    else:
        st.caption(f"{len(made.inputs)} columns become {len(seen.features)} features.")
    if st.button("Keep and use it", type="primary", icon=":material/inventory_2:", key=f"keep_{key}", width="stretch"):
        _keep(path, name, choices)
    return made, seen


def _order(choices: dict[str, Any], made: Plan, names: list[str], key: str) -> None:
    """Group and time columns, and what only one task asks for."""
    none = ""
    others = [none, *(name for name in names if name != choices["target"])]
    left, right = st.columns(2)
    with left:
        at = others.index(made.guess.time) if made.guess.time in others else 0
        choices["time"] = st.selectbox("Time column", others, at, key=f"time_{key}", format_func=_or_none,
                                       help="Orders the rows.")  # fmt: skip
    with right:
        choices["group"] = st.selectbox("Group column", others, key=f"group_{key}", format_func=_or_none,
                                        help="Rows with the same value here are never parted: a patient, a visitor, a series.")  # fmt: skip
    if choices["task"] == "forecast":
        choices["steps"] = st.number_input("Rows looked back on", 1, MOST_STEPS, LOOK_BACK, key=f"steps_{key}")
    elif made.is_text:
        _text_choices(choices, made.inputs[0].kind, key)
    if choices["task"] != "classes":
        choices["log"] = st.checkbox(
            "Predict log(1 + value)", key=f"log_{key}", help="Relative errors count then, as for prices and revenues."
        )


def _text_choices(choices: dict[str, Any], kind: str, key: str) -> None:
    left, right = st.columns(2)
    with left:
        choices["steps"] = st.number_input(f"{kind.capitalize()} that are read", 0, MOST_STEPS, 0, key=f"steps_{key}_{kind}",
                                           help="Of each text's end. 0: as many as nearly all texts have.")  # fmt: skip
    with right:
        choices["vocabulary"] = st.number_input("Vocabulary", 0, MOST_SYMBOLS, 0, key=f"vocabulary_{key}_{kind}",
                                                help=f"How many {kind} are told apart, the commonest. 0: what suits.")  # fmt: skip


def _or_none(name: str) -> str:
    return plain(name) if name else "none"


def _keep(path: Path, name: str, choices: dict[str, Any]) -> None:
    if own_data.is_large(path):
        st.session_state[JOB] = own_data.start_add(path, name, choices)
        st.rerun()
    bar = st.progress(0.0, text="Reading.")

    def report(fraction: float) -> None:
        bar.progress(min(1.0, fraction), text="Reading.")

    body = own_data.add(path, name, choices, report)
    _done(body["name"])


def _reading(job: str) -> None:
    found = service.job(job)
    if not found.is_finished:
        st.progress(found.progress, text="Reading on a worker. You may leave this page; the data set will be in the list.")
        st.button("Cancel", icon=":material/close:", on_click=service.cancel_job, args=(job,))
        return
    del st.session_state[JOB]
    if found.state == "done":
        _done(found.result["name"])
    st.session_state[FAILED] = f"{found.cause} {found.hint}".strip() or "Reading was cancelled."
    st.rerun()


def _done(name: str) -> None:
    st.session_state[FRESH] += 1
    own_data_kept.choose(name)
    st.rerun()


READ_AS = {"table": "a table", "text": "a text, letter by letter"}
PLANS = {"table": _plan, "text": own_data_text.plan, "pictures": own_data_images.plan}
