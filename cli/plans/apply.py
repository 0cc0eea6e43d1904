"""`billhook plans apply`: after a deployment, have the consumer write each access item again by the new rules.

One signed message a customer goes through the line. An item names the rules that made it, so a second run goes on where
the first has stopped. A message's id follows from customer, rules, item and deployed code, so that a second run repeats
no message that the consumer has handled.
"""

import time
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from cli.bounds import Most
from cli.errors import RefusedError
from cli.operate.audit import Change, audited
from cli.operate.confirmed import refuse_unless_confirmed
from cli.operate.own_message import sender_of
from cli.plans.affected import Affected
from cli.plans.check import refuse_mistakes
from cli.plans.diff import grouped, reader_of, show
from cli.see.screen import Screen, counted
from cli.where import HERE, Where
from shared.tables.attributes import from_item, to_item
from shared.values import keys
from shared.values.platform import PLATFORM

DEPLOYED_WITHIN = 60
"""Seconds for which the command waits until the first message has changed its item."""
EVERY = 100
"""Messages after which the command says how far it is."""


def apply(
    *,
    pace: Annotated[float, Parameter(validator=Number(gt=0, lte=1000))] = 10,
    most: Most = None,
    everyone: bool = False,
    yes: bool = False,
    where: Where = HERE,
) -> None:
    """Write the access items again by the deployed rules.

    Deploy first. The command shows the same as `plans diff`, and asks. Each customer whose item other rules have made
    gets one message through the line. The consumer writes the item again, and announces what has changed. The command
    waits for the first item, so that it stops if this plans.toml is not deployed. Ctrl-C stops it between two
    messages, and a second run goes on.

    Args:
        pace: messages a second, which other events of the account wait for.
        most: send at most so many.
        everyone: read the whole table of books, too, for customers from before the table of access items.
        yes: do not ask.
        where: the stack.
    """
    refuse_mistakes()
    screen, reader = Screen(), reader_of(where)
    found = list(reader.affected(most, everyone=everyone))
    show(screen, *grouped(found))
    if not found:
        return
    lasts = len(found) / pace
    screen.say(f"{counted(len(found), 'message')} into the queue of {where.name}, {pace:g} a second: {lasts:.0f} s")
    refuse_unless_confirmed("Apply?", yes=yes)
    asked = {"policy": reader.policy.access_fingerprint, "most": most, "everyone": everyone}
    with audited(where, Change("plans apply", asked)) as counts:
        _send(screen, where, found, 1 / pace, counts)
    screen.say(f"{counted(counts['sent'], 'message')} sent; `plans diff` names the items that are still to follow")


def _send(screen: Screen, where: Where, found: Iterable[Affected], pause: float, counts: Counter[str]) -> None:
    """Send a message for each customer; `counts` counts them."""
    sender, code = sender_of(where), _deployed_code(where)
    for one in found:
        sender.send_event(message_for(one, code, int(time.time())))
        counts["sent"] += 1
        if counts["sent"] == 1:
            _await_the_first(where, one)
        if counts["sent"] % EVERY == 0:
            screen.say(f"  {counts['sent']} sent")
        time.sleep(pause)


def message_for(one: Affected, code: str, now: int) -> dict[str, Any]:
    """The message about a customer, which epoch seconds `now` date; `code` is the hash of the deployed code."""
    account, customer = keys.split(one.partition)
    id_ = f"plans_{keys.digest(one.partition, one.policy, str(one.version), code)}"
    obj: dict[str, Any] = {"object": "access", "id": id_, "customer": customer, "created": now}
    return {
        "id": id_,
        "object": "event",
        "type": "plans.applied",
        "created": now,
        "account": None if account == PLATFORM else account,
        "data": {"object": obj | {"policy": one.policy, "was": one.was}},
    }


def _deployed_code(where: Where) -> str:
    """The hash of the consumer's deployed code; raises botocore's errors if AWS refuses."""
    asked = {"StackName": where.name, "LogicalResourceId": "ConsumerFunction"}
    name = where.client("cloudformation").describe_stack_resource(**asked)["StackResourceDetail"]["PhysicalResourceId"]
    code: str = where.client("lambda").get_function_configuration(FunctionName=name)["CodeSha256"]
    return code


def _await_the_first(where: Where, one: Affected) -> None:
    """Wait until the item of the first message has its new rules; raises RefusedError if it does not get them."""
    until = time.time() + DEPLOYED_WITHIN
    while not _follows(where, one):
        if time.time() >= until:
            raise RefusedError(
                f"{one.partition} does not follow within {DEPLOYED_WITHIN} s, so nothing more is sent: is this file"
                " deployed (./billhook deploy), and does the line go on (./billhook status)?"
            )
        time.sleep(1)


def _follows(where: Where, one: Affected) -> bool:
    """Whether the item has the new rules, or is erased."""
    key = to_item({"pk": one.partition, "sk": keys.ACCESS})
    asked: Any = {"TableName": f"{where.name}-access", "Key": key, "ConsistentRead": True}
    item = from_item(where.client("dynamodb").get_item(**asked).get("Item", {}))
    return item.get("policy") == one.policy or (one.was is not None and not item)
