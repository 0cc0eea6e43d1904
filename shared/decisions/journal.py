"""The journal: the inputs and changes of a decision, kept beside the payload of its event.

`explain`, `blame` and timelines read it, so later code need not guess why earlier code decided as it did. It holds
ids, states and amounts, no name or address. An erasure deletes it with the customer's partition.
"""

from collections.abc import Mapping
from typing import Any

from shared.compression.packing import pack, unpack
from shared.runtime.version import VERSION
from shared.values.frozen import Frozen, Scalar

type Change = tuple[Scalar, Scalar]
"""A fact before and after."""


class Journal(Frozen):
    """One decision.

    Args:
        code: the version of the code that decided.
        policy: the fingerprint of the policy that it decided with.
        records: the version that each record was saved as, by `<partition>/<sort key>`.
        changed: the derived facts that changed, by the same name: each before and after.
        effects: the key of each effect.
    """

    code: str = VERSION
    policy: str = ""
    records: Mapping[str, int] = {}
    changed: Mapping[str, Mapping[str, Change]] = {}
    effects: tuple[str, ...] = ()

    def packed(self) -> bytes:
        """As the archived payload's item holds it."""
        return pack(self.model_dump_json())


def read_journal(item: Mapping[str, Any]) -> Journal | None:
    """The journal in an archived payload's item; None if an older version archived it."""
    packed = item.get("journal")
    return Journal.model_validate_json(unpack(packed)) if packed else None
