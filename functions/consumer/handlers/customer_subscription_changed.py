"""customer.subscription.created, .updated and between, and observed.subscription: what follows from it as it is."""

from shared.decisions.decision import Decision
from shared.decisions.price_watch import price_watch
from shared.decisions.whole_list import look_at_all_items
from shared.effects.effect import Effect
from shared.effects.remind import Remind
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


def handle(event: Event, books: Books) -> Decision:
    """The organization, made if this is the first that is heard of it, and a mail for each change worth one.

    If nothing was known of the subscription, the event itself may tell what it was before.
    """
    subscription = read(Subscription, event.object)
    before = books.organization(event.account, subscription.customer)
    after = before.with_subscription(subscription, event)
    known, now = before.whole(subscription.id), after.whole(subscription.id)
    overtaken = before.subscription(subscription.id) == after.subscription(subscription.id)
    prefetch = look_at_all_items(subscription, after, event)
    if now is None or overtaken:  # or it changes nothing
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
    """Once a life: not for a second subscription, one that comes back from a pause, or one that is past due already."""
    if now.status not in {"trialing", "active"} or before.started.get(now.id) or not after.begins_a_life(now):
        return ()
    begins = event.type.endswith(".created") or (was is not None and was.never_started)
    if not begins and event.created - now.begun_at >= WELCOME_WITHIN:
        return ()
    terms = trial_terms(after, now, policy)
    shown = terms if now.status == "trialing" else {**dict.fromkeys(terms), "url": terms["url"]}
    return (mail_to(after, "welcome", now.id, event, **shown),)


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
        return (
            Remind(type="reminder.trial_ending", at=at, about=now.id, account=event.account, customer=now.customer),
        )
    # It was cut short, or comes late: the day of the reminder is over, but the trial is not.
    return trial_mail(organization, now, event, policy)


def _comparable(known: Subscription | None, before: Organization, event: Event) -> bool:
    """Whether other items than `known` mean a change: to read at Stripe what no event has shown yet is none."""
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
    shown = {"was": before if named else None, "now": after if named else None, "renews_at": renews_at}
    return (mail_to(organization, "plan_changed", f"{now.id}:{event.created}", event, **shown),)


def _cancellation(
    was: Subscription | None, now: Subscription, organization: Organization, event: Event
) -> tuple[Effect, ...]:
    if was is None or not (was.gives_access and now.gives_access) or was.ends_at == now.ends_at:
        return ()
    # Its end alone would not do: whoever withdraws may cancel again by the same day.
    change = f"{now.id}:{event.created}"
    if now.ends_at:
        return (mail_to(organization, "cancellation_scheduled", change, event, ends_at=now.ends_at),)
    return (mail_to(organization, "cancellation_withdrawn", change, event, renews_at=now.renews_at),)


def _hold(
    was: Subscription | None, now: Subscription, organization: Organization, event: Event, policy: Policy
) -> tuple[Effect, ...]:
    """Paused or unpaid, it gives no access until the customer does something."""
    if was is None or not was.gives_access or not now.is_on_hold:
        return ()
    owed = (one.value for one in organization.invoices.values() if one.value.subscription == now.id)
    links = [one.hosted_invoice_url for one in owed if one.status == "open" and now.status == "unpaid"]
    shown = {"status": now.status, "url": next(filter(None, links), policy.manage_url or None)}
    return (mail_to(organization, "subscription_on_hold", f"{now.id}:{event.created}", event, **shown),)
