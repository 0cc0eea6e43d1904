"""The charge of a stored payment, which an erasure remembers by its hash."""

import zlib
from collections.abc import Mapping
from typing import Any

from shared.compression.packing import unpack
from shared.records.payment import Payment


def charge_ids(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The charge of a payment's item; empty if it has none, or if the record is damaged, which stops no erasure."""
    try:
        payment = Payment.model_validate_json(unpack(item["record"]))
    except (KeyError, ValueError, zlib.error):
        return ()
    return (payment.charge.value.id,) if payment.charge else ()
