"""`make run` and `make demo`: start the local cloud, deploy to it, play the journey, and show what came of it."""

import argparse
import json
import secrets
import signal
import sys
import time
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from functions.consumer.routes import ROUTES
from infra import running
from infra.journey import LENGTH, travel
from infra.local_cloud.cloud import LocalCloud
from infra.local_cloud.emulator import NotStartedError
from infra.stack import Stack, deploy
from shared.own_types import is_own

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run until Ctrl-C, or only as long as the journey lasts; 0 if every outcome was as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", required=True, help="what the functions were built for")
    parser.add_argument("--port", type=int, default=4599, help="where the cloud answers, if that port is free")
    parser.add_argument("--bind", default="127.0.0.1", help="0.0.0.0 lets containers, and your whole network, reach it")
    parser.add_argument("--end", action="store_true", help="end after the journey")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    console = Console(highlight=False, soft_wrap=True)
    started = time.monotonic()

    def tell(line: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:5.1f} s[/dim]  {line}")

    try:
        tell("starting the local cloud")
        with _start(asked.port, asked.bind, console) as cloud:
            tell("deploying template.yaml with sam deploy")
            built = ROOT / ".aws-sam" / asked.arch / "template.yaml"
            stack = deploy(cloud, built, asked.arch, "whsec_" + secrets.token_hex(16))
            tell(f"deployed: {stack.webhook_url}")
            cloud.set_clock(ahead=-LENGTH)  # so that the journey ends now, and what is sent after it is newer
            journey = travel(stack, tell)
            cloud.set_clock(ahead=0)
            _show(stack, console)
            verdict = (
                "every outcome is as it should be" if not journey.wrong else f"{len(journey.wrong)} outcomes are wrong"
            )
            tell(verdict)
            if not asked.end:
                _stay(stack, console)
            return 1 if journey.wrong else 0
    except KeyboardInterrupt:
        console.print("\nstopped; the local cloud is gone, and nothing of it is left")
        return 0
    finally:
        running.forget()


def _start(port: int, bind: str, console: Console) -> LocalCloud:
    try:
        return LocalCloud.start(port=port, bind=bind, auth=True)
    except NotStartedError:
        console.print(f"port {port} is taken, so another one is used; PORT=… chooses one")
        return LocalCloud.start(bind=bind, auth=True)


def _show(stack: Stack, console: Console) -> None:
    """Each event with its state and milliseconds, and the mails as their readers see them."""
    inbox = Table("event", "type", "state", "ms", "performed", title="The inbox", title_justify="left", box=box.SIMPLE)
    for item in stack.all_inbox():
        took = int(item.get("done_ms", item["started_ms"]) - item["started_ms"])
        inbox.add_row(item["id"][:9] + "…", item["type"], item["state"], str(took), _performed(item))
    console.print(inbox)
    for mail in stack.mails():
        console.rule(f"{mail.time:%d %B %H:%M} UTC, to {', '.join(mail.to)}", align="left", style="dim")
        console.print(f"[bold]{mail.subject}[/bold]\n\n{mail.text}", markup=True)


def _performed(item: dict[str, object]) -> str:
    owed = json.loads(str(item.get("outbox", "[]")))
    return ", ".join(f"{entry['kind']} {entry.get('outcome', 'owed')}" for entry in owed)


def _stay(stack: Stack, console: Console) -> None:
    """Write down where the cloud is, say how to use it, and wait for Ctrl-C."""
    running.announce(
        webhook_url=stack.webhook_url,
        secret=stack.secret,
        endpoint_url=stack.cloud.endpoint_url,
        signing_secrets_id=stack.outputs["SigningSecretsId"],
        inbox_table=stack.outputs["InboxTableName"],
        books_table=stack.outputs["BooksTableName"],
    )
    console.rule("The local cloud stays up until Ctrl-C", align="left")
    types = ",".join(sorted(type_ for type_ in ROUTES if not is_own(type_)))
    console.print(
        f"webhook URL     {stack.webhook_url}\n"
        f"signing secret  {stack.secret}\n"
        f"AWS endpoint    {stack.cloud.endpoint_url}   (us-east-1, key and secret: test)\n\n"
        f"another event:  make send EVENT=invoice.payment_failed\n"
        f"                (or any of events/; ID=evt_… repeats one, ACCOUNT=acct_… makes it a connected account's)\n\n"
        f"the Stripe CLI: its events are signed with a secret of its own, so add that one first:\n"
        f"  make secret NAME=cli VALUE=$(stripe listen --print-secret)\n"
        f"  stripe listen --events {types} --forward-to {stack.webhook_url}"
    )
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())
