"""The announcements of Billhook as types, to copy into your app; other types, facts and words may come."""

from typing import Any, Literal, NotRequired, TypedDict


class Detail(TypedDict):
    """What every announcement says."""

    id: str
    at: int
    account: str
    customer: NotRequired[str]
    record: str
    version: int
    reference: NotRequired[str]
    metadata: dict[str, str]
    customer_metadata: NotRequired[dict[str, str]]
    subscription_metadata: NotRequired[dict[str, str]]


class OrganizationFacts(TypedDict):
    """A customer: what it may do, as its access item says.

    `limit_…`: A limit in plans.toml.
    `feature_…`: A feature that is switched on; other features are absent.
    """

    status: Literal["active", "trialing", "grace", "past_due", "paused", "ended", "none", "unknown"]
    past_due: bool
    access: NotRequired[bool]
    access_until: NotRequired[int]
    granted_until: NotRequired[int]
    plan: NotRequired[str]
    trial_ends_at: NotRequired[int]
    renews_at: NotRequired[int]
    ends_at: NotRequired[int]
    subscription: NotRequired[str]
    period_start: NotRequired[int]
    period_end: NotRequired[int]
    cancellation_reason: NotRequired[str]
    invoice: NotRequired[str]
    session: NotRequired[str]


class OrganizationDetail(Detail):
    """The detail of an event whose type is one of `OrganizationType`."""

    facts: OrganizationFacts


OrganizationType = Literal[
    "organization.access_granted", "organization.access_revoked", "organization.access_changed",
    "organization.past_due", "organization.recovered", "organization.plan_changed", "organization.renewed",
    "organization.trial_started", "organization.trial_converted", "organization.trial_ended",
    "organization.cancellation_scheduled", "organization.cancellation_withdrawn", "organization.address_changed",
    "organization.deleted",
]  # fmt: skip
OrganizationEvent = TypedDict("OrganizationEvent", {"detail-type": OrganizationType, "detail": OrganizationDetail})


class ErasedDetail(Detail):
    """The detail of an event whose type is one of `ErasedType`."""

    facts: dict[str, str]


ErasedType = Literal["organization.erased"]
ErasedEvent = TypedDict("ErasedEvent", {"detail-type": ErasedType, "detail": ErasedDetail})


class OrderFacts(TypedDict):
    """A one-off purchase."""

    state: Literal["open", "fulfilled", "failed", "expired", "canceled", "partly_refunded", "refunded"]
    session: str
    amount: NotRequired[int]
    refunded: NotRequired[int]
    payment_link: NotRequired[str]
    more_lines: NotRequired[bool]
    currency: NotRequired[str]
    presentment_amount: NotRequired[int]
    presentment_currency: NotRequired[str]
    order: NotRequired[str]
    payment: NotRequired[str]
    invoice: NotRequired[str]
    subscription: NotRequired[str]


class OrderLine(TypedDict):
    """A line of an order."""

    amount: int
    currency: str
    price: NotRequired[str]
    product: NotRequired[str]
    lookup_key: NotRequired[str]
    quantity: NotRequired[int]


class OrderDetail(Detail):
    """The detail of an event whose type is one of `OrderType`."""

    facts: OrderFacts
    lines: NotRequired[list[OrderLine]]


OrderType = Literal[
    "order.fulfilled", "order.failed", "order.expired", "order.canceled", "order.partly_refunded", "order.refunded",
    "order.refund_undone", "order.lines_known",
]  # fmt: skip
OrderEvent = TypedDict("OrderEvent", {"detail-type": OrderType, "detail": OrderDetail})


class PaymentFacts(TypedDict):
    """A payment of an order or an invoice."""

    payment: str
    purpose: NotRequired[Literal["order", "invoice", "unknown"]]
    amount_received: NotRequired[int]
    refunded: NotRequired[int]
    held: NotRequired[bool]
    currency: NotRequired[str]
    presentment_amount: NotRequired[int]
    presentment_currency: NotRequired[str]
    order: NotRequired[str]
    session: NotRequired[str]
    invoice: NotRequired[str]
    subscription: NotRequired[str]


class PaymentDetail(Detail):
    """The detail of an event whose type is one of `PaymentType`."""

    facts: PaymentFacts


PaymentType = Literal[
    "payment.processing", "payment.authorized", "payment.succeeded", "payment.failed", "payment.canceled",
    "payment.refunded", "payment.fraud_warning", "payment.held", "payment.released",
]  # fmt: skip
PaymentEvent = TypedDict("PaymentEvent", {"detail-type": PaymentType, "detail": PaymentDetail})


class PayoutFacts(TypedDict):
    """A payout to a connected account."""

    payout: str
    status: NotRequired[Literal["pending", "in_transit", "paid", "failed", "canceled"]]
    amount: NotRequired[int]
    currency: NotRequired[str]
    arrival_date: NotRequired[int]
    automatic: NotRequired[bool]
    original_payout: NotRequired[str]
    failure_code: NotRequired[str]
    created: NotRequired[int]


class PayoutDetail(Detail):
    """The detail of an event whose type is one of `PayoutType`."""

    facts: PayoutFacts


PayoutType = Literal["payout.pending", "payout.in_transit", "payout.paid", "payout.failed", "payout.canceled"]
PayoutEvent = TypedDict("PayoutEvent", {"detail-type": PayoutType, "detail": PayoutDetail})


class AccountFacts(TypedDict):
    """A connected account.

    `can_…`: A capability, such as `can_transfers`: active, inactive, pending or others.
    """

    authorized: bool


class AccountDetail(Detail):
    """The detail of an event whose type is one of `AccountType`."""

    facts: AccountFacts


AccountType = Literal["account.authorized", "account.deauthorized", "account.capability_changed"]
AccountEvent = TypedDict("AccountEvent", {"detail-type": AccountType, "detail": AccountDetail})
BillhookEvent = OrganizationEvent | ErasedEvent | OrderEvent | PaymentEvent | PayoutEvent | AccountEvent
"""An event on the bus, as EventBridge hands it to a Lambda function. Other fields are EventBridge's own."""


def named(facts: Any, prefix: str) -> dict[str, Any]:  # noqa: ANN401 - any TypedDict
    """The facts whose names begin with `prefix`, such as `limit_`, without it."""
    return {name.removeprefix(prefix): value for name, value in facts.items() if name.startswith(prefix)}
