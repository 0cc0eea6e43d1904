"""A mail that a decision asks for: to whom, about which change, and until when it makes sense."""

from collections.abc import Mapping
from typing import Literal

from shared.values.frozen import Frozen, Scalar
from shared.values.times import HOUR

MAIL_EXPIRES_AFTER = 72 * HOUR
"""How long after its event a mail still makes sense; later it is recorded as too late."""


class Email(Frozen):
    """A mail to one address.

    Args:
        template: the name of a pair of files in `functions/effects/mails/templates`.
        audience: the operator's address is a setting; everybody else's is in the books.
        to: the address; None while nobody has told us one.
        key: the change it tells of, once per partition: two events for one change send one mail.
        expires: epoch seconds after which it is not sent.
        data: what the template shows.
    """

    kind: Literal["email"] = "email"
    template: str
    audience: Literal["customer", "operator"] = "customer"
    to: str | None
    partition: str
    key: str
    expires: int
    data: Mapping[str, Scalar] = {}
