"""Whose runs these are: a cookie tells one browser from another, so that the queue is fair to a class that shares one server."""

from __future__ import annotations

import secrets
from http.cookies import SimpleCookie
from typing import Any

import streamlit as st

from dlcore.ui import login

COOKIE = "dlcore_browser"
YEAR = 365 * 24 * 3600


def owner() -> str:
    """The owner of runs started on this page: who has logged in, else a name for this browser, else "browser"."""
    if person := login.name():
        return person
    name = st.context.cookies.get(COOKIE, "")
    return f"browser-{name}" if isinstance(name, str) and name.isalnum() and len(name) <= 32 else "browser"


class NameBrowsers:
    """ASGI middleware: gives each browser that has no name yet a random one, as a cookie that no script can read."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or COOKIE in _cookies(scope):
            await self.app(scope, receive, send)
            return
        cookie = f"{COOKIE}={secrets.token_hex(6)}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax"

        async def named(message: Any) -> None:
            # Pages only: were scripts and styles to set it as well, the last of many answers would win.
            if message["type"] == "http.response.start" and _is_page(message["headers"]):
                message = {**message, "headers": [*message["headers"], (b"set-cookie", cookie.encode())]}
            await send(message)

        await self.app(scope, receive, named)


def _cookies(scope: Any) -> SimpleCookie:
    return SimpleCookie("; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"))


def _is_page(headers: Any) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)
