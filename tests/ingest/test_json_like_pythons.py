"""Ingest accepts the same JSON as Python's json, except NaN and the infinities, in any surroundings."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ingest.support import PAYMENT_FAILED, Ingest, to_bytes

EVENT = to_bytes(PAYMENT_FAILED)
AROUND = st.lists(
    st.sampled_from(" \t\n\r\v\f\0,{}[]/") | st.sampled_from(["\x85", "\u00a0", "\u2028", "\ufeff", "null", "//"]),
    max_size=3,
).map(lambda pieces: "".join(pieces).encode())


def python_takes(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body.decode()), dict)
    except ValueError:
        return False


@example(b" \t\n\r", b"\r\n\t ")
@example(b"\xff", b"")
@example(b"", b"\xff")
@settings(deadline=None)
@given(AROUND, AROUND)
def test_ingest_takes_an_event_with_something_around_it_as_python_does(before: bytes, after: bytes) -> None:
    body = before + EVENT + after
    assert (Ingest().post(body).status == 200) == python_takes(body)


@settings(deadline=None)
@given(st.integers(0, len(EVENT) - 1), st.binary(max_size=2))
def test_ingest_takes_an_event_with_something_changed_in_it_as_python_does(at: int, instead: bytes) -> None:
    body = EVENT[:at] + instead + EVENT[at + 1 :]
    reason = Ingest().post(body).body.get("error", "")
    assert ("not a JSON object" in reason or "not JSON" in reason or "follows" in reason) != python_takes(body)
