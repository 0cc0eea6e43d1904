"""The MAC of a message: it shows the consumer that Billhook sent the message, and that nobody has changed it since.

A message carries its MAC as a message attribute, over the body and all other attributes. EventBridge Scheduler cannot
set attributes, so a schedule's body carries the MAC of its own other fields.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

type Verdict = Literal["signed", "unsigned", "wrong"]

MAC = "mac"
"""The name of the attribute, and of the field in a schedule's body."""
MAC_BYTES = len(MAC) + len("String") + 2 * hashlib.sha256().digest_size
"""What the attribute adds to the size of a message, in bytes."""


def signed_attributes(key: bytes, body: str, values: Mapping[str, str]) -> dict[str, MessageAttributeValueTypeDef]:
    """The message attributes `values` and the MAC, as SendMessage takes them."""
    signed = {**values, MAC: _mac_of_message(key, body, values)}
    return {name: {"DataType": "String", "StringValue": value} for name, value in signed.items()}


def signed_body(key: bytes, event: Mapping[str, Any]) -> str:
    """The JSON of an own event with its MAC in it; an earlier MAC is replaced."""
    rest = {name: value for name, value in event.items() if name != MAC}
    return json.dumps({**rest, MAC: _mac_of_event(key, rest)}, separators=(",", ":"))


def verify(keys: Sequence[bytes], body: str, values: Mapping[str, str]) -> Verdict:
    """Whether one of `keys` signed the message of this body and these attributes.

    A MAC within the body counts only in a message without attributes, because it vouches for the body alone.
    """
    if MAC in values:
        rest = {name: value for name, value in values.items() if name != MAC}
        return _compare(values[MAC], [_mac_of_message(key, body, rest) for key in keys])
    event = {} if values else _object_in(body)
    if MAC not in event:
        return "unsigned"
    found = event.pop(MAC)
    return _compare(found, [_mac_of_event(key, event) for key in keys])


def _compare(found: object, expected: Sequence[str]) -> Verdict:
    if not isinstance(found, str):
        return "wrong"
    given = found.encode(errors="replace")
    # A list, so that the time does not tell which key fits.
    return "signed" if any([hmac.compare_digest(given, one.encode()) for one in expected]) else "wrong"  # noqa: C419


def _mac_of_message(key: bytes, body: str, values: Mapping[str, str]) -> str:
    hashed = hashlib.sha256(body.encode(errors="surrogatepass")).hexdigest()
    return _mac(key, ["billhook.message.1", hashed, sorted(values.items())])


def _mac_of_event(key: bytes, event: Mapping[str, Any]) -> str:
    return _mac(key, ["billhook.schedule.1", event])


def _mac(key: bytes, content: list[object]) -> str:
    canonical = json.dumps(content, separators=(",", ":"), sort_keys=True)  # ASCII only
    return hmac.digest(key, canonical.encode(), "sha256").hex()


def _object_in(body: str) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
