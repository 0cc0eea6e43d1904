"""The setting `Livemode`: which of Stripe's two modes a stack handles."""

from typing import Annotated

from pydantic import BeforeValidator

type Livemode = Annotated[bool | None, BeforeValidator(lambda mode: None if mode == "any" else mode)]
"""True for live events, False for test-mode events, None for both (`any`)."""
