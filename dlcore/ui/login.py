"""Who may enter: with `[auth]` in .streamlit/secrets.toml everybody logs in first, pages and downloads alike; without it nobody has to.

`people` in `[lab]` of the same file limits who may: addresses of e-mail, where "*@school.example" means all of that school.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from fnmatch import fnmatchcase
from functools import wraps
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from streamlit.runtime.secrets import secrets_singleton

COOKIE = "_streamlit_user"  # signed by Streamlit with the secret `cookie_secret`
Endpoint = Callable[[Request], Awaitable[Response]]


def is_required() -> bool:
    """Whether this server has been given what a login needs."""
    return bool(_section("auth"))


def enter() -> bool:
    """Whether this page may be drawn. If not, what to do is drawn in its place."""
    if not is_required():
        return True
    user = dict(st.user)
    if user.get("is_logged_in") and is_known(user):
        return True
    st.title("dlcore", anchor=False)
    if user.get("is_logged_in"):
        st.markdown(f"You are logged in as {user.get('email', 'somebody')}, who may not enter here. Ask whoever runs this lab to add you.")
        st.button("Log out", on_click=st.logout)
    else:
        st.markdown("A deep-learning lab. Log in to see it.")
        st.button("Log in", type="primary", icon=":material/login:", on_click=st.login)
    return False


def name() -> str:
    """The e-mail address of the person on this page, "" where nobody logs in."""
    return str(dict(st.user).get("email") or "") if is_required() else ""


def is_known(user: Mapping[str, Any]) -> bool:
    """Whether the person is among those who may enter; all are where no list is given."""
    people = _section("lab").get("people") or []
    mail = str(user.get("email") or "").lower()
    return not people or any(fnmatchcase(mail, str(one).lower()) for one in people)


def guarded(endpoint: Endpoint) -> Endpoint:
    """A route that only answers people who have logged in, where that is required: Streamlit guards its pages, not our routes."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        if is_required() and not is_known_request(request):
            return PlainTextResponse("Log in on the lab's page first, then follow this link again.", status_code=401)
        return await endpoint(request)

    return answer


def is_known_request(request: Request) -> bool:
    """Whether the request carries the cookie of a person who has logged in and may enter."""
    from streamlit.auth_util import get_cookie_with_chunks
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

    def read(cookie: str) -> bytes | None:
        value = request.cookies.get(cookie)
        return None if value is None else decode_signed_value(get_cookie_secret(), cookie, value.encode("latin-1"))

    signed = get_cookie_with_chunks(read, COOKIE)
    try:
        user = json.loads(signed or b"{}")
    except ValueError:
        return False
    return isinstance(user, dict) and bool(user.get("is_logged_in")) and is_known(user)


def _section(name: str) -> Mapping[str, Any]:
    if not secrets_singleton.load_if_toml_exists():
        return {}
    found = secrets_singleton.get(name)
    return found if isinstance(found, Mapping) else {}
