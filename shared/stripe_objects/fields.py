"""How to read a field of Stripe's: from several places, and as an id or as an expanded object."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AliasChoices, AliasPath, BeforeValidator


def id_of(value: object) -> str | None:
    """The id in `value`, which is an id, an expanded object, or neither; None if there is none."""
    found = _id_of(value)
    return found if isinstance(found, str) else None


def _id_of(value: object) -> object:
    """The id of an expandable field, which Stripe sends as an id or as the whole object."""
    return value.get("id") if isinstance(value, Mapping) else value


type Id = Annotated[str, BeforeValidator(_id_of)]
type MaybeId = Annotated[str | None, BeforeValidator(_id_of)]


def aliases(*paths: str) -> AliasChoices:
    """The paths where a field may stand, with dots between the steps; the first path that exists wins."""
    steps = ([int(step) if step.isdigit() else step for step in path.split(".")] for path in paths)
    return AliasChoices(*(AliasPath(*path) for path in steps))  # type: ignore[arg-type] # the first is always a name


def position(status: str, *order: str) -> int:
    """The index of `status` in `order`; a status that Stripe has added since comes last."""
    return order.index(status) if status in order else len(order)
