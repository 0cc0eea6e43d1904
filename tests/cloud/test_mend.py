"""An engineer mends a handler and deploys it to the running cloud: the data stays, and a redrive meets the new code."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.local.stack import NAME, deployed
from cli.samples import samples
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.test_planted import until
from tests.cloud.test_redrive import done_after_all, redrive

if TYPE_CHECKING:
    from cli.local.stack import Stack

pytestmark = pytest.mark.cloud

HANDLER = "ConsumerFunction/functions/consumer/handlers/payout.py"
READS = "    payout = read(Payout, event.object)\n"
BUG = '    from shared.failures.errors import Permanent\n\n    raise Permanent("bug_of_the_day")\n'


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The template of a build whose handler of payouts has a bug."""
    build = shutil.copytree(BUILT.parent, tmp_path / "build", symlinks=True)
    handler = build / HANDLER
    code = handler.read_text()
    assert READS in code
    handler.write_text(code.replace(READS, READS + BUG))
    shutil.rmtree(handler.parent / "__pycache__")  # its bytecode says that it needs no comparison with the source
    return build / BUILT.name


def test_a_redrive_after_a_mend_meets_the_new_code(broken: Path, account: str) -> None:
    with deployed(broken, ARCHITECTURE, SECRET) as stack:
        known = _sent(stack, "invoice.paid", account)
        assert stack.settled(known)["state"] == "done"
        dead = _sent(stack, "payout.paid", account)
        assert stack.settled(dead)["error"] == "Permanent bug_of_the_day"
        until(lambda: stack.dead_letters() == 1)

        stack.cloud.deploy(BUILT, NAME)
        assert stack.settled(known)["state"] == "done"
        redrive(stack, "DeadLetterQueueUrl")

        assert done_after_all(stack, dead)["state"] == "done"


def _sent(stack: "Stack", name: str, account: str) -> str:
    event = samples.fresh(name, stack.now(), account=account)
    assert stack.send(event).status == 200
    event_id: str = event["id"]
    return event_id
