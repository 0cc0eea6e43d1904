"""`billhook plans check`: the mistakes in plans.toml, and what does not fit the prices at Stripe."""

from collections.abc import Iterator

from stripe import StripeError

from cli.doctor.doctor import stored_key
from cli.doctor.of_stripe import client_of, key_at_hand
from cli.errors import RefusedError
from cli.plans.at_stripe import compared, prices_at
from cli.plans.mistakes import Found, mistakes_in
from cli.see.screen import counted
from cli.where import HERE, Where
from shared.policy.plans_file import parse_plans, text_of
from shared.runtime.business import PLANS


def check(*, offline: bool = False, where: Where = HERE) -> int:
    """Check plans.toml, by itself and beside Stripe's prices.

    The key in STRIPE_API_KEY, else the one that the stack stores, lists the prices at Stripe; it must be allowed to
    read Prices and Products. Nothing is changed. The exit code is 1 after a mistake; a note may be meant.

    Args:
        offline: do not ask Stripe.
        where: the stack whose stored key lists the prices; needless with STRIPE_API_KEY.
    """
    text = _text()
    found = list(mistakes_in(text))
    wrong = any(one.level == "mistake" for one in found)
    key = "" if wrong or offline else key_at_hand(stored_key(where) if where.stack else "")
    if key:
        found += _at_stripe(key, text)
    for one in found:
        print(one)
    how = "" if offline or wrong else ": set STRIPE_API_KEY, or name --stack"
    wrongs = sum(one.level == "mistake" for one in found)
    counts = f"{counted(wrongs, 'mistake')}, {counted(len(found) - wrongs, 'note')}"
    print(f"{counts} in {PLANS}" + ("" if key else f"; Stripe was not asked{how}"))
    return int(wrongs > 0)


def refuse_mistakes() -> None:
    """Raises RefusedError if plans.toml has a mistake; the text has the line and the reason of each."""
    wrong = [one for one in mistakes_in(_text()) if one.level == "mistake"]
    if wrong:
        raise RefusedError("plans.toml has mistakes, so nothing was done:\n" + "\n".join(map(str, wrong)))


def _text() -> str:
    return text_of(PLANS)


def _at_stripe(key: str, text: str) -> Iterator[Found]:
    try:
        yield from compared(parse_plans(text), text, prices_at(client_of(key)))
    except StripeError as error:
        why = f"Stripe does not list the prices ({error.http_status or 'no answer'})"
        raise RefusedError(f"{why}: the key must be allowed to read Prices and Products; or add --offline") from None
