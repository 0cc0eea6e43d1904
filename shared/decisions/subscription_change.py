"""What a change of a subscription means for its customer: the mails and reminders that follow from it."""

from dataclasses import dataclass

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
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription
from shared.values.times import HOUR

WELCOME_WITHIN = 72 * HOUR
"""How long after its beginning a subscription still gets a welcome from an event that does not tell of it."""


@dataclass(frozen=True)
class SubscriptionChange:
    """A subscription before and after an event.

    Args:
        known: the subscription in the books before the event; None if they had none.
        was: `known`, or else the state before the change that the event itself tells; None if it tells none.
        now: the subscription in the books after the event.
        before: the organization before the event.
        after: the organization after the event.
        event: the event.
        policy: the business's choices.
    """

    known: Subscription | None
    was: Subscription | None
    now: Subscription
    before: Organization
    after: Organization
    event: Event
    policy: Policy

    @property
    def keeps_access(self) -> bool:
        """Whether the subscription gave access before the change and gives it after."""
        return self.was is not None and self.was.gives_access and self.now.gives_access

    @property
    def shows_all_items(self) -> bool:
        """Whether items that `known` lacks are new. The first look at the whole list at Stripe adds none."""
        known = self.known
        whole = known is None or not known.has_more or known.id in self.before.complete
        return whole or not is_observed(self.event.type)


def effects_of(change: SubscriptionChange) -> tuple[Effect, ...]:
    """The mails and reminders that the change brings."""
    return (
        *_welcome(change),
        *_trial_reminder(change),
        *_plan_change(change),
        *_cancellation(change),
        *_hold(change),
    )


def _welcome(change: SubscriptionChange) -> tuple[Effect, ...]:
    """The welcome to a new life of the customer; none for a second subscription, or for a return from a pause."""
    was, now, event = change.was, change.now, change.event
    live = now.status in {"trialing", "active"}
    if not live or change.before.started.get(now.id) or not change.after.begins_a_life(now):
        return ()
    begins = event.type.endswith(".created") or (was is not None and was.never_started)
    if not begins and event.created - now.begun_at >= WELCOME_WITHIN:
        return ()
    key, url = Once(now.id), change.policy.manage_url or None
    if now.status == "trialing":
        return (mail_to(change.after, WELCOME, key, event, url, now.trial_end, *trial_terms(change.after, now)),)
    return (mail_to(change.after, WELCOME, key, event, url),)


def _trial_reminder(change: SubscriptionChange) -> tuple[Effect, ...]:
    known, now, event = change.known, change.now, change.event
    if now.status != "trialing" or now.trial_end is None:
        return ()
    told = known is not None and (known.status, known.trial_end) == (now.status, now.trial_end)
    if told or now.trial_end - (now.trial_start or now.start_date) < SHORT_TRIAL:
        return ()
    at = now.trial_end - TRIAL_REMINDER
    if at > event.created:
        return (remind_about(now.id, now.customer, "reminder.trial_ending", at, event),)
    # The trial was cut short, or the event is late: the day of the reminder is over, but the trial is not.
    return trial_mail(change.after, now, event, change.policy)


def _plan_change(change: SubscriptionChange) -> tuple[Effect, ...]:
    was, now, policy = change.was, change.now, change.policy
    if was is None or not change.keeps_access or was.quantities == now.quantities or not change.shows_all_items:
        return ()
    if was.prices == now.prices and not policy.mail_seats:
        return ()
    renews_at = now.renews_at
    if renews_at is not None and now.ends_by(renews_at):
        renews_at = None
    before, after = policy.plans.described(was), policy.plans.described(now)
    named = before is not None and after is not None and before != after
    names = (before, after) if named else (None, None)
    key = At(now.id, change.event.created)
    return (mail_to(change.after, PLAN_CHANGED, key, change.event, *names, renews_at),)


def _cancellation(change: SubscriptionChange) -> tuple[Effect, ...]:
    was, now, event = change.was, change.now, change.event
    if was is None or not change.keeps_access or was.ends_at == now.ends_at:
        return ()
    # The key has the time, not the end: a customer may withdraw a cancellation and cancel again by the same day.
    key = At(now.id, event.created)
    if now.ends_at:
        return (mail_to(change.after, CANCELLATION_SCHEDULED, key, event, ends_at=now.ends_at),)
    return (mail_to(change.after, CANCELLATION_WITHDRAWN, key, event, renews_at=now.renews_at),)


def _hold(change: SubscriptionChange) -> tuple[Effect, ...]:
    """The mail about a paused or unpaid subscription: it gives no access until the customer acts."""
    was, now, event = change.was, change.now, change.event
    if was is None or not was.gives_access or not now.is_on_hold:
        return ()
    if change.before.grace_is_over(was, change.policy):  # the mail about the end of access has told the same
        return ()
    owed = (one.value for one in change.after.invoices.values() if one.value.subscription == now.id)
    links = [one.hosted_invoice_url for one in owed if one.status == "open" and now.status == "unpaid"]
    url = next(filter(None, links), change.policy.manage_url or None)
    key = At(now.id, event.created)
    return (mail_to(change.after, SUBSCRIPTION_ON_HOLD, key, event, status=now.status, url=url),)
