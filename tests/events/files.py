"""The sample events by name, in both shapes, and the marks that run a test on each."""

import json
from pathlib import Path

import pytest

from tests.events.declared import Json

FOLDER = Path(__file__).parents[2] / "events"
EVENTS = {path.stem: json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}
BEFORE_BASIL = {path.stem: json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("before_basil/*.json"))}
PATHS = sorted((*FOLDER.glob("*.json"), *FOLDER.glob("before_basil/*.json")))

each_file = pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(FOLDER)))
each_event = pytest.mark.parametrize(("name", "event"), EVENTS.items(), ids=EVENTS)


def of(event: Json) -> Json:
    found: Json = event["data"]["object"]
    return found
