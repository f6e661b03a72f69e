"""The map of the course: what lies in the menu, group by group, each page with a sentence."""

from __future__ import annotations

import streamlit as st

from dlcore.ui import navigation


def overview() -> None:
    """All pages but the home page, in the order of the menu."""
    leaves = navigation.leaves(navigation.PAGES)
    st.subheader("What is here", anchor=False)
    for group, title in navigation.GROUPS.items():
        inside = [leaf for leaf in leaves if leaf.group == group]
        if inside:
            with st.container(border=True, gap="xsmall", key=f"group_{group}"):
                st.markdown(f"**{title}**")
                for leaf in inside:
                    _page(leaf)


def _page(leaf: navigation.Leaf) -> None:
    summary = leaf.summary[:1].upper() + leaf.summary[1:]
    st.page_link(navigation.page(leaf.path.stem), label=f"**{leaf.title}** {summary}".strip())
