"""`billhook run` and `billhook demo`: start the local cloud, deploy to it, play the journey, and show the outcomes."""

import contextlib
import re
import secrets
import signal
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from botocore.exceptions import BotoCoreError, ClientError
from cyclopts import Parameter
from rich import box
from rich.console import Console
from rich.table import Table

from cli.bounds import Port
from cli.errors import RefusedError
from cli.local import running
from cli.local.incoming import Incoming
from cli.local.journey import LENGTH, travel
from cli.local.prepare import PROCESSOR, build, make
from cli.local.stack import APP_TOKEN, Stack, deploy
from cli.see.screen import THEME
from functions.consumer.routes import ROUTES
from infra.local_cloud.cloud import LocalCloud
from infra.local_cloud.deployment import FailedError
from infra.local_cloud.emulator import NotStartedError, PortTakenError
from shared.inbox.outbox import load, progress_of
from shared.messages.internal_types import is_internal

if TYPE_CHECKING:
    from collections.abc import Mapping

PORT = 4599
LOOK_SECONDS = 0.3
"""Seconds between two looks at the logs while the cloud stays up."""


def run(
    *,
    port: Port = PORT,
    bind: str = "127.0.0.1",
    parameter: Annotated[dict[str, str] | None, Parameter(name="--parameter")] = None,
) -> int:
    """Start a local cloud, play a customer's journey, and stay up.

    The cloud runs the real template.yaml, and stays up until Ctrl-C. The other commands find it.

    Args:
        port: the port of the cloud, if it is free.
        bind: 0.0.0.0 lets containers and your whole network reach the cloud.
        parameter: a parameter of template.yaml: --parameter.OperatorAddress me@example.com
    """
    return _play(port, bind, parameter or {}, stay=True)


def demo(*, port: int = PORT) -> int:
    """Play the same journey and end; 0 only if all is as expected.

    Args:
        port: the port of the cloud, if it is free.
    """
    return _play(port, "127.0.0.1", {}, stay=False)


def _play(port: int, bind: str, parameters: "Mapping[str, str]", *, stay: bool) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background jobs begin with it ignored
    console = Console(theme=THEME, highlight=False, soft_wrap=True)
    make(".tools/cloud/.installed")
    built = build()
    started = time.monotonic()

    def tell(line: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:5.1f} s[/dim]  {line}")

    try:
        tell("starting the local cloud")
        with _start(port, bind, console) as cloud:
            running.forget(cloud.endpoint_url)  # a killed cloud leaves its file for this port
            tell("deploying template.yaml with sam deploy")
            # Any mode, because the Stripe CLI sends test-mode events and the samples are live events.
            settings = {"Livemode": "any", **parameters}
            stack = deploy(cloud, built, PROCESSOR, "whsec_" + secrets.token_hex(16), **settings)
            tell(f"deployed: {stack.webhook_url}")
            cloud.set_clock(ahead=-LENGTH)  # so that the journey ends now, and later events are newer
            journey = travel(stack, tell)
            cloud.set_clock(ahead=0)
            _show(stack, console)
            verdict = (
                "every outcome is as expected" if not journey.wrong else f"{len(journey.wrong)} outcomes are wrong"
            )
            tell(verdict)
            if stay:
                _stay(stack, bind, console)
            return 1 if journey.wrong else 0
    except (NotStartedError, FailedError) as error:
        raise RefusedError(f"not started: {error}") from None
    except KeyboardInterrupt:
        console.print("\nstopped; the local cloud and its data are gone")
        return 0


def _start(port: int, bind: str, console: Console) -> LocalCloud:
    try:
        return LocalCloud.start(port=port, bind=bind, auth=True)
    except PortTakenError as taken:
        console.print(f"{taken}, so another one is used; --port chooses one")
        return LocalCloud.start(bind=bind, auth=True)


