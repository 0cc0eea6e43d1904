"""Every sample event goes through ingest as Stripe would post it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.values.platform import PLATFORM
from tests.ingest.support import CONNECT, DIRECT, sign

if TYPE_CHECKING:
    from tests.ingest.support import Ingest

EVENTS = Path(__file__).parents[2] / "events"
SAMPLES = [
    pytest.param(path, id=str(path.relative_to(EVENTS)))
    for path in sorted((*EVENTS.glob("*.json"), *EVENTS.glob("before_basil/*.json")))
    if json.loads(path.read_bytes()).get("object") in ("event", "v2.core.event")
]


@pytest.mark.parametrize("path", SAMPLES)
def test_a_sample_event_is_queued_byte_for_byte_under_its_own_address(ingest: Ingest, path: Path) -> None:
    body = path.read_bytes()
    event = json.loads(body)
    header = sign(body, CONNECT if event.get("account") or event.get("context") else DIRECT)
    assert ingest.post(body, header).status == 200
    (message,) = ingest.sent
    assert message["MessageBody"].encode() == body
    assert message["MessageDeduplicationId"] == event["id"]
    assert message["MessageGroupId"] == (event.get("account") or event.get("context") or PLATFORM)
    assert ingest.attributes()["type"] == event["type"]
