"""TensorBoard's event files, written and read without TensorFlow.

A file is a row of records (TFRecord: length, masked CRC-32C of it, data, masked CRC-32C of that), each an `Event` in protocol buffers.
Only the few fields that scalars and hyper-parameters need are known here; tests hold them against TensorBoard's own reader and writer.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

VERSION = "brain.Event:2"
SESSION_START, SESSION_END = "_hparams_/session_start_info", "_hparams_/session_end_info"
EXPERIMENT = "_hparams_/experiment"
_FLOAT, _DOUBLE = 1, 2  # TensorFlow's numbers for types of values


@dataclass(frozen=True)
class Scalar:
    """One value of the curve `tag`. step: an optimizer step or an epoch, as its writer counted. time: seconds since 1970."""

    tag: str
    step: int
    value: float
    time: float


# Writing.
def first(time: float) -> bytes:
    """The record that every file begins with."""
    return record(_double(1, time) + _text(3, VERSION))


def scalar(one: Scalar) -> bytes:
    """A record with one value."""
    value = _text(1, one.tag) + _tag(2, 5) + struct.pack("<f", one.value)
    return record(_double(1, one.time) + _number(2, one.step) + _message(5, _message(1, value)))


def hyper_parameters(time: float, settings: Mapping[str, str | float | bool], name: str, metrics: list[tuple[str, str]]) -> bytes:
    """Records that TensorBoard's HParams tab reads: the settings, what the session is called, and its metrics as (folder, tag)."""
    infos = [_message(4, _text(1, key) + _number(4, _type(value))) for key, value in settings.items()]
    infos += [_message(5, _message(1, _text(1, group) + _text(2, tag)) + _text(3, f"{group} {tag}")) for group, tag in metrics]
    start = b"".join(_message(1, _text(1, key) + _message(2, _value(value))) for key, value in settings.items())
    start += _text(4, name) + _double(5, time)
    return _plugin(time, EXPERIMENT, _message(2, b"".join(infos))) + _plugin(time, SESSION_START, _message(3, start))


def session_end(time: float, succeeded: bool) -> bytes:
    """The record that says how the session ended."""
    return _plugin(time, SESSION_END, _message(4, _number(1, 1 if succeeded else 2) + _double(2, time)))


def record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc(length)) + data + struct.pack("<I", masked_crc(data))


def masked_crc(data: bytes) -> int:
    """CRC-32C (Castagnoli), rotated and shifted as TFRecord wants it."""
    table, found = _table(), 0xFFFFFFFF
    for byte in data:
        found = table[(found ^ byte) & 0xFF] ^ (found >> 8)
    found ^= 0xFFFFFFFF
    return (((found >> 15) | (found << 17)) + 0xA282EAD8) & 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        found.append(byte)
    return tuple(found)


def _plugin(time: float, tag: str, body: bytes) -> bytes:
    # The value itself is an empty tensor: all that matters lies in its metadata.
    plugin = _message(1, _text(1, "hparams") + _message(2, _number(1, 0) + body))
    value = _text(1, tag) + _message(9, plugin) + _message(8, _number(1, _FLOAT) + _message(2, b""))
    return record(_double(1, time) + _number(2, 0) + _message(5, _message(1, value)))


def _type(value: str | float | bool) -> int:
    return 2 if isinstance(value, bool) else 3 if isinstance(value, (int, float)) else 1


def _value(value: str | float | bool) -> bytes:
    if isinstance(value, bool):
        return _number(4, int(value))
    return _double(2, float(value)) if isinstance(value, (int, float)) else _text(3, value)


def _varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _tag(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _number(field: int, number: int) -> bytes:
    return _tag(field, 0) + _varint(number)


def _double(field: int, number: float) -> bytes:
    return _tag(field, 1) + struct.pack("<d", number)


def _message(field: int, data: bytes) -> bytes:
    return _tag(field, 2) + _varint(len(data)) + data


def _text(field: int, words: str) -> bytes:
    return _message(field, words.encode())


# Reading.
def scalars(data: bytes) -> Iterator[Scalar]:
    """All scalars in the bytes of an event file; what else is in it is passed over. ValueError where it is no such file.

    A file that was cut off in the middle of a record, as by a writer that was killed, ends before it.
    """
    for event in _records(data):
        try:
            yield from _of_event(event)
        except (TypeError, AttributeError, struct.error):  # a field of another kind than TensorBoard's
            raise ValueError("a record in it is damaged") from None


def _of_event(event: bytes) -> list[Scalar]:
    step, time, summary = 0, 0.0, b""
    for field, value in _fields(event):
        if field == 1:
            time = float(value)
        elif field == 2:
            step = int(value)
        elif field == 5:
            summary = value
    found = [_scalar(one) for _, one in _fields(summary)]
    return [Scalar(tag, step, value, time) for tag, value in found if value is not None]


def _records(data: bytes) -> Iterator[bytes]:
    place = 0
    while place + 12 <= len(data):
        head = data[place : place + 8]
        (length,), (check,) = struct.unpack("<Q", head), struct.unpack("<I", data[place + 8 : place + 12])
        if masked_crc(head) != check:
            raise ValueError("it is no TensorBoard event file")
        place += 12
        if place + length + 4 > len(data):
            return
        yield data[place : place + length]
        place += length + 4
    if not place:
        raise ValueError("it is no TensorBoard event file")


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """(field number, its value): whole numbers, doubles and floats as numbers, all else as bytes."""
    place = 0
    while place < len(data):
        key, place = _read_varint(data, place)
        value: Any
        match key & 7:
            case 0:
                value, place = _read_varint(data, place)
                value -= (value >> 63) << 64
            case 1:
                (value,), place = struct.unpack_from("<d", data, place), place + 8
            case 2:
                length, place = _read_varint(data, place)
                value, place = data[place : place + length], place + length
            case 5:
                (value,), place = struct.unpack_from("<f", data, place), place + 4
            case kind:
                raise ValueError(f"its records hold a field of kind {kind}, which is none")
        yield key >> 3, value


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        if place >= len(data) or shift > 63:
            raise ValueError("a record in it is cut short")
        byte = data[place]
        found |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return found, place


def _scalar(data: bytes) -> tuple[str, float | None]:
    """The tag and number of a summary's value, None where it is a picture, a histogram or text."""
    tag, found = "", None
    for field, value in _fields(data):
        if field == 1:
            tag = value.decode(errors="replace")
        elif field == 2 and isinstance(value, float):
            found = value
        elif field == 8 and found is None:
            found = _tensor(value)
    return tag, found


def _tensor(data: bytes) -> float | None:
    """The number in a tensor that holds one."""
    kind, raw, listed = 0, b"", None
    for field, value in _fields(data):
        if field == 1:
            kind = value
        elif field == 4:
            raw = value
        elif field in (5, 6):
            packed = isinstance(value, bytes)
            form = "<f" if field == 5 else "<d"
            listed = value if not packed else struct.unpack(form, value)[0] if len(value) == struct.calcsize(form) else None
        elif field == 2 and value and any(number == 2 for number, _ in _fields(value)):
            return None  # it has axes: no scalar
    form = {_FLOAT: "<f", _DOUBLE: "<d"}.get(kind, "")
    if form and len(raw) == struct.calcsize(form):
        return float(struct.unpack(form, raw)[0])
    return float(listed) if form and listed is not None else None