def _show(stack: Stack, console: Console) -> None:
    """Print each event with its state and milliseconds, and the mails as their readers see them."""
    inbox = Table("event", "type", "state", "ms", "performed", title="The inbox", title_justify="left", box=box.SIMPLE)
    for item in stack.all_inbox():
        took = int(item.get("done_ms", item["started_ms"]) - item["started_ms"])
        inbox.add_row(item["id"][:9] + "…", item["type"], item["state"], str(took), _performed(item))
    console.print(inbox)
    for mail in stack.mails():
        console.rule(f"{mail.time:%d %B %H:%M} UTC, to {', '.join(mail.to)}", align="left", style="dim")
        console.print(f"[bold]{mail.subject}[/bold]\n\n{reachable(stack.cloud, mail.text)}", markup=True)


def reachable(cloud: LocalCloud, text: str) -> str:
    """`text` with the local addresses of APIs: a deployed function knows its API by AWS's address only."""
    return re.sub(r"https://(\w+)\.execute-api\.[\w-]+\.amazonaws\.com", lambda api: cloud.api_url(api[1]), text)


def _performed(item: dict[str, object]) -> str:
    outbox = load(str(item.get("outbox", "[]")))
    progress = progress_of(item, outbox)
    return ", ".join(f"{owed.kind} {progress[place].outcome or 'owed'}" for place, owed in enumerate(outbox))


def _stay(stack: Stack, bind: str, console: Console) -> None:
    """Announce the cloud to the other commands, print how to use it, and show incoming events until Ctrl-C."""
    endpoint_url = stack.cloud.endpoint_url
    running.announce(
        webhook_url=stack.webhook_url,
        secret=stack.secret,
        endpoint_url=endpoint_url,
        bind=bind,
        signing_secrets_id=stack.outputs["SigningSecretsId"],
        inbox_table=stack.outputs["InboxTableName"],
        books_table=stack.outputs["BooksTableName"],
        access_table=stack.outputs["AccessTableName"],
    )
    try:
        console.rule("The local cloud stays up until Ctrl-C", align="left")
        console.print(usage(stack))
        console.rule("Incoming", align="left")
        _watch(stack, console)
    finally:
        running.forget(endpoint_url)


def app_url(stack: Stack) -> str:
    """The local address of the function access; the outputs AccessUrl and CheckoutUrl have AWS's, as on AWS."""
    return stack.webhook_url.removesuffix("/webhooks/stripe")


def usage(stack: Stack) -> str:
    """What to type beside the running cloud, to paste."""
    app = app_url(stack)
    types = ",".join(sorted(type_ for type_ in ROUTES if not is_internal(type_)))
    return (
        f"webhook URL     {stack.webhook_url}\n"
        f"signing secret  {stack.secret}\n"
        f"AWS endpoint    {stack.cloud.endpoint_url}   (us-east-1, key and secret: test)\n\n"
        f"your app asks:  curl -H 'Authorization: Bearer {APP_TOKEN}' '{app}/access?reference=org_fernhill'\n"
        f"                (and {app}/checkout/cs_…?wait=5 for the success page)\n\n"
        f"another event:  ./billhook send invoice.payment_failed\n"
        f"                (or any of events/; --id evt_… repeats one, --account acct_… names a connected account)\n\n"
        f"the AWS CLI, of version 1 or 2; then the commands of alarms and runbook work as they stand:\n"
        f"  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1\n"
        f'  aws() {{ command aws --endpoint-url {stack.cloud.endpoint_url} "$@"; }}\n\n'
        f"the Stripe CLI: it signs events with its own secret. Store that first, or each event gets a 400:\n"
        f"  stripe listen --print-secret | ./billhook secret cli\n"
        f"  stripe listen --events {types} --forward-to {stack.webhook_url}"
    )


def _watch(stack: Stack, console: Console) -> None:
    """Print incoming events and mails as long as the cloud runs.

    Raises:
        NotStartedError: the cloud has died.
    """
    with contextlib.closing(Incoming(stack)) as incoming:
        while not stack.cloud.has_died():
            with contextlib.suppress(
                BotoCoreError, ClientError, OSError
            ):  # the machine is busy, and the next look shows the lines
                for at, line in incoming.new():
                    console.print(line.text(f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"))
            time.sleep(LOOK_SECONDS)
    raise NotStartedError(f"the local cloud has died; the end of its log:\n{stack.cloud.log()[-2000:]}")
