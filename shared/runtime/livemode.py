"""The setting `Livemode`: the mode of Stripe, live or test, that a stack handles."""

from typing import Annotated

from pydantic import BeforeValidator

type Livemode = Annotated[bool | None, BeforeValidator(lambda mode: None if mode == "any" else mode)]
"""True for live events, False for test-mode events, None for both (`any`)."""
