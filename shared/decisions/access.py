"""What a customer may do now, derived from the records and the business's rules: the content of the access item."""

from collections.abc import Iterator, Mapping

from shared.decisions.access_item import AccessChange, AccessItem, Status, SubscriptionAccess
from shared.effects.remind import Remind
from shared.policy.plans import Plan, Plans
from shared.policy.policy import Policy
from shared.records.customer import Shown
from shared.records.organization import Organization
from shared.stripe_objects.subscriptions import Subscription
from shared.values import keys

LONGEST_REFERENCE = 500
"""The longest reference in characters, which is Stripe's limit for a value of metadata."""

BEST_FIRST: tuple[Status, ...] = ("active", "trialing", "grace", "past_due", "paused", "none")
"""The status of a customer is the best of its subscriptions."""


def access_change(organization: Organization, policy: Policy, at: int) -> tuple[Organization, AccessChange | None]:
    """The organization as it is saved, and the change of its access item; None if the item's content stays the same.

    `at` is when the event was created, in epoch seconds. The record remembers the last item by its hash, so that new
    rules or a new version of the code change the item with the customer's next event.
    """
    item, was = access_of(organization, policy, at), organization.shown
    digest = _digest(item)
    if was and was.digest == digest:
        return organization, None
    change = AccessChange(partition=organization.partition, item=item, before=was.reference if was else None)
    return organization.model_copy(update={"shown": Shown(digest=digest, reference=item.reference)}), change


def grace_reminders(before: Organization, after: Organization, policy: Policy) -> tuple[Remind, ...]:
    """The message for each end of grace that `after` has and that no earlier commit has scheduled.

    If the last commit wrote the item of `before` as the rules say today, it has scheduled the ends of `before`.
    """
    ends = grace_ends(after, policy)
    if not ends:
        return ()
    up_to_date = before.shown is not None and before.shown.digest == _digest(access_of(before, policy, 0))
    known = grace_ends(before, policy) if up_to_date else {}
    account, customer = after.account, after.subject
    return tuple(
        Remind(type="reminder.grace_over", at=at, about=name, account=account, customer=customer)
        for name, at in ends.items()
        if known.get(name) != at
    )


def grace_ends(organization: Organization, policy: Policy) -> dict[str, int]:
    """By id of each late subscription with access: when its days of grace end, in epoch seconds."""
    found = (facet.value for facet in organization.subscriptions.values())
    ends = {
        one.id: organization.grace_ends_at(one, policy) for one in found if not organization.grace_is_over(one, policy)
    }
    return {name: at for name, at in ends.items() if at is not None}


def access_of(organization: Organization, policy: Policy, at: int) -> AccessItem:
    """The access item of a customer, as a commit of an event that was created `at`, in epoch seconds, writes it.

    The content follows from the record and the rules alone, so any order of the same events ends in the same item.
    """
    plans = policy.plans
    found = (organization.whole(name) for name in organization.subscriptions)
    wholes = sorted((one for one in found if one and not one.final), key=lambda one: one.id)
    shown = tuple(_shown(one, organization, policy) for one in wholes)
    giving = [one for one, said in zip(wholes, shown, strict=True) if said.access and not organization.deleted]
    granted = organization.granted
    offer = granted.plan if granted else None
    ends = [said.access_until for said in shown if said.access] + ([granted.until] if granted else [])
    access = _access(organization, has_any=bool(giving or granted))
    default = plans.plans[plans.default] if plans.default and access is False else Plan()
    trials = [one.trial_end for one in giving if one.status == "trialing" and one.trial_end]
    renewals = [one.renews_at for one in giving if one.ends_at is None and one.renews_at]
    item = AccessItem(
        account=organization.account,
        customer=organization.subject,
        reference=reference_of(organization, policy.reference_key),
        status="active" if granted and not giving else _status(organization, shown, access=access),
        access=access,
        access_until=max(end for end in ends if end) if access and all(ends) else None,
        granted_until=granted.until if granted else None,
        plan=plans.plan_of(giving, offer) or (plans.default if access is False else None),
        features=plans.features_of(giving, offer, organization.entitled) or tuple(sorted(default.features)),
        limits=_limits(giving, offer, plans, access=access),
        past_due=organization.past_due and not organization.deleted,
        trial_ends_at=max(trials, default=None),
        renews_at=min(renewals, default=None),
        ends_at=_last_end(giving),
        subscriptions=() if organization.deleted else shown,
        ended_subscriptions=tuple(sorted({*organization.over, *(one.id for one in shown if organization.deleted)})),
        version=organization.overall_version + 1,
        changed_at=at,
        policy=policy.access_fingerprint,
    )
    if granted is None:
        return item
    return item.naming_the_grant(access_of(organization.model_copy(update={"grant": None}), policy, at))


