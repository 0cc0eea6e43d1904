"""A plan: what a command would change, pinned to the items as they are, so that another hand can apply it later."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cli.errors import RefusedError
from cli.operate.code import code_version
from cli.where import Where

FORMAT = 1
CUSTOMER = "customer"
"""The type of an item that is a customer, and no event."""
NOTHING_HELD = "nothing held"
"""The state of a customer about whom the tables hold nothing."""


@dataclass(frozen=True)
class Item:
    """One event of a plan: its state and fencing token in the inbox, and what is expected of it, in words.

    A customer is an item, too: its state is the newest archived event, its token a hash over all that is held.
    """

    id: str
    type: str
    account: str
    customer: str
    state: str
    token: str
    expected: list[str]


@dataclass(frozen=True)
class Plan:
    """What a command would change.

    Args:
        command: `redrive`, `replay`, `export` or `erase`.
        place: the AWS account, the region and the name of the stack.
        selection: the command's own arguments.
        items: the events, or the customer.
        consequence: what would happen, to whom, and how many mails, in words.
        policy: the fingerprint of the policy that the stack decides with; empty if nothing is decided.
        code: the version of the code that made the plan.
    """

    command: str
    place: str
    selection: Mapping[str, Any]
    items: list[Item]
    consequence: list[str]
    policy: str
    code: str

    @property
    def hash(self) -> str:
        """A hash over everything in the plan."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def write(self, path: Path) -> None:
        """Write the plan as JSON that a person can read. It may replace an older plan, and no other file.

        Raises:
            RefusedError: another file stands there, or the file cannot be written.
        """
        if path.exists() and not _is_plan(path):
            raise RefusedError(f"nothing was changed: {path} exists and is no plan. Name a new file with --plan")
        text = json.dumps({"billhook_plan": FORMAT, **asdict(self), "hash": self.hash}, indent=2, ensure_ascii=False)
        try:
            path.write_text(text + "\n")
        except OSError as error:
            raise RefusedError(f"the plan is not written: {error}") from None


def place_of(where: Where) -> str:
    """The AWS account, the region and the name of a stack: `123456789012 eu-central-1 billhook`."""
    sts = where.client("sts")
    return f"{sts.get_caller_identity()['Account']} {sts.meta.region_name} {where.name}"


def _is_plan(path: Path) -> bool:
    """Whether a file is empty, or a plan, even one of another version or one that somebody has edited."""
    try:
        text = path.read_text()
        return not text or "billhook_plan" in json.loads(text)
    except (OSError, ValueError, TypeError):
        return False


def read_plan(path: Path) -> Plan:
    """The plan in a file.

    Raises:
        RefusedError: there is none, it has been changed, or it is of another form.
    """
    try:
        held = json.loads(path.read_text())
        written = held.pop("hash")
        form = held.pop("billhook_plan")
        plan = Plan(**{**held, "items": [Item(**one) for one in held["items"]]})
    except OSError as error:
        raise RefusedError(f"no plan can be read: {error}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RefusedError(f"nothing was changed: {path} is no plan. A command writes one with --plan") from None
    if form != FORMAT or plan.hash != written:
        raise RefusedError(f"{path} has been changed since the plan was made: nothing was changed. Make a new plan")
    return plan


def refuse_if_changed(plan: Plan, where: Where, now: Mapping[str, tuple[str, str]], policy: str) -> None:
    """Refuse a plan unless all is as it was.

    Args:
        plan: the plan.
        where: the stack that it is about to change.
        now: the present state and token of each selected event, or of the customer, by id.
        policy: the fingerprint of the policy that the stack decides with now; empty if nothing is decided.

    Raises:
        RefusedError: the code, the stack, its policy, an event or the customer is not as the plan says; the text names
            it.
    """
    why = next(_differences(plan, place_of(where), now, policy), None)
    if why:
        raise RefusedError(f"nothing was changed: {why}. Make a new plan with --plan, and read it")


def _differences(plan: Plan, place: str, now: Mapping[str, tuple[str, str]], policy: str) -> Iterator[str]:
    if plan.code != code_version():
        yield f"the plan was made by code {plan.code}, and this checkout is {code_version()}"
    if plan.place != place:
        yield f"the plan is for {plan.place}, and this is {place}"
    if plan.policy != policy:
        yield "the stack decides with another policy than when the plan was made"
    for item in plan.items:
        held = now.get(item.id, ("gone from the inbox", ""))
        if held != (item.state, item.token):
            yield _customer_moved(item, held[0]) if item.type == CUSTOMER else _event_moved(item, held[0])
    for event_id in now.keys() - {item.id for item in plan.items}:
        yield f"{event_id} is new: it would be changed, too, and is not in the plan"


def _event_moved(item: Item, state: str) -> str:
    again = "another attempt has begun" if state == item.state else f"it is {state} now"
    return f"{item.id} has moved: {again}, and was {item.state} when the plan was made"


def _customer_moved(item: Item, newest: str) -> str:
    if newest == NOTHING_HELD:
        return f"nothing is held about {item.id} any more"
    if newest == item.state:
        return f"the records of {item.id} have changed since the plan was made, although no newer event is archived"
    return f"{item.id} has a newer event, {newest}; the newest was {item.state} when the plan was made"


def items_of(
    inbox: Sequence[Mapping[str, Any]], holdings: Sequence[tuple[str, str]], expected: Sequence[list[str]]
) -> list[Item]:
    """The events of a plan, from their inbox items, their states with tokens, and what is expected of each."""
    return [
        Item(
            id=str(item["id"]),
            type=str(item.get("type", "")),
            account=str(item.get("account", "")),
            customer=str(item.get("customer") or ""),
            state=state,
            token=token,
            expected=told,
        )
        for item, (state, token), told in zip(inbox, holdings, expected, strict=True)
    ]
