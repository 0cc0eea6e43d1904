"""How a field of Stripe's is read, wherever the API's version puts it, and whether it comes as an id or expanded."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AliasChoices, AliasPath, BeforeValidator


def id_of(value: object) -> str | None:
    """The id of an object or of an expandable field; None if there is none."""
    found = _id_of(value)
    return found if isinstance(found, str) else None


def _id_of(value: object) -> object:
    """An expandable field's id, whether Stripe sent the id or the whole object."""
    return value.get("id") if isinstance(value, Mapping) else value


type Id = Annotated[str, BeforeValidator(_id_of)]
type MaybeId = Annotated[str | None, BeforeValidator(_id_of)]


def aliases(*paths: str) -> AliasChoices:
    """Where a field may stand, dots between the steps; the first place that is there wins."""
    steps = ([int(step) if step.isdigit() else step for step in path.split(".")] for path in paths)
    return AliasChoices(*(AliasPath(*path) for path in steps))  # type: ignore[arg-type] # the first is always a name


def position(status: str, *order: str) -> int:
    """Where `status` stands in `order`; one that Stripe has added since comes last."""
    return order.index(status) if status in order else len(order)
