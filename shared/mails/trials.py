"""What a customer is told of a trial: when it ends, what it costs then, and what happens without a payment method."""

from collections.abc import Mapping

from shared.effects.email import Email
from shared.mails.write import mail_to
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription
from shared.values.frozen import Scalar
from shared.values.times import DAY

TRIAL_REMINDER = 8 * DAY
"""How long before its end a trial is told of. Card networks want seven days, and a mail may take one:
https://docs.stripe.com/billing/subscriptions/trials/manage-trial-compliance."""
SHORT_TRIAL = 9 * DAY
"""Under this a reminder would come with the welcome, which tells the same; Stripe's notice follows three days ahead."""


def trial_terms(organization: Organization, subscription: Subscription, policy: Policy) -> Mapping[str, Scalar]:
    """What the welcome to a trial and the mail about its end show; amounts in minor units, before taxes."""
    return {
        "trial_end": subscription.trial_end,
        "then": organization.at_trials_end(subscription),
        "amount": subscription.amount,
        "currency": subscription.currency,
        "adjusted": subscription.adjusted,
        "url": policy.manage_url or None,
    }


def trial_mail(organization: Organization, now: Subscription, event: Event, policy: Policy) -> tuple[Email, ...]:
    """The mail that says once that a trial ends soon; none in its last day, when it was cut short on purpose."""
    if now.status != "trialing" or now.trial_end is None or now.trial_end - event.created <= DAY:
        return ()
    terms = trial_terms(organization, now, policy)
    return (mail_to(organization, "trial_ending", f"{now.id}:{now.trial_end}", event, **terms),)
