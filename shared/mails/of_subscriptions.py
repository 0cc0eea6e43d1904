"""The mails to a customer about a subscription, and about the end of the last one."""

from typing import NamedTuple

from shared.mails.mail import At, Mail, Once, Told, always
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.subscriptions import Subscription


class _Welcome(NamedTuple):
    """The terms of a trial, if the subscription begins with one; all but the link are None otherwise."""

    url: str | None
    trial_end: int | None = None
    then: str | None = None
    amount: int | None = None
    currency: str | None = None
    adjusted: bool | None = None


class _TrialEnding(NamedTuple):
    """The end of a trial in epoch seconds, what follows it, and the amount of a period in minor units."""

    url: str | None
    trial_end: int
    then: str
    amount: int | None
    currency: str | None
    adjusted: bool


class _PlanChanged(NamedTuple):
    """The plan before and after, by name."""

    was: str | None
    now: str | None
    renews_at: int | None


class _Ends(NamedTuple):
    """The end of the subscription, in epoch seconds."""

    ends_at: int


class _Renews(NamedTuple):
    """The next renewal, in epoch seconds."""

    renews_at: int | None


class _Held(NamedTuple):
    """The status that gives no access, and the link that helps."""

    status: str
    url: str | None


class _AccessEnded(NamedTuple):
    """The plan by name, and the link that leads to the payment."""

    plan: str | None
    url: str | None


class _Farewell(NamedTuple):
    """The end, its reason and the day of the erasure; `export` says whether the mailer adds a link to the export."""

    ended_at: int | None
    reason: str | None
    erased_at: int | None
    waits: bool
    export: bool


class _Postponed(NamedTuple):
    """The day, in epoch seconds, on which the erasure happens at the latest."""

    erased_by: int


def _subscription(told: Told[At], books: Books) -> Subscription | None:
    return books.read(Organization, told.account, told.owner).subscription(told.key.about)


def _gives_access(told: Told[Once], books: Books) -> bool:
    return bool(books.read(Organization, told.account, told.owner).access)


def _has_left(told: Told[Once], books: Books) -> bool:
    return not books.read(Organization, told.account, told.owner).is_still_subscribed


def _trial_ends_then(told: Told[At], books: Books) -> bool:
    subscription = _subscription(told, books)
    if subscription is None or subscription.status != "trialing" or subscription.trial_end != told.key.at:
        return False
    # For a customer who has cancelled by then, nothing happens at the trial's end.
    return not subscription.ends_by(told.key.at)


def _is_on_hold(told: Told[At], books: Books) -> bool:
    subscription = _subscription(told, books)
    return subscription is not None and subscription.is_on_hold


def _grace_is_over(told: Told[At], books: Books) -> bool:
    customer, subscription = books.read(Organization, told.account, told.owner), _subscription(told, books)
    return subscription is not None and customer.grace_is_over(subscription, books.policy)


def _is_to_end(told: Told[At], books: Books) -> bool:
    subscription = _subscription(told, books)
    return subscription is not None and subscription.gives_access and subscription.ends_at is not None


def _is_to_go_on(told: Told[At], books: Books) -> bool:
    subscription = _subscription(told, books)
    return subscription is not None and subscription.gives_access and subscription.ends_at is None


WELCOME = Mail(name="welcome", audience="customer", stripes_own="", shows=_Welcome, key=Once, applies=_gives_access)
TRIAL_ENDING = Mail(
    name="trial_ending",
    audience="customer",
    stripes_own="Subscriptions and emails > Send emails when a free trial is ending",
    shows=_TrialEnding,
    key=At,
    applies=_trial_ends_then,
)
PLAN_CHANGED = Mail(
    name="plan_changed", audience="customer", stripes_own="", shows=_PlanChanged, key=At, applies=always
)
CANCELLATION_SCHEDULED = Mail(
    name="cancellation_scheduled", audience="customer", stripes_own="", shows=_Ends, key=At, applies=_is_to_end
)
CANCELLATION_WITHDRAWN = Mail(
    name="cancellation_withdrawn", audience="customer", stripes_own="", shows=_Renews, key=At, applies=_is_to_go_on
)
SUBSCRIPTION_ON_HOLD = Mail(
    name="subscription_on_hold", audience="customer", stripes_own="", shows=_Held, key=At, applies=_is_on_hold
)
ACCESS_ENDED = Mail(
    name="access_ended", audience="customer", stripes_own="", shows=_AccessEnded, key=At, applies=_grace_is_over
)
FAREWELL = Mail(name="farewell", audience="customer", stripes_own="", shows=_Farewell, key=Once, applies=_has_left)
ERASURE_POSTPONED = Mail(
    name="erasure_postponed", audience="customer", stripes_own="", shows=_Postponed, key=Once, applies=_has_left
)
