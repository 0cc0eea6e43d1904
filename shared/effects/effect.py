"""All effects that a decision may ask for, told apart by `kind`."""

from typing import Annotated

from pydantic import Field

from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.erasure import Erase, Export
from shared.effects.observe import Observe
from shared.effects.remind import Remind

type Effect = Annotated[Email | Remind | Announcement | Export | Erase | Observe, Field(discriminator="kind")]
