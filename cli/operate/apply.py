"""`billhook apply`: carry out a plan that a command wrote with --plan, if all is still as it was."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.errors import RefusedError
from cli.operate import erase, export
from cli.operate.confirmed import is_terminal, refuse_unless_typed
from cli.operate.customer_plan import ask, refuse_if_told_otherwise, whom
from cli.operate.letters import holding_of, letters_in
from cli.operate.plan import Plan, read_plan, refuse_if_changed
from cli.operate.redriving import Asked, carry_out
from cli.operate.replay import holdings, offer, planned
from cli.see.inbox import tables_of
from cli.see.screen import Screen
from cli.where import HERE, Where
from cli.why.deployed import books_of, settings_of


def apply(
    file: Path,
    /,
    *,
    watch: Annotated[bool | None, Parameter(negative="--no-watch")] = None,
    confirm: str = "",
    where: Where = HERE,
) -> int:
    """Carry out a plan that a command wrote with --plan FILE.

    These commands write plans: redrive, replay, export, erase. This command refuses if the file, the code, the stack or
    its policy is another. It also refuses if an event of the plan has moved, or if the customer's records have changed.
    It does not ask, because somebody has read the plan; only for an erasure it asks for the customer's id.

    Args:
        file: the file.
        watch: stop a redrive when moved events fail again; by default if you sit at a terminal.
        confirm: the id of the customer to erase, instead of typing it when asked.
        where: the stack.
    """
    plan, screen = read_plan(file), Screen()
    if confirm and plan.command != "erase":
        raise RefusedError(f"nothing was changed: --confirm is for an erasure, and {file} is a plan of {plan.command}")
    for line in plan.consequence:
        screen.say(line)
    match plan.command:
        case "replay":
            return _replay(plan, where)
        case "redrive":
            return _redrive(plan, where, screen, watched=is_terminal() if watch is None else watch)
        case _:
            return _ask(plan, where, screen, confirm)


def _redrive(plan: Plan, where: Where, screen: Screen, *, watched: bool) -> int:
    given = plan.selection
    asked = Asked(given["queue"], tuple(given["filters"]), given["cause"], given["most"], given["pace"])
    tables, ids = tables_of(where), [item.id for item in plan.items]
    letters = {one.event_id: one for one in letters_in(tables.unfinished(), asked.queue)}
    now = {str(item["id"]): holding_of(item, asked.queue) for item in tables.items(ids)}
    if asked.is_whole:
        now |= {event_id: holding_of(one.item, asked.queue) for event_id, one in letters.items()}
    refuse_if_changed(plan, where, now, _policy(plan, where))
    return carry_out(where, asked, [letters[event_id] for event_id in ids], screen, plan.hash, watched=watched)


def _replay(plan: Plan, where: Where) -> int:
    tables, ids = tables_of(where), [item.id for item in plan.items]
    refuse_if_changed(plan, where, holdings(tables, ids), _policy(plan, where))
    books, _ = books_of(where, settings_of(where))
    going = [planned(tables, books, event_id, plan.selection["of"]) for event_id in ids]
    left_out = next((one for one in going if one.why_not), None)
    if left_out:
        raise RefusedError(f"nothing was changed: {left_out.event_id}: {left_out.why_not}. Make a new plan with --plan")
    offer(where, going, plan.hash)
    return 0


def _ask(plan: Plan, where: Where, screen: Screen, confirm: str) -> int:
    """Carry out a plan about one customer: the consumer gets a message, and decides again."""
    account, customer = plan.selection["account"], plan.selection["customer"]
    if plan.command == "erase":
        refuse_unless_typed(customer, confirm)
    refuse_if_changed(plan, where, {customer: whom(where, account, customer).holding}, _policy(plan, where))
    made, _, asked = (erase if plan.command == "erase" else export).planned(where, account, customer)
    refuse_if_told_otherwise(plan, made)
    return ask(where, plan, asked, screen)


def _policy(plan: Plan, where: Where) -> str:
    return books_of(where, settings_of(where))[0].policy.fingerprint if plan.policy else ""
