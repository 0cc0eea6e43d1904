"""`billhook export`: mail a customer who has left a new link to the export, after a plan of who gets which mail.

The command never touches the tables. It sends the consumer a signed message, and the consumer decides on the farewell
again. The effects worker then writes the file and sends the mail.
"""

import time
from collections.abc import Iterator, Sequence

from cli.errors import RefusedError
from cli.operate.audit import Change, audited
from cli.operate.confirmed import refuse_unless_confirmed
from cli.operate.own_message import decided_on, sender_of
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


def export(
    customer: str, /, *, account: str = PLATFORM, reveal: bool = False, yes: bool = False, where: Where = HERE
) -> int:
    """Mail a customer who has left a new link to the export.

    First the plan: who gets which mail. Then the command asks. An address that has changed a short while before gets
    no link, as in the first farewell. For a customer who is still subscribed, print the data: ./billhook customer cus_…
    --raw.

    Args:
        customer: cus_….
        account: the connected account whose customer it is, acct_….
        reveal: show the address whole.
        yes: do not ask.
        where: the stack.
    """
    screen, now = Screen(), int(time.time())
    books, missing = books_of(where, settings_of(where))
    asked = Remind(type=ASKED, at=now, about=customer, account=account, customer=customer)
    effects = decided_on(books, asked).then
    if not any(isinstance(effect, Export) for effect in effects):
        raise RefusedError(_refusal(books.read(Organization, account, customer), effects))
    for line in _plan(effects, reveal=reveal):
        screen.say(line)
    if missing:
        screen.say((missing, "yellow"))
    refuse_unless_confirmed("Export?", yes=yes)
    with audited(where, Change("export", {"customer": customer, "account": account})) as outcome:
        sender_of(where).send(asked)
        outcome["asked"] += 1
    screen.say(f"asked; ./billhook show {asked.name} tells how far it is")
    return 0


def _plan(effects: Sequence[Effect], *, reveal: bool) -> Iterator[str]:
    """Which file would be written, and who would get which mail."""
    yield "a file with everything that is held about the customer, behind a new link"
    for effect in effects:
        if isinstance(effect, Email):
            to = masked(effect.to, reveal=reveal) if effect.audience == "customer" else "the operator"
            yield f"1 mail at most: {effect.template} to {to}"
        if isinstance(effect, Observe):
            yield "the address is unknown: the worker asks Stripe for it, and the mail goes then"


def _refusal(organization: Organization, effects: Sequence[Effect]) -> str:
    by_hand = "print the data and hand it out: ./billhook customer cus_… --raw, and the runbook's Hand out an export"
    if organization.version == 0:
        return f"nothing is held about {organization.subject} of {organization.account}"
    if organization.is_still_subscribed or not effects:
        return f"nothing was changed: {organization.subject} has not left; {by_hand}"
    return f"nothing was changed: links are switched off, or the address is too new for one; {by_hand}"
