"""The lab's own components, made known to the running server. Streamlit finds components in installed packages; these lie in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

ASSETS = Path(__file__).parent / "assets"
NAMES = ("curves", "picture", "drawing", "copy_link", "run_table", "sketch", "altair", "theme")
# One server runs in a process; a test may start another one after it.
_known: list[tuple[BidiComponentManager, dict[str, Any]]] = []


def component(name: str) -> Any:
    """The mounting command of assets/<name>.js with its .css."""
    manager = get_bidi_component_manager()
    if not _known or _known[0][0] is not manager:
        manifest = ComponentManifest("dlcore", "1", [ComponentConfig(own, ASSETS.name) for own in NAMES])
        manager.register_from_manifest(manifest, ASSETS.parent)
        mounts = {own: st.components.v2.component(f"dlcore.{own}", js=f"{own}.js", css=f"{own}.css") for own in NAMES}
        _known[:] = [(manager, mounts)]
    return _known[0][1][name]
