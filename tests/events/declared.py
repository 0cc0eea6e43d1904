"""Where a value is not what the classes of Stripe's own SDK declare."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import stripe
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject  # not exported, though metadata is declared as one

type Json = dict[str, Any]

# Stripe goes on sending these though its classes no longer name them; captured deliveries have them.
UNDECLARED = {
    "charge": {"destination", "dispute", "order"},
    "subscription": {"plan", "quantity"},
}


def fields(cls: type) -> dict[str, Any]:
    """The declared fields; the SDK imports most of what they name for type checkers only."""
    names: dict[str, Any] = {}
    while True:
        try:
            hints = get_type_hints(cls, localns=names)
        except NameError as error:
            names[str(error.name)] = getattr(stripe, str(error.name), Any)
        else:
            return {n: hint for n, hint in hints.items() if get_origin(hint) is not ClassVar and not n.startswith("_")}


def faults(value: object, declared: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # an annotation can be anything
    """Where a value is not what Stripe declares."""
    cls = get_origin(declared) or declared
    if cls is Union:
        yield from faults_in_union(value, get_args(declared), path)
    elif cls is Literal:
        if value not in get_args(declared):
            yield f"{path} is {value!r}"
    elif cls is list and isinstance(value, list):
        for place, element in enumerate(value):
            yield from faults(element, get_args(declared)[0], f"{path}[{place}]")
    elif cls is ListObject and isinstance(value, dict):
        yield from faults(value.get("data"), list[get_args(declared)[0]], f"{path}.data")  # type: ignore[misc]
    elif isinstance(cls, type) and issubclass(cls, StripeObject) and isinstance(value, dict):
        yield from faults_in_object(value, cls, path)
    elif cls is not Any and type(value) is not cls and cls.__name__ != "Decimal":
        yield f"{path} is {value!r}, not {declared}"


def faults_in_union(value: object, options: tuple[Any, ...], path: str) -> Iterator[str]:
    if str in options and isinstance(value, dict):
        yield f"{path} is expanded"
    elif value is None and NoneType in options:
        return
    else:
        yield from min((list(faults(value, option, path)) for option in options if option is not NoneType), key=len)


def faults_in_object(value: Json, cls: type, path: str) -> Iterator[str]:
    if issubclass(cls, UntypedStripeObject):
        return
    declared = fields(cls)
    for name, hint in declared.items():
        if name in value:
            yield from faults(value[name], hint, f"{path}.{name}")
        elif NoneType not in get_args(hint):
            yield f"{path}.{name} is missing"
    for name in value.keys() - declared.keys() - UNDECLARED.get(getattr(cls, "OBJECT_NAME", ""), set()):
        yield f"{path}.{name} is not declared"
