"""The lab's app: `streamlit run app.py`, or `uvicorn app:app` for a class.

The server finds an ASGI app here (start-up work, download routes); run as an ordinary script it shows the same pages.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    from starlette.middleware import Middleware

    from dlcore.ui.browser import NameBrowsers
    from dlcore.ui.routes import ROUTES
    from dlcore.ui.startup import lifespan, say

    app = st.App(
        Path(__file__).parent / "dlcore" / "ui" / "main.py",
        lifespan=lifespan,
        routes=ROUTES,
        middleware=[Middleware(NameBrowsers)],
        on_script_error=say,
    )
else:
    from dlcore.ui.navigation import show_pages

    show_pages()
