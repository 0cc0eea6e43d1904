"""The effects that export and erase all data of a customer."""

from typing import Literal

from shared.values.frozen import Frozen


class Export(Frozen):
    """One JSON file with all data of a customer, behind a link that expires."""

    kind: Literal["export"] = "export"
    account: str
    customer: str


class Erase(Frozen):
    """The deletion of all data of a customer, or of a connected account if `customer` is the account.

    The commit writes the tombstone and deletes the record; the worker deletes the rest later.

    Args:
        as_of: epoch seconds; from now on, events created until then are refused.
        version: the record's version; if the customer returns, the new record counts on from it.
    """

    kind: Literal["erase"] = "erase"
    account: str
    customer: str
    as_of: int
    version: int = 0
