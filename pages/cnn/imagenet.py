"""ImageNet: a net trained on a million photographs names pictures of your own."""

import streamlit as st

from dlcore.ui import pretrained_panel
from dlcore.ui.page import show

ORDER = 9


def page() -> None:
    st.title("ImageNet on your own pictures", anchor=False)
    st.caption("Nets that others trained on 1.28 million photographs of 1,000 kinds of things. Russakovsky et al., 2015.")
    pretrained_panel.panel()


show(page)
