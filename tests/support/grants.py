"""Messages of grants, as `billhook grant` and `billhook revoke` send them."""

from typing import Any

from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.stories import CUSTOMER

ARN = "arn:aws:iam::123456789012:user/sales"


def grant(at: int, plan: str, until: int, number: int = 1, account: str = PLATFORM) -> Event:
    """A grant that is given `at`, in epoch seconds."""
    return _told("given", at, number, account, {"plan": plan, "until": until})


def revocation(at: int, number: int = 1, account: str = PLATFORM) -> Event:
    """The revocation of the grant that stands `at`, in epoch seconds."""
    return _told("revoked", at, number, account, {})


def _told(state: str, at: int, number: int, account: str, fields: dict[str, Any]) -> Event:
    id_ = f"grant_{state}_{number}"
    whose = {"object": "grant", "id": id_, "customer": CUSTOMER, "created": at}
    obj = {**whose, "by": ARN, "why": "a pilot", **fields}
    return Event.model_validate(
        {"id": id_, "type": f"grant.{state}", "created": at, "account": account, "data": {"object": obj}}
    )
