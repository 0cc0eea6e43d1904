"""`billhook send`: sign a sample event now, and post it to the running local cloud or to any URL.

The environment variable SIGNING_SECRET holds the secret of the URL; without it, the running local cloud's signs.
"""

import json
import os
import time
import urllib.error
from http.client import HTTPException
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from cli.errors import RefusedError
from cli.local.running import client, running
from cli.samples import samples
from shared.inbox.lanes import LANES
from shared.inbox.outbox import load, progress_of
from shared.tables.attributes import from_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

LONGEST_WAIT = 15
"""Seconds to wait until an event is done."""


def send(
    event: str,
    /,
    *,
    event_id: Annotated[str | None, Parameter(name="--id")] = None,
    account: str | None = None,
    url: str | None = None,
) -> int:
    """Sign a sample event and post it.

    It goes to the running local cloud, or with --url to any other URL, signed with the environment variable
    SIGNING_SECRET. After a 503 it is sent again, as Stripe does.

    Args:
        event: a file in events/, without .json.
        event_id: the event's id, to repeat an event; a new one by default.
        account: the connected account of the event; none by default.
        url: the webhook URL; the running local cloud's by default.
    """
    try:
        theirs = os.environ.get("SIGNING_SECRET", "") if url else ""
        made = samples.fresh(event, int(time.time()), event_id, account)
        where = url or running()["webhook_url"]
        secret = theirs or running()["secret"]
        body = samples.encode(made)
        answer = samples.deliver(where, body, lambda: samples.signature(body, secret, int(time.time())), print)
    except urllib.error.URLError as error:
        raise RefusedError(f"not sent: {where} does not answer ({error.reason})") from None
    except (
        ValueError,
        HTTPException,
    ) as error:  # from urllib, or an answer that is no JSON
        raise RefusedError(f"not sent: {where} is no URL of a webhook: it begins with https:// ({error})") from None
    except (RefusedError, LookupError) as error:
        raise RefusedError(f"not sent: {error}") from None
    print(f"{made['type']}  {made['id']}  ->  {answer.status} {json.dumps(answer.body)}")
    if answer.status != 200:  # noqa: PLR2004 - HTTP's
        return 1
    if not theirs:
        print(_what_came_of_it(made["id"]))
    return 0


def _what_came_of_it(event_id: str) -> str:
    """The event's final state in the running cloud's inbox, with its error, reason or effects."""
    dynamodb: DynamoDBClient = client("dynamodb")
    deadline, item = time.monotonic() + LONGEST_WAIT, dict[str, Any]()
    while time.monotonic() < deadline:
        found = dynamodb.get_item(TableName=running()["inbox_table"], Key={"id": {"S": event_id}}).get("Item", {})
        item = from_item(found)
        if item.get("state") in {"done", "ignored", "failed"}:
            outbox = load(item.get("outbox", "[]"))
            progress = progress_of(item, outbox)
            performed = ", ".join(f"{owed.kind} {progress[place].outcome}" for place, owed in enumerate(outbox))
            return f"{item['state']}: {item.get('error') or item.get('reason') or performed or 'nothing to perform'}"
        time.sleep(0.05)
    return f"not finished after {LONGEST_WAIT} s: {_why_not_yet(item, int(time.time()))}"


def _why_not_yet(item: dict[str, Any], now: int) -> str:
    """Why an event is not finished, from its inbox item."""
    if not item:
        return "it is still in the queue, behind earlier events of its account; `./billhook status` says which"
    if item["state"] == "committed":
        owed = " and ".join(lane for lane in LANES if f"{lane}_owed" in item)
        return f"it is decided, and its {owed} are still owed; `./billhook show {item['id']}` says why"
    if "error" not in item:
        return "the consumer tries it now"
    again = max(0, item.get("next_at", now) - now)
    return f"attempt {item['attempts']} failed with {item['error']}, and the next is in {again} s"
