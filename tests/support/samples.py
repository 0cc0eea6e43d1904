"""The sample events of `events/`, with the changes that a test needs."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from functions.effects.perform.scheduler import reminder_message
from shared.effects.remind import Remind
from shared.stripe_objects.event import Event, read_event
from shared.values.platform import PLATFORM

type Stripe = Callable[..., Event]
"""A fixture that makes sample events as one endpoint receives them: `sample`, of its account and in its shape."""

EVENTS = Path(__file__).parents[2] / "events"
NAMES = sorted(
    str(path.relative_to(EVENTS).with_suffix("")) for path in EVENTS.rglob("*.json") if path.parent.name != "sqs"
)


def sample(
    name: str,
    *,
    account: str | None = None,
    created: int | None = None,
    event_id: str | None = None,
    previous: Mapping[str, Any] | None = None,
    **changes: object,
) -> Event:
    """`events/<name>.json` with `changes` laid over its object, hash within hash; `previous` replaces what changed."""
    event = json.loads((EVENTS / f"{name}.json").read_text())
    event["data"]["object"] = _laid_over(event["data"]["object"], changes)
    if previous is not None:
        event["data"]["previous_attributes"] = dict(previous)
    event |= {
        field: value
        for field, value in (("account", account), ("created", created), ("id", event_id))
        if value is not None
    }
    return read_event(json.dumps(event))


def signed_by(invoice: Event) -> dict[str, Any]:
    """The field of a mail that names its connected account, as the invoice does; empty for the platform."""
    return {} if invoice.account == PLATFORM else {"business": invoice.object["account_name"]}


def fired(reminder: Remind) -> Event:
    """The message that a schedule sends when its reminder is due."""
    return read_event(json.dumps(reminder_message(reminder, livemode=True)))


def _laid_over(obj: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(obj)
    for key, value in changes.items():
        now = changed.get(key)
        changed[key] = _laid_over(now, value) if isinstance(now, dict) and isinstance(value, dict) else value
    return changed
