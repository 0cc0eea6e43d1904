"""Samples with a canary, a word to search for afterwards, in place of every text that is not listed as harmless.

The harmless fields are listed, so a field that Stripe adds counts as personal until somebody lists it.
"""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.support.samples import EVENTS

MARK = "zqcanary"

HARMLESS = frozenset(
    # Fields of the event's envelope.
    "api_version object type "
    # Stripe's own words, which handlers read.
    "billing_reason code collection_method currency interval mode payment_status status "
    # The plan, which plans.toml names.
    "lookup_key".split()
)
"""Names of fields whose text may be logged, anywhere outside of metadata."""

ID = re.compile(
    r"(acct|ba|ca|ch|cs_test|cs_live|cus|du|evt|ii|il|issfr|in|inpay|pi|pm|po|price|prod|pyr?|re|req|seti|shr|si|sub|txn)"
    r"_[A-Za-z0-9]+"
)
"""The shape of Stripe's ids. A client secret and the business's own ids have another shape."""


class Canaries:
    """Makes canaries, and finds the canaries in a text."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def new(self, name: str) -> str:
        """A new canary, reported as `name` when it is found."""
        self._names.append(name)
        return f"{MARK}{len(self._names) - 1:04}"

    def __len__(self) -> int:
        return len(self._names)

    def forget_from(self, number: int) -> None:
        """Keep the first `number` canaries only."""
        del self._names[number:]

    def all(self) -> str:
        """Every canary so far, as an error might quote them."""
        return " ".join(f"{MARK}{number:04}" for number in range(len(self._names)))

    def heard_in(self, text: str) -> set[str]:
        """The names of the canaries in `text`, in any case; one name stands for all canaries in base64."""
        found = {self._names[int(number)] for number in re.findall(rf"{MARK}(\d{{4}})", text, re.IGNORECASE)}
        return found | ({"something in base64"} if any(shape in text for shape in _IN_BASE64) else set())

    def plant(self, value: Any, path: str = "", *, free: bool = False) -> Any:  # noqa: ANN401 - any JSON
        """`value` with a canary in place of every text that is not harmless; `free` if its names are free text, too."""
        match value:
            case dict():
                return {
                    self.new(f"the name {path}.{name}") if free else name: self._field(f"{path}.{name}", name, inner)
                    for name, inner in value.items()
                }
            case list():
                return [self.plant(inner, path) for inner in value]
            case str():
                return self._text(path, value)
            case _:
                return value

    def _field(self, path: str, name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, str) and name in HARMLESS and ".metadata." not in path:
            return value
        return self.plant(value, path, free=name == "metadata")

    def _text(self, path: str, value: str) -> str:
        if ID.fullmatch(value) and ".metadata." not in path:
            return value
        canary = self.new(path.removeprefix("."))
        if value.startswith("https://"):
            return f"https://example.com/{canary}"
        return f"{canary}@example.com" if "@" in value else canary


def _in_base64() -> Iterator[str]:
    """The mark in base64, for each of its three positions in a group of three bytes."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + MARK.encode()).decode().rstrip("=")
        yield encoded[2 * before : -1]  # without the characters that its neighbours share


_IN_BASE64 = tuple(_in_base64())


def with_canaries(name: str, canaries: Canaries) -> dict[str, Any]:
    """`events/<name>.json` with canaries."""
    event: dict[str, Any] = canaries.plant(json.loads((EVENTS / f"{name}.json").read_text()))
    return event


def mutations(obj: Any, canary: str) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    """`obj` with each value in it, at any depth, replaced by values of other types."""
    yield from (canary, [canary], {canary: canary}, {"id": {canary: canary}})
    match obj:
        case dict():
            for name, value in obj.items():
                yield from ({**obj, name: changed} for changed in mutations(value, canary))
        case [first, *others]:
            yield from ([changed, *others] for changed in mutations(first, canary))
