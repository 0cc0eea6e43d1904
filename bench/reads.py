"""Measure what the business's app does: a read of access, the success page, and the bill of a million reads."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout

from bench.dollars import (
    ANSWER,
    DYNAMODB_READ,
    HTTP_API,
    KILOBYTE,
    LAMBDA_GB_SECOND,
    LAMBDA_REQUEST,
    LOGS_KB,
    MEMORY_GB,
    PROCESSORS,
    Line,
)
from bench.markdown import table
from cli.local.stack import Stack
from cli.samples import samples
from functions.access.log import print_request
from shared.runtime.emf import NAMESPACE

ASKED, PAGES = 300, 50
"""The number of reads, and of success pages."""
BEGUN = 0.2
"""Seconds for which a success page has waited when Stripe posts the event."""


def read_waits(stack: Stack) -> list[float]:
    """The milliseconds of each read by reference, one after another, over HTTP."""
    bought = samples.fresh("checkout.session.completed.subscription", stack.now())
    for event in (bought, samples.fresh("customer.subscription.created", stack.now())):
        stack.send(event)
        stack.settled(event["id"])
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        stack.ask(reference=bought["data"]["object"]["client_reference_id"], feature="exports")
        took.append((time.perf_counter() - began) * 1000)
    return took


def page_waits(stack: Stack) -> list[float]:
    """The milliseconds from the POST of a Checkout session's event to the answer of the success page that waits.

    Raises:
        RuntimeError: a page was answered with another outcome than `fulfilled`.
    """
    took = []
    with ThreadPoolExecutor(1) as page:
        for number in range(PAGES):
            event = samples.renamed(samples.fresh("checkout.session.completed", stack.now()), f"p{number}")
            waiting = page.submit(stack.came_of, event["data"]["object"]["id"])
            time.sleep(BEGUN)
            began = time.perf_counter()
            stack.send(event)
            outcome = waiting.result()["outcome"]
            took.append((time.perf_counter() - began) * 1000)
            if outcome != "fulfilled":
                raise RuntimeError(f"a success page was answered {outcome}")
    return took


def logged() -> int:
    """The bytes of the log line of one read, with its newline."""
    with redirect_stdout(io.StringIO()) as log:
        print_request(200, None, NAMESPACE, holder="shop", started=0.0, ended=0.0123)
    return len(log.getvalue().encode())


def bill(seconds: float) -> list[Line]:
    """The bill of a million reads by reference; `seconds` is the CPU of a warm one, on a whole processor."""
    calls = 2  # the customers of the reference, and the item of one
    return [
        Line("HTTP API, requests", 1, HTTP_API),
        Line("Lambda, requests (access)", 1, LAMBDA_REQUEST),
        Line("Lambda, GB-seconds (access)", (seconds / PROCESSORS + calls * ANSWER) * MEMORY_GB, LAMBDA_GB_SECOND),
        Line("DynamoDB, read units", calls, DYNAMODB_READ),
        Line("CloudWatch Logs, KiB", logged() / KILOBYTE, LOGS_KB),
    ]


def shown(seconds: float) -> str:
    """The bill as a table; `seconds` as for `bill`."""
    lines = bill(seconds)
    rows = [(one.what, f"{one.each:.2f}", f"{one.price:.3f}", f"{one.dollars:.2f}") for one in lines]
    rows.append(("**together**", "", "", f"**{sum(one.dollars for one in lines):.2f}**"))
    return table(("line", "a read", "$ a million", "$ a million reads"), rows, "lrrr")
