"""Every sample event, in both shapes of Stripe's API and on both kinds of account, is sent to the URL and done."""

import pytest

from cli.local.stack import Stack
from cli.samples import samples
from functions.consumer.routes import ROUTES
from shared.messages.internal_types import is_internal

pytestmark = pytest.mark.cloud


@pytest.mark.parametrize("connected", [False, True], ids=["platform", "connected"])
def test_every_routed_event_is_done(stack: Stack, account: str, *, connected: bool) -> None:
    sent = []
    for name in samples.names():
        event = samples.fresh(name, stack.now(), account=account if connected else None)
        if event["type"] in ROUTES:
            assert stack.send(event).status == 200, name
            sent.append((name, event["id"]))

    ended = {name: stack.settled(event_id, seconds=60) for name, event_id in sent}

    assert {name: item.get("error") for name, item in ended.items() if item["state"] != "done"} == {}
    assert {samples.sample(name)["type"] for name in ended} == {type_ for type_ in ROUTES if not is_internal(type_)}
