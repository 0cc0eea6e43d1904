"""The plan of a command about one customer: pinned to all that is held about the customer, and done by one message."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.errors import RefusedError
from cli.operate.audit import Change, audited
from cli.operate.code import code_version
from cli.operate.own_message import sender_of
from cli.operate.plan import CUSTOMER, NOTHING_HELD, Item, Plan, place_of
from cli.see.screen import Screen
from cli.where import Where
from functions.effects.perform.exporter import everything_about
from shared.effects.remind import Remind
from shared.tables.store import Store
from shared.values import keys

type Line = str | tuple[str, str]
"""A line of a plan, plain or with a style."""


@dataclass(frozen=True)
class Whom:
    """A customer, and everything that the books and the access table hold about it, as an export reads it."""

    account: str
    customer: str
    items: list[dict[str, Any]]

    @property
    def own(self) -> list[dict[str, Any]]:
        """The items of the customer's own partition of the books, by sort key."""
        partition = keys.partition(self.account, self.customer)
        return [one for one in self.items if one["pk"] == partition and one["sk"] != keys.ACCESS]

    @property
    def holding(self) -> tuple[str, str]:
        """The newest archived event with its type, and a hash over all items: a plan is pinned to both."""
        if not self.items:
            return NOTHING_HELD, ""
        events = [one for one in self.items if "payload" in one]
        newest = max(events, key=lambda one: (one.get("saved_ms", 0), one["sk"]), default=None)
        hashed = hashlib.sha256()
        for item in sorted(self.items, key=lambda one: (one["pk"], one["sk"])):
            hashed.update(json.dumps(item, sort_keys=True, default=bytes.hex).encode())
        state = f"{newest['sk'].split('#')[2]} ({newest['type']})" if newest else "none"
        return state, hashed.hexdigest()[:32]


def whom(where: Where, account: str, customer: str) -> Whom:
    """A customer with all that is held; raises botocore's errors if DynamoDB refuses."""
    tables = "", f"{where.name}-books", "", f"{where.name}-access"
    store = Store(where.client("dynamodb"), *tables, retention_days=0, lease=0, clock=time.time, token=_no_token)
    return Whom(account, customer, list(everything_about(store, keys.partition(account, customer))))


def plan_for(command: str, where: Where, about: Whom, told: Sequence[Line], policy: str) -> Plan:
    """The plan of a command about a customer; `told` says what would happen, without a name or an address."""
    state, token = about.holding
    item = Item(about.customer, CUSTOMER, about.account, about.customer, state, token, [])
    selection = {"customer": about.customer, "account": about.account}
    consequence = [line if isinstance(line, str) else line[0] for line in told]
    return Plan(command, place_of(where), selection, [item], consequence, policy, code_version())


def write(plan: Plan, path: Path, screen: Screen) -> int:
    """Write a plan into a file and say how to apply it; returns the exit code, and raises as `Plan.write`."""
    plan.write(path)
    screen.say(f"nothing was changed; the plan is in {path}: ./billhook apply {path}")
    return 0


def refuse_if_told_otherwise(plan: Plan, now: Plan) -> None:
    """Refuse a plan if the passing of time alone, such as an end of a grant, has made one of its lines untrue.

    Raises:
        RefusedError: a plan that is made now reads otherwise; the text names the first line.
    """
    gone = [line for line in plan.consequence if line not in now.consequence]
    new = [line for line in now.consequence if line not in plan.consequence]
    for line, said in [(one, "is not so any more") for one in gone] + [(one, "is new") for one in new]:
        raise RefusedError(f"nothing was changed: “{line.strip()}” {said}. Make a new plan with --plan, and read it")


def ask(where: Where, plan: Plan, asked: Remind, screen: Screen) -> int:
    """Send the consumer the message that carries out a plan, with an entry in the audit log; returns the exit code.

    Raises:
        RefusedError: the audit log cannot be written, so nothing was changed.
        botocore.exceptions.ClientError, BotoCoreError: AWS refused, and nothing was sent.
    """
    with audited(where, Change(plan.command, plan.selection, plan.hash)) as outcome:
        sender_of(where).send(asked)
        outcome["asked"] += 1
    screen.say(f"asked; ./billhook show {asked.name} tells how far it is")
    return 0


def _no_token(_purpose: str, _partition: str) -> str:
    """An empty token: only tombstones need tokens, and they are not read."""
    return ""
