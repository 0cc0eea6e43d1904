"""`billhook export`: mail a customer who has left a new link to the export, after a plan of who gets which mail.

The command never touches the tables. It sends the consumer a signed message, and the consumer decides on the farewell
again. The effects worker then writes the file and sends the mail.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from cli.errors import RefusedError
from cli.operate.confirmed import refuse_unless_confirmed
from cli.operate.customer_plan import Line, ask, plan_for, whom, write
from cli.operate.own_message import decided_on
from cli.operate.plan import Plan
from cli.see.screen import Screen, masked
from cli.where import HERE, Where
from cli.why.deployed import books_of, settings_of
from shared.effects.effect import Effect
from shared.effects.email import Email
from shared.effects.erasure import Export
from shared.effects.observe import Observe
from shared.effects.remind import Remind
from shared.records.organization import Organization
from shared.values.platform import PLATFORM

ASKED = "farewell.asked"


def export(  # noqa: PLR0913 - the options of a command
    customer: str,
    /,
    *,
    account: str = PLATFORM,
    reveal: bool = False,
    plan: Path | None = None,
    yes: bool = False,
    where: Where = HERE,
) -> int:
    """Mail a customer who has left a new link to the export.

    First the plan: who gets which mail. Then the command asks. An address that has changed a short while before gets
    no link, as in the first farewell. For a customer who is still subscribed, print the data: ./billhook customer cus_…
    --raw.

    Args:
        customer: cus_….
        account: the connected account whose customer it is, acct_….
        reveal: show the address whole; a plan in a file never has it.
        plan: write the plan into this file and change nothing; ./billhook apply FILE does it later.
        yes: do not ask.
        where: the stack.
    """
    screen = Screen()
    made, told, asked = planned(where, account, customer, reveal=reveal)
    for line in told:
        screen.say(line)
    if plan:
        return write(made, plan, screen)
    refuse_unless_confirmed("Export?", yes=yes)
    return ask(where, made, asked, screen)


def planned(where: Where, account: str, customer: str, *, reveal: bool = False) -> tuple[Plan, list[Line], Remind]:
    """The plan, its lines for a screen, and the message that carries it out.

    Raises:
        RefusedError: the customer has not left, or gets no link.
        botocore.exceptions.ClientError, BotoCoreError: AWS refused.
    """
    books, missing = books_of(where, settings_of(where))
    about = whom(where, account, customer)
    asked = Remind(type=ASKED, at=int(time.time()), about=customer, account=account, customer=customer)
    effects = decided_on(books, asked).then
    if not any(isinstance(effect, Export) for effect in effects):
        raise RefusedError(_refusal(books.read(Organization, account, customer), effects))
    title = f"{customer} of {account} in {where.name}: this would be written and mailed"
    made = plan_for("export", where, about, [title, *_told(effects, reveal=False)], books.policy.fingerprint)
    told: list[Line] = [title, *_told(effects, reveal=reveal)]
    return made, [*told, (missing, "yellow")] if missing else told, asked


def _told(effects: Sequence[Effect], *, reveal: bool) -> Iterator[str]:
    """Which file would be written, and who would get which mail."""
    yield "  a file with everything that is held about the customer, behind a new link"
    for effect in effects:
        if isinstance(effect, Email):
            to = masked(effect.to, reveal=reveal) if effect.audience == "customer" else "the operator"
            yield f"  1 mail at most: {effect.template} to {to}"
        if isinstance(effect, Observe):
            yield "  the address is unknown: the worker asks Stripe for it, and the mail goes then"


def _refusal(organization: Organization, effects: Sequence[Effect]) -> str:
    by_hand = "print the data and hand it out: ./billhook customer cus_… --raw, and the runbook's Hand out an export"
    if organization.version == 0:
        return f"nothing is held about {organization.subject} of {organization.account}"
    if organization.is_still_subscribed or not effects:
        return f"nothing was changed: {organization.subject} has not left; {by_hand}"
    return f"nothing was changed: links are switched off, or the address is too new for one; {by_hand}"
