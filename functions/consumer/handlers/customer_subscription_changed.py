"""customer.subscription.created, .updated and between: what it gives is derived from the subscription as it is."""

from shared import keys
from shared.books import Books
from shared.decision import Decision
from shared.effects import DAY, HOUR, Effect, Remind
from shared.event import Event
from shared.mailing import mail_to, tell_operator
from shared.records import Organization
from shared.stripe_objects import Subscription, read

WELCOME_WITHIN = 72 * HOUR
TRIAL_REMINDER = 7 * DAY
SHORT_TRIAL = 8 * DAY
"""Under this a reminder seven days ahead would come with the welcome; Stripe's own notice, three days ahead, serves."""


def handle(event: Event, books: Books) -> Decision:
    """The organization, made if this is the first that is heard of it, and a mail for each change worth one."""
    subscription = read(Subscription, event.object)
    before = books.organization(event.account, subscription.customer)
    after = before.with_subscription(subscription, event)
    known, now = before.subscription(subscription.id), after.subscription(subscription.id)
    if now is None or now == known:  # overtaken by a newer event, or one that changes nothing
        return Decision(save=(after,))
    then = (
        *_welcome(known, now, after, event),
        *_trial_reminder(known, now, after, event),
        *_plan_change(known, now, after, event),
        *_cancellation(known, now, after, event),
        *_unknown_price(known, now, event, books),
    )
    return Decision(save=(after,), then=then)


def _welcome(
    known: Subscription | None, now: Subscription, organization: Organization, event: Event
) -> tuple[Effect, ...]:
    first_alive = now.alive and (known is None or not known.alive)
    if not first_alive or event.created - now.start_date >= WELCOME_WITHIN:
        return ()
    trial_end = now.trial_end if now.status == "trialing" else None
    return (mail_to(organization, "welcome", now.id, event, trial_end=trial_end),)


def _trial_reminder(
    known: Subscription | None, now: Subscription, organization: Organization, event: Event
) -> tuple[Effect, ...]:
    if now.status != "trialing" or now.trial_end is None:
        return ()
    told = known is not None and (known.status, known.trial_end) == (now.status, now.trial_end)
    if told or now.trial_end - (now.trial_start or now.start_date) < SHORT_TRIAL:
        return ()
    at = now.trial_end - TRIAL_REMINDER
    if at > event.created:
        return (
            Remind(type="reminder.trial_ending", at=at, about=now.id, account=event.account, customer=now.customer),
        )
    # It was cut short, or comes late: the day of the reminder is over, but the trial is not.
    if now.trial_end - event.created <= DAY:
        return ()
    return (mail_to(organization, "trial_ending", f"{now.id}:{now.trial_end}", event, trial_end=now.trial_end),)


def _plan_change(
    known: Subscription | None, now: Subscription, organization: Organization, event: Event
) -> tuple[Effect, ...]:
    if known is None or not (known.alive and now.alive) or known.bought == now.bought:
        return ()
    renews_at = None if now.ends_at else now.renews_at  # what is set to end does not renew
    return (mail_to(organization, "plan_changed", f"{now.id}:{event.created}", event, renews_at=renews_at),)


def _cancellation(
    known: Subscription | None, now: Subscription, organization: Organization, event: Event
) -> tuple[Effect, ...]:
    if known is None or not now.alive or known.ends_at == now.ends_at:
        return ()
    # Its end alone would not do: whoever withdraws may cancel again by the same day.
    change = f"{now.id}:{event.created}"
    if now.ends_at:
        return (mail_to(organization, "cancellation_scheduled", change, event, ends_at=now.ends_at),)
    return (mail_to(organization, "cancellation_withdrawn", change, event, renews_at=now.renews_at),)


def _unknown_price(known: Subscription | None, now: Subscription, event: Event, books: Books) -> tuple[Effect, ...]:
    if known and known.bought == now.bought:
        return ()
    # Told once a price, whoever buys it: claimed beside no customer.
    return tuple(
        tell_operator(keys.partition(event.account, price), "unknown_price", price, event, price=price)
        for price in books.policy.plans.unknown_in(now)
    )
