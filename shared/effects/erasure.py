"""The export of all that is held about a customer, and its erasure."""

from typing import Literal

from shared.values.frozen import Frozen


class Export(Frozen):
    """One JSON file with everything that is held about a customer, behind a link that expires."""

    kind: Literal["export"] = "export"
    account: str
    customer: str


class Erase(Frozen):
    """The end of all that is held about a customer, or about a connected account if `customer` is the account.

    The commit writes the tombstone and deletes the record itself; the worker deletes the rest beside the line.

    Args:
        as_of: epoch seconds; events that were created by then are refused from now on.
        version: the record's version, which the tombstone keeps so that a record of a later life counts on from it.
    """

    kind: Literal["erase"] = "erase"
    account: str
    customer: str
    as_of: int
    version: int = 0
