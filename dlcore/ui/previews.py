"""Pictures that follow a slider while it moves: the drawing itself asks the server, `/api/pictures/{picture}?try.rate=0.1`.

Streamlit tells a page of a slider when it is let go, and its browser then draws every element twice; a picture that waits for this lags
behind the hand. So a page leaves here what answers its controls, for as long as its session lives, and its drawing asks for the values
at which the sliders stand. What a page itself draws for them is the same answer, worked out once.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import OrderedDict
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dlcore.errors import Invalid
from dlcore.fields import Value
from dlcore.ui import drawing, number_row, tries

KEPT = 4  # answers of a try
OPEN = 3  # tries of a session: that of the first screen, those of tabs
AT_ONCE = 2  # pictures worked out at a time: more would only slow each other down


class Answers:
    """What one try answers on one person's page, worked out once however many ask for the same values. picture: its name for the route."""

    def __init__(self, part: tries.Try, look: tries.Look) -> None:
        self.part, self.look, self.picture = part, look, secrets.token_urlsafe(12)
        self._kept: OrderedDict[tuple[tuple[str, Value], ...], tries.Answer] = OrderedDict()
        self._lock = threading.Lock()
        _known[self.picture] = self

    def at(self, values: tries.Values) -> tries.Answer:
        """The answer for these values; `Invalid` where the part refuses them."""
        key = tuple(values.items())
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self.part.answer(values, self.look)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


_known: WeakValueDictionary[str, Answers] = WeakValueDictionary()
_room = asyncio.Semaphore(AT_ONCE)


def answers(name: str, part: tries.Try, look: tries.Look) -> Answers:
    """Those of the try that this session's page draws under `name`: the former ones, unless the page has become another."""
    known: dict[str, Answers] = st.session_state.setdefault("answers", {})
    found = known.pop(name, None)
    if found is None or found.part is not part or found.look != look:
        found = Answers(part, look)
    known[name] = found
    for oldest in list(known)[:-OPEN]:
        del known[oldest]
    return found


def pieces(answer: tries.Answer) -> dict[str, str]:
    """What of an answer a drawing puts in place by itself, as HTML."""
    return {
        "html": drawing.content(answer.figure),
        "below": drawing.content(answer.below) if answer.below else "",
        "numbers": numbers(answer),
    }


def numbers(answer: tries.Answer) -> str:
    """A caption over a bold number each, in rows that wrap, as HTML: st.metric cuts its words in a narrow column."""
    return number_row.small(answer.numbers)


async def preview(request: Request) -> Response:
    """The picture's pieces for the values in the query, as JSON. Nothing where its page is closed or refuses the values: that page says why
    as soon as it is told of them, and a browser would take a status of 400 and more for a fault of the page."""
    found = _known.get(request.path_params["picture"])
    values, errors = tries.read(found.part.fields if found else (), request.query_params)
    if found is None or errors:
        return Response(status_code=204)
    try:
        async with _room:
            answer: Any = await asyncio.to_thread(found.at, values)
    except Invalid:
        return Response(status_code=204)
    return JSONResponse(pieces(answer), headers={"Cache-Control": "no-store"})
