"""Inbox items of the version before the effects worker: outcomes inline, and one lease for the whole event."""

import json
from typing import Any

from functions.consumer.commit.commit import commit
from shared.decisions.decision import Decision
from shared.effects.effect import Effect
from tests.consumer.world import World


def owed_by_older_version(world: World, *effects: Effect, outcomes: tuple[str | None, ...], **changes: object) -> None:
    """Store `evt_1` as that version committed it, owing `effects`; `outcomes` have the order of the outbox."""
    claimed = world.claim()
    commit(world.store, claimed, world.event(), "{}", Decision(then=effects))
    item = world.inbox()
    entries = json.loads(item["outbox"])
    outbox = [
        entry | ({"outcome": outcome} if outcome else {}) for entry, outcome in zip(entries, outcomes, strict=True)
    ]
    since = {"progress", "committed_ms", "unfinished", "effects_owed", "mails_owed"}
    before: dict[str, Any] = {name: value for name, value in item.items() if name not in since}
    key = {"id": {"S": "evt_1"}}
    world.store.client.delete_item(TableName=world.store.inbox, Key=key)
    world.write_inbox(before | {"outbox": json.dumps(outbox), "lease_until": 0} | changes)
