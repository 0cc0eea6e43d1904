"""`billhook apply`: carry out a plan that `redrive` or `replay` wrote, if all is still as it was."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.errors import RefusedError
from cli.operate.confirmed import is_terminal
from cli.operate.letters import holding_of, letters_in
from cli.operate.plan import Plan, read_plan, refuse_if_changed
from cli.operate.redriving import Asked, carry_out
from cli.operate.replay import holdings, offer, planned
from cli.see.inbox import tables_of
from cli.see.screen import Screen
from cli.where import HERE, Where
from cli.why.deployed import books_of, settings_of


def apply(
    file: Path, /, *, watch: Annotated[bool | None, Parameter(negative="--no-watch")] = None, where: Where = HERE
) -> int:
    """Carry out a plan that redrive or replay wrote into a file.

    The command refuses if the file, the code, the stack or its policy is another, or if an event of the plan has moved.
    It does not ask, because somebody has read the plan.

    Args:
        file: the file.
        watch: stop a redrive when moved events fail again; by default if you sit at a terminal.
        where: the stack.
    """
    plan, screen = read_plan(file), Screen()
    for line in plan.consequence:
        screen.say(line)
    if plan.command == "replay":
        return _replay(plan, where)
    return _redrive(plan, where, screen, watched=is_terminal() if watch is None else watch)


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


def _policy(plan: Plan, where: Where) -> str:
    return books_of(where, settings_of(where))[0].policy.fingerprint if plan.policy else ""
