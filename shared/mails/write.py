"""How a handler writes a mail: to whom, about which change, and what its template shows."""

from typing import Protocol

from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.stripe_objects.event import Event
from shared.values.frozen import Scalar


class Addressee(Protocol):
    """A record that mail can be sent to."""

    @property
    def partition(self) -> str:
        """Where the mail is claimed."""

    @property
    def address(self) -> str | None:
        """Where it goes, if that is known yet."""

    @property
    def name(self) -> str | None:
        """How to greet them."""


def mail_to(addressee: Addressee, template: str, about: str, event: Event, **shown: Scalar) -> Email:
    """A mail to a customer or an account's holder; `about` names the change, so that it is told once."""
    return Email(
        template=template,
        to=addressee.address,
        partition=addressee.partition,
        key=f"{template}:{about}",
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={"name": addressee.name, **shown},
    )


def one_confirmation(mail: Email, invoice: str | None) -> Email:
    """`mail` under the key of the receipt for `invoice`: a purchase that makes an order and an invoice mails one."""
    return mail.model_copy(update={"key": f"receipt:{invoice}"}) if invoice else mail


def tell_operator(partition: str, template: str, about: str, event: Event, **shown: Scalar) -> Email:
    """A mail to whoever runs the business."""
    return Email(
        template=template,
        audience="operator",
        to=None,
        partition=partition,
        key=f"{template}:{about}",
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={"account": event.account, "livemode": event.livemode, **shown},
    )