def reference_of(organization: Organization, key: str) -> str | None:
    """The business's own id of the customer; None if no event has told one.

    If the business names a metadata key, the customer's metadata comes first, then the newest living subscription's.
    Otherwise, and without such metadata, the `client_reference_id` of the newest Checkout session counts.
    """
    found = next((one for one in _metadata_of(organization, key) if one), None) if key else None
    reference = found or organization.reference
    return reference if reference and len(reference) <= LONGEST_REFERENCE else None


def _metadata_of(organization: Organization, key: str) -> Iterator[str | None]:
    if organization.profile:
        yield organization.profile.value.metadata.get(key)
    living = (facet.value for facet in organization.subscriptions.values())
    yield from (one.metadata.get(key) for one in sorted(living, key=lambda one: (-one.begun_at, one.id)))


def _access(organization: Organization, *, has_any: bool) -> bool | None:
    """Whether the customer has access; None while a subscription may exist that no event has told of."""
    if has_any:
        return True
    return None if organization.may_have_unseen_subscription and not organization.deleted else False


def _status(organization: Organization, shown: tuple[SubscriptionAccess, ...], *, access: bool | None) -> Status:
    if organization.deleted:
        return "ended"
    if access is None:
        return "unknown"
    statuses = {one.status for one in shown} - {"none"}
    best = next((status for status in BEST_FIRST if status in statuses), None)
    return best or ("ended" if organization.last_ended else "none")


def _shown(subscription: Subscription, organization: Organization, policy: Policy) -> SubscriptionAccess:
    rules = policy.plans.access
    over = (subscription.status == "past_due" and rules.grace_days == 0) or organization.grace_is_over(
        subscription, policy
    )
    gives = subscription.status in rules.statuses and not over
    until = (subscription.ends_at, organization.grace_ends_at(subscription, policy))
    known = [moment for moment in until if moment is not None]
    first = subscription.items[0] if subscription.items else None
    return SubscriptionAccess(
        id=subscription.id,
        status=_status_of(subscription, gives=gives),
        access=gives,
        access_until=min(known) if gives and known else None,
        plan=policy.plans.plan_of([subscription]),
        quantity=first.quantity if first else None,
        prices=tuple(sorted(subscription.prices)),
        period_end=subscription.renews_at,
        metadata={key: subscription.metadata[key] for key in rules.metadata if key in subscription.metadata},
    )


def _status_of(subscription: Subscription, *, gives: bool) -> Status:
    match subscription.status:
        case "active":
            return "active"
        case "trialing":
            return "trialing"
        case "past_due":
            return "grace" if gives else "past_due"
        case "unpaid":
            return "past_due"
        case "paused":
            return "paused"
        case _:  # incomplete: the first payment has not come
            return "none"


def _limits(giving: list[Subscription], granted: str | None, plans: Plans, *, access: bool | None) -> Mapping[str, int]:
    """The limits; for a late subscription the default plan's, if the business says so."""
    kept = [one for one in giving if plans.access.limits_in_grace == "plan" or one.status != "past_due"]
    falls_back = access is False or len(kept) < len(giving)
    default = plans.plans[plans.default] if plans.default and falls_back else Plan()
    return {**default.limits, **default.flat_limits, **plans.limits_of(kept, granted)}


def _last_end(giving: list[Subscription]) -> int | None:
    """When the last subscription ends, in epoch seconds; None unless each is set to end."""
    ends = [one.ends_at for one in giving if one.ends_at is not None]
    return max(ends) if ends and len(ends) == len(giving) else None


def _digest(item: AccessItem) -> str:
    """The hash of an item's content; a field that came later counts only with a value, so that older items stay."""
    later = ("ended_subscriptions", "granted_features", "granted_limits")
    empty = {name for name in later if not getattr(item, name)}
    return keys.digest(item.model_dump_json(exclude={"version", "changed_at", *empty}))[:12]
