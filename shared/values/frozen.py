"""The base class of all values that Billhook reads, decides or stores: immutable, and without unknown fields."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value; it drops unknown fields, so that newer and older code can read each other's items."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,  # an error's text ends up in a log
    )


type Scalar = str | int | bool | None
