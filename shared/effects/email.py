"""A mail that a decision asks for, in the form in which it is stored."""

from collections.abc import Mapping
from typing import Literal

from shared.values.frozen import Frozen, Scalar
from shared.values.times import HOUR

MAIL_EXPIRES_AFTER = 72 * HOUR
"""How long after its event a mail may go; later the worker records it as too late."""


class Email(Frozen):
    """A mail to one address.

    Args:
        template: the mail's name in the catalogue (`shared/mails/catalogue.py`), and that of its pair of templates.
        audience: the address of the operator is a setting; all other addresses are in the books.
        to: the address; None while the books have none.
        partition: the partition of the books that claims the key.
        key: the change that the mail tells of; two events about one change send one mail.
        expires: the time after which the mail does not go, in epoch seconds.
        data: the fields that the template shows.
        counted_as: what a summary names the mail by, if its kind is collected; None for a mail that goes by itself.
            The consumer settles which mail goes before it commits, so a stored mail does not say this.
    """

    kind: Literal["email"] = "email"
    template: str
    audience: Literal["customer", "operator"] = "customer"
    to: str | None
    partition: str
    key: str
    expires: int
    data: Mapping[str, Scalar] = {}
    counted_as: str | None = None
