"""The bounds of numbers that people type: cyclopts refuses a number outside them before a command begins."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number


def _not_negative(type_: object, value: object) -> None:
    """Raises ValueError if the value is a negative number."""
    if isinstance(value, int | float):  # `Number` refuses every text
        Number(gte=0)(type_, value)


NOT_NEGATIVE = Parameter(validator=_not_negative)
"""The bound of every number that states no bound of its own."""

Count = Annotated[int, Parameter(validator=Number(gte=1))]
"""A number of things to show or to do."""
Most = Annotated[int | None, Parameter(validator=Number(gte=1))]
"""A number of things at most; None for all."""
Seconds = Annotated[float, Parameter(validator=Number(gte=0.1, lte=3600))]
"""A pause between two looks."""
Port = Annotated[int, Parameter(validator=Number(gte=0, lte=65_535))]
"""A TCP port; 0 for any that is free."""
Days = Annotated[int | None, Parameter(validator=Number(gte=0))]
"""Days ago; None for any time."""
