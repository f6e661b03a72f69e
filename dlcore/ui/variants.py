"""Several variants of an experiment in one press: one setting takes two to six values, all are queued and opened side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import streamlit as st

from dlcore import forecast, registry, service
from dlcore.errors import Invalid
from dlcore.experiment import PARTS, Experiment
from dlcore.fields import Field, Scalar, Value
from dlcore.services import duration
from dlcore.ui import link, words
from dlcore.ui.browser import owner
from dlcore.ui.form import MATTER, TITLES

OPEN, FIELD, VALUES = "variants.open", "variants.field", "variants.values"
FIRST = "learning_rate"
OFFERED = 3


def popover(opened: link.Opened) -> None:
    """A button that asks for a setting and its values, and trains one run for each."""
    experiment = opened.experiment
    named = settings(experiment)
    with st.popover("Variants", icon=":material/stacked_line_chart:", help="Train several values of one setting side by side",
                    key=OPEN, on_change="rerun") as place:  # fmt: skip
        if not place.open:
            return
        first = next((full for full in named if full.endswith(f".{FIRST}")), next(iter(named)))
        if st.session_state.get(FIELD) not in named:
            st.session_state[FIELD] = first
        full = st.selectbox("What differs", list(named), key=FIELD, format_func=lambda name: named[name])
        texts = _values(experiment, full)
        try:
            variants = make(experiment, full, texts)
        except Invalid as error:
            st.caption(f":red[{error} {error.hint}]")
            return
        seconds = words.duration(sum(duration.expected(one).seconds for one in variants))
        st.caption(f"They train one after another, about {seconds} in all, and lie over each other on one chart, each in its own colour.")
        st.button(
            f"Train {len(variants)} variants", type="primary", icon=":material/model_training:", on_click=start, args=(variants, opened)
        )


def make(experiment: Experiment, full: str, texts: Sequence[str]) -> list[Experiment]:
    """One experiment for each value, checked and forecast; `Invalid` for a bad value, fewer than two or more than six."""
    made = [experiment.with_text({full: text}) for text in texts]
    variants = [one for place, one in enumerate(made) if one not in made[:place]]
    if not 2 <= len(variants) <= link.COMPARED:
        raise Invalid(f"Give two to {link.COMPARED} different values; there {_are(len(variants))} now.")
    for one in variants:
        forecast.check(one)
    return variants


def start(variants: Sequence[Experiment], opened: link.Opened) -> None:
    """Queue them in their order and open them all, the first one in full."""
    runs = [service.run(service.start(one, owner=owner())) for one in variants]
    link.write(opened.experiment, runs, opened.base)
    st.session_state[OPEN] = False


def settings(experiment: Experiment) -> dict[str, str]:
    """What may differ, name → label: what matters most first, then the rest in the form's order."""
    found = {part: TITLES[part] for part in ("model", "optimizer", "schedule", "loss")}
    found |= {full: own.label for full, own, _ in experiment.fields() if not own.many or own.kind != "choice"}
    short = [name.rpartition(".")[2] for name in found]
    rank = {name: (MATTER.index(end) if end in MATTER else len(MATTER)) for name, end in zip(found, short, strict=True)}
    return {name: found[name] for name in sorted(found, key=lambda name: rank[name])}


def split(own: Field, text: str) -> list[str]:
    """The values that a person typed, as texts: apart by commas or spaces, or by semicolons where one value is itself a list."""
    pattern = r"[;\n]" if own.many or (own.per_layer and ";" in text) else r"[;,\s]+"
    return [part.strip() for part in re.split(pattern, text) if part.strip()]


def proposed(own: Field, value: Value) -> list[str]:
    """Up to three values to begin with, as texts: the present one and others far enough from it to make a difference."""
    if isinstance(value, tuple):
        lists = [tuple(_inside(own, item * factor) for item in value) for factor in (0.5, 1, 2)]  # type: ignore[operator,arg-type]
        return list(dict.fromkeys(own.format(one) for one in lists))
    assert isinstance(value, (int, float))
    if own.log or (own.kind == "float" and not own.step):
        factor = 10 if own.kind == "float" else 4
        found = [value / factor, value, value * factor] if value else [0, 0.001, 0.01]
    else:
        stride = 5 * (own.step or 1)
        found = [value - stride, value, value + stride, value + 2 * stride]
    return list(dict.fromkeys(own.format(_inside(own, one)) for one in found))[-OFFERED:]


def _inside(own: Field, value: float) -> Scalar:
    """The nearest value that the field allows, to six digits."""
    low, high = own.minimum if own.minimum is not None else value, own.maximum if own.maximum is not None else value
    near = float(f"{min(max(value, low), high):.6g}")
    return round(near) if own.kind == "int" else near


def _values(experiment: Experiment, full: str) -> list[str]:
    """The values, as texts, from the control that suits the setting."""
    key = f"{VALUES}.{full}"
    if full in PARTS:
        return _chosen(key, _suiting(experiment, full), getattr(experiment, full).name, lambda name: registry.find(PARTS[full], name).title)
    own, value = next((own, value) for name, own, value in experiment.fields() if name == full)
    if own.kind == "bool":
        return ["false", "true"]
    if own.kind == "choice":
        return _chosen(key, list(own.choices), own.format(value), words.choice)
    between = "; " if own.many else ", "
    example = "Values apart by semicolons, each a list: 32; 64; 64,64" if own.many else "Values apart by commas"
    text = st.text_input("Values", between.join(proposed(own, value)), key=key, help=f"{example}. Each must be {own.allowed()}.")
    return split(own, text)


def _chosen(key: str, names: list[str], now: str, title: Callable[[str], str]) -> list[str]:
    others = [name for name in names if name != now]
    first = [now, *others][:OFFERED] if now in names else others[:OFFERED]
    return st.multiselect("Values", names, default=first, key=key, format_func=title, max_selections=link.COMPARED)


def _suiting(experiment: Experiment, part: str) -> list[str]:
    """The members of a part's room that this experiment can take."""
    found = []
    for name in registry.members(PARTS[part]):
        try:
            experiment.with_text({part: name})
        except Invalid:
            continue
        found.append(name)
    return found


def _are(count: int) -> str:
    return "is one" if count == 1 else f"are {count}"
