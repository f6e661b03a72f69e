"""Exercises: what the course gives to do with your own data, each with a baseline to beat."""

import streamlit as st

from dlcore.services import exercising
from dlcore.ui import exercises
from dlcore.ui.page import show

ORDER = 5
CHOSEN = "try.exercise"  # address: which exercise is open


def page() -> None:
    st.title("Exercises", anchor=False)
    st.caption(
        "Each says where its data come from, and has a baseline that learns nothing, settings to begin with, and a list of what to do."
    )
    found = {exercise.name: exercise for exercise in exercising.exercises()}
    names, opened = list(found), st.query_params.get(CHOSEN, "")
    at = names.index(opened) if opened in names else 0
    chosen = st.selectbox("Exercise", names, at, format_func=lambda name: found[name].title, key=f"exercise_{opened}")
    if chosen != names[at]:
        st.query_params[CHOSEN] = chosen
        st.rerun()
    exercise = found[chosen]
    st.markdown(exercise.summary)
    left, right = st.columns(2, gap="large")
    with left:
        dataset = exercises.data_set(exercise)
    with right:
        exercises.checklist(exercise)
    if dataset:
        exercises.result_card(exercise, dataset)


show(page)
