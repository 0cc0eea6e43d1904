"""What `billhook doctor` finds at Stripe: the endpoints, and the key with which Billhook asks."""

import os
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, cast

import stripe
from stripe import StripeClient, StripeError

from cli.doctor.finding import Finding, ok, unknown, wrong
from cli.operate.endpoint_plan import Endpoint, Name, Wanted, plan, types_for

if TYPE_CHECKING:
    from collections.abc import Callable

READS = ("events", "customers", "subscriptions")
"""The lists that Billhook reads with its key."""
SESSIONS = "checkout.sessions"
"""The list whose permission also covers the lines of an order."""


def client_of(key: str) -> StripeClient:
    """A client of Stripe's API, which prints no answers."""
    stripe.log = None  # the environment variable STRIPE_LOG makes the SDK print whole answers
    return StripeClient(key, max_network_retries=1)


def of_key(
    key: str, *, livemode: str, stack: str, connect: "Callable[[str], StripeClient]", lines: bool = False
) -> Iterator[Finding]:
    """Whether the stored key is of the stack's mode, and may read what Billhook reads.

    Args:
        key: the value of the secret `<stack>/stripe-api-key`; empty if none is stored.
        livemode: the stack's parameter `Livemode`: `true`, `false` or `any`.
        stack: the stack's name.
        connect: makes a client of Stripe's API from a key.
        lines: whether Billhook also reads the lines of orders.
    """
    store = f"aws secretsmanager put-secret-value --secret-id {stack}/stripe-api-key --secret-string file:///dev/stdin"
    if not key:
        yield unknown("Stripe key", "none is stored, so Billhook never asks Stripe: erasures wait", store)
        return
    mode = key.split("_")[1] if key.count("_") > 1 else "no"
    if livemode in {"true", "false"} and mode != ("live" if livemode == "true" else "test"):
        yield wrong("Stripe key", f"it is a {mode}-mode key, and the stack has Livemode={livemode}", store)
        return
    api, refused, names = connect(key), list[str](), (*READS, SESSIONS) if lines else READS
    for name in names:
        try:
            attrgetter(name)(api.v1).list({"limit": 1})
        except StripeError as error:
            refused.append(f"{name} ({error.http_status or 'no answer'})")
    if refused:
        yield wrong("Stripe key", f"Stripe refuses to list {', '.join(refused)}", "allow reading them, at Stripe")
    else:
        yield ok("Stripe key", f"a {mode}-mode key that may read {', '.join(names)}")


def of_endpoints(
    key: str, url: str, secrets: Mapping[str, tuple[bytes, ...]], command: str, connect: "Callable[[str], StripeClient]"
) -> Iterator[Finding]:
    """Whether Stripe has an enabled endpoint for each name with a secret, of the right types and version.

    Args:
        key: an API key that may read webhook endpoints; empty if there is none.
        url: the stack's WebhookUrl.
        secrets: the signing secrets of each endpoint.
        command: the command that mends the endpoints.
        connect: makes a client of Stripe's API from a key.
    """
    if not key:
        yield unknown("endpoints", "no key is at hand to look at Stripe", "export STRIPE_API_KEY, and type it again")
        return
    try:
        listed = connect(key).v1.webhook_endpoints.list({"limit": 100}).auto_paging_iter()
        there = [Endpoint.read(found) for found in listed]
    except StripeError as error:
        says = f"Stripe does not list the endpoints ({error.http_status or 'no answer'})"
        yield unknown("endpoints", says, "export STRIPE_API_KEY, a key that may read Webhook Endpoints")
        return
    ours = [found for found in there if found.url.startswith(f"{url}/")]
    if not ours:
        yield wrong("endpoints", f"Stripe has none for {url}", command)
    for name in sorted({found.url.removeprefix(f"{url}/") for found in ours}):
        yield _of_endpoint(name, url, there, secrets, command)


def _of_endpoint(
    name: str, url: str, there: list[Endpoint], secrets: Mapping[str, tuple[bytes, ...]], command: str
) -> Finding:
    if name not in {"direct", "connect"}:
        return ok("endpoints", f"{name} is one of your own")
    known = next((one.api_version for one in there if one.url == f"{url}/{name}" and one.enabled), None)
    wanted = Wanted(cast("Name", name), f"{url}/{name}", known or stripe.api_version, types_for(cast("Name", name)))
    todo = plan(wanted, there, secrets.get(name, ()))
    if todo.keep is None or todo.change or todo.disable:
        return wrong("endpoints", f"{name}: {next(todo.lines(keep_old=False))}"[:200], command)
    return ok("endpoints", f"{name} is enabled with {len(wanted.types)} types, API version {wanted.api_version}")


def key_at_hand(stored: str) -> str:
    """The key of the environment variable STRIPE_API_KEY, else the stored one."""
    return os.environ.get("STRIPE_API_KEY", "").strip() or stored
