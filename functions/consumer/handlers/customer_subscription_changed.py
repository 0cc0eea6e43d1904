"""customer.subscription.created, .updated and between: what it gives is derived from the subscription as it is."""

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
    # What has been overtaken by a newer event is saved, and told nobody.
    if after.subscription(subscription.id) != subscription or after.deleted:
        return Decision(save=(after,))
    known = before.subscription(subscription.id)
    then = (
        *_welcome(known, subscription, after, event),
        *_trial_reminder(known, subscription, event),
        *_plan_change(known, subscription, after, event),
        *_cancellation(known, subscription, after, event),
        *_unknown_price(known, subscription, after, event, books),
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


def _trial_reminder(known: Subscription | None, now: Subscription, event: Event) -> tuple[Effect, ...]:
    if now.status != "trialing" or now.trial_end is None or (known and known.trial_end == now.trial_end):
        return ()
    if now.trial_end - (now.trial_start or now.start_date) < SHORT_TRIAL:
        return ()
    at = now.trial_end - TRIAL_REMINDER
    return (
        (Remind(type="reminder.trial_ending", at=at, about=now.id, account=event.account, customer=now.customer),)
        if at > event.created
        else ()
    )


def _plan_change(
    known: Subscription | None, now: Subscription, organization: Organization, event: Event
) -> tuple[Effect, ...]:
    if known is None or not (known.alive and now.alive) or known.bought == now.bought:
        return ()
    return (mail_to(organization, "plan_changed", f"{now.id}:{event.created}", event, renews_at=now.renews_at),)


def _cancellation(
    known: Subscription | None, now: Subscription, organization: Organization, event: Event
) -> tuple[Effect, ...]:
    if known is None or not now.alive or known.ends_at == now.ends_at:
        return ()
    if now.ends_at:
        return (mail_to(organization, "cancellation_scheduled", f"{now.id}:{now.ends_at}", event, ends_at=now.ends_at),)
    return (
        mail_to(organization, "cancellation_withdrawn", f"{now.id}:{event.created}", event, renews_at=now.renews_at),
    )


def _unknown_price(
    known: Subscription | None, now: Subscription, organization: Organization, event: Event, books: Books
) -> tuple[Effect, ...]:
    if known and known.bought == now.bought:
        return ()
    return tuple(
        tell_operator(organization.partition, "unknown_price", price, event, price=price, customer=now.customer)
        for price in books.policy.plans.unknown_in(now)
    )
