"""The base of every value that is read, decided or stored: immutable, and deaf to fields it does not know."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value; unknown fields are dropped, so that newer and older code read each other's items."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,  # an error's text ends up in a log
    )


type Scalar = str | int | bool | None
