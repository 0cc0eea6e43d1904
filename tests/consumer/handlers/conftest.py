"""Every handler test runs in both shapes of Stripe's API, and for the platform's own account and a connected one."""

import pytest

from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.samples import NAMES, Stripe, sample
from tests.support.stories import CONNECTED


@pytest.fixture(params=[PLATFORM, CONNECTED], ids=["platform", "connected"])
def account(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["", "before_basil/"], ids=["since basil", "before basil"])
def stripe_sends(request: pytest.FixtureRequest, account: str) -> Stripe:
    """Makes a sample event of that account in that shape; one whose shape never changed is the same in both."""

    def send(name: str, **changes: object) -> Event:
        shaped = f"{request.param}{name}"
        known = shaped if shaped in NAMES else name
        # On the platform's own account Stripe names none.
        return sample(known, account=None if account == PLATFORM else account, **changes)  # type: ignore[arg-type]

    return send
