"""customer.subscription.* and observed.subscription: what follows from the subscription as it is now."""

from shared.decisions.decision import Decision
from shared.decisions.price_watch import price_watch
from shared.decisions.whole_list import look_at_all_items
from shared.effects.effect import Effect
from shared.effects.remind import remind_about
from shared.mails.mail import At, Once
from shared.mails.of_subscriptions import (
    CANCELLATION_SCHEDULED,
    CANCELLATION_WITHDRAWN,
    PLAN_CHANGED,
    SUBSCRIPTION_ON_HOLD,
    WELCOME,
)
from shared.mails.trials import SHORT_TRIAL, TRIAL_REMINDER, trial_mail, trial_terms
from shared.mails.write import mail_to
from shared.messages.internal_types import is_observed
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.previous_attributes import subscription_before
from shared.stripe_objects.subscriptions import Subscription
from shared.values.times import HOUR

WELCOME_WITHIN = 72 * HOUR
"""How long after its beginning a subscription still gets a welcome from an event that does not tell of it."""


def handle(event: Event, books: Books) -> Decision:
    """The organization, new if the books have none, and a mail for each change that the customer should know.

    If the books do not know the subscription, the event itself may tell its state before the change.
    """
    subscription = read(Subscription, event.object)
    before = books.read(Organization, event.account, subscription.customer)
    after = before.with_subscription(subscription, event)
    known, now = before.whole(subscription.id), after.whole(subscription.id)
    overtaken = before.subscription(subscription.id) == after.subscription(subscription.id)
    prefetch = look_at_all_items(subscription, after, event)
    if now is None or overtaken:  # overtaken, or a repetition
        return Decision(save=(after,), then=prefetch)
    was = known or subscription_before(event)
    then = (
        *_welcome(was, now, before, after, event, books.policy),
        *_trial_reminder(known, now, after, event, books.policy),
        *_plan_change(was, now, after, event, books.policy, compared=_comparable(known, before, event)),
        *_cancellation(was, now, after, event),
        *_hold(was, now, after, event, books.policy),
        *price_watch(known, now, event, books.policy.plans),
        *prefetch,
    )
    return Decision(save=(after,), then=then)


def _welcome(  # noqa: PLR0913, PLR0917 - the change, seen from all sides
    was: Subscription | None,
    now: Subscription,
    before: Organization,
    after: Organization,
    event: Event,
    policy: Policy,
) -> tuple[Effect, ...]:
    """The welcome to a new life of the customer; none for a second subscription, or for a return from a pause."""
    if now.status not in {"trialing", "active"} or before.started.get(now.id) or not after.begins_a_life(now):
        return ()
    begins = event.type.endswith(".created") or (was is not None and was.never_started)
    if not begins and event.created - now.begun_at >= WELCOME_WITHIN:
        return ()
    key, url = Once(now.id), policy.manage_url or None
    if now.status == "trialing":
        return (mail_to(after, WELCOME, key, event, url, now.trial_end, *trial_terms(after, now)),)
    return (mail_to(after, WELCOME, key, event, url),)


def _trial_reminder(
    known: Subscription | None, now: Subscription, organization: Organization, event: Event, policy: Policy
) -> tuple[Effect, ...]:
    if now.status != "trialing" or now.trial_end is None:
        return ()
    told = known is not None and (known.status, known.trial_end) == (now.status, now.trial_end)
    if told or now.trial_end - (now.trial_start or now.start_date) < SHORT_TRIAL:
        return ()
    at = now.trial_end - TRIAL_REMINDER
    if at > event.created:
        return (remind_about(now.id, now.customer, "reminder.trial_ending", at, event),)
    # The trial was cut short, or the event is late: the day of the reminder is over, but the trial is not.
    return trial_mail(organization, now, event, policy)


def _comparable(known: Subscription | None, before: Organization, event: Event) -> bool:
    """Whether items that `known` lacks mean a change; the first look at the whole list at Stripe changes nothing."""
    seen = known is None or not known.has_more or known.id in before.complete
    return seen or not is_observed(event.type)


def _plan_change(  # noqa: PLR0913 - the change, seen from all sides
    was: Subscription | None,
    now: Subscription,
    organization: Organization,
    event: Event,
    policy: Policy,
    *,
    compared: bool,
) -> tuple[Effect, ...]:
    if was is None or not (was.gives_access and now.gives_access) or was.quantities == now.quantities or not compared:
        return ()
    if was.prices == now.prices and not policy.mail_seats:
        return ()
    renews_at = now.renews_at
    if renews_at is not None and now.ends_by(renews_at):
        renews_at = None
    before, after = policy.plans.described(was), policy.plans.described(now)
    named = before is not None and after is not None and before != after
    names = (before, after) if named else (None, None)
    return (mail_to(organization, PLAN_CHANGED, At(now.id, event.created), event, *names, renews_at),)


def _cancellation(
    was: Subscription | None, now: Subscription, organization: Organization, event: Event
) -> tuple[Effect, ...]:
    if was is None or not (was.gives_access and now.gives_access) or was.ends_at == now.ends_at:
        return ()
    # The key has the time, not the end: a customer may withdraw a cancellation and cancel again by the same day.
    change = At(now.id, event.created)
    if now.ends_at:
        return (mail_to(organization, CANCELLATION_SCHEDULED, change, event, ends_at=now.ends_at),)
    return (mail_to(organization, CANCELLATION_WITHDRAWN, change, event, renews_at=now.renews_at),)


def _hold(
    was: Subscription | None, now: Subscription, organization: Organization, event: Event, policy: Policy
) -> tuple[Effect, ...]:
    """The mail about a paused or unpaid subscription: it gives no access until the customer acts."""
    if was is None or not was.gives_access or not now.is_on_hold:
        return ()
    owed = (one.value for one in organization.invoices.values() if one.value.subscription == now.id)
    links = [one.hosted_invoice_url for one in owed if one.status == "open" and now.status == "unpaid"]
    url = next(filter(None, links), policy.manage_url or None)
    key = At(now.id, event.created)
    return (mail_to(organization, SUBSCRIPTION_ON_HOLD, key, event, status=now.status, url=url),)
