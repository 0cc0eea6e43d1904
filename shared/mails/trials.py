"""What a mail tells of a trial: its end, the price after it, and what happens without a payment method."""

from typing import NamedTuple

from shared.effects.email import Email
from shared.mails.mail import At
from shared.mails.of_subscriptions import TRIAL_ENDING
from shared.mails.write import mail_to
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription
from shared.values.times import DAY

TRIAL_REMINDER = 8 * DAY
"""How long before its end a mail announces it. Card networks want seven days, and a mail may take one:
https://docs.stripe.com/billing/subscriptions/trials/manage-trial-compliance."""
SHORT_TRIAL = 9 * DAY
"""A shorter trial has no reminder: the welcome tells the same, and Stripe's notice follows three days ahead."""


class TrialTerms(NamedTuple):
    """What follows a trial, and the price of a period in minor units, before taxes."""

    then: str
    amount: int | None
    currency: str | None
    adjusted: bool


def trial_terms(organization: Organization, subscription: Subscription) -> TrialTerms:
    """The terms that the welcome to a trial and the mail about its end show."""
    then = organization.at_trials_end(subscription)
    return TrialTerms(then, subscription.amount, subscription.currency, subscription.adjusted)


def trial_mail(organization: Organization, now: Subscription, event: Event, policy: Policy) -> tuple[Email, ...]:
    """The mail that announces the end of a trial; empty in its last day, since somebody has cut the trial short."""
    if now.status != "trialing" or now.trial_end is None or now.trial_end - event.created <= DAY:
        return ()
    key, url = At(now.id, now.trial_end), policy.manage_url or None
    return (mail_to(organization, TRIAL_ENDING, key, event, url, now.trial_end, *trial_terms(organization, now)),)
