"""How a handler writes a mail of the catalogue: to whom, about which change, and the fields that the mail shows."""

from typing import Protocol

from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.mails.mail import Mail, MailKey, Once
from shared.mails.of_invoices import RECEIPT
from shared.stripe_objects.event import Event


class Addressee(Protocol):
    """A record that mail can be sent to."""

    @property
    def partition(self) -> str:
        """The partition that claims the mail."""

    @property
    def address(self) -> str | None:
        """The address; None while the books have none."""

    @property
    def name(self) -> str | None:
        """The name in the greeting; None while the books have none."""


def mail_to[Key: MailKey, **Shown](
    addressee: Addressee, mail: Mail[Key, Shown], key: Key, event: Event, *args: Shown.args, **shown: Shown.kwargs
) -> Email:
    """A mail to a customer or to an account's holder; `key` names the change, so that one change sends one mail."""
    return Email(
        template=mail.name,
        to=addressee.address,
        partition=addressee.partition,
        key=mail.render_key(key),
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={"name": addressee.name, **mail.shows(*args, **shown)._asdict()},
    )


def tell_operator[Key: MailKey, **Shown](
    partition: str, mail: Mail[Key, Shown], key: Key, event: Event, *args: Shown.args, **shown: Shown.kwargs
) -> Email:
    """A mail to the operator; the commit claims its key in `partition`."""
    data = mail.shows(*args, **shown)._asdict()
    return Email(
        template=mail.name,
        audience="operator",
        to=None,
        partition=partition,
        key=mail.render_key(key),
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={"account": event.account, "livemode": event.livemode, **data},
        counted_as=str(data[mail.collected_by]) if mail.collected_by else None,
    )


def one_confirmation(mail: Email, invoice: str | None) -> Email:
    """`mail` under the key of the receipt for `invoice`: a purchase that makes an order and an invoice sends one."""
    return mail.model_copy(update={"key": RECEIPT.render_key(Once(invoice))}) if invoice else mail
