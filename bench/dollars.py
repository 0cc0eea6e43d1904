"""The bill of a million events: counted calls times AWS's list prices in us-east-1, without free tiers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.counting import STORY, Handled
from bench.meter import Cost
from cli.operate.endpoint_plan import NOT_ENABLED

MILLION = 1_000_000
KILOBYTE, GIGABYTE = 2**10, 2**30
# Dollars a million, from the pricing pages of the services (aws.amazon.com/<service>/pricing), November 2026.
HTTP_API = 1.00
LAMBDA_REQUEST = 0.20
LAMBDA_GB_SECOND = 0.0000133334 * MILLION  # arm64
SQS_FIFO = 0.50
SQS_STANDARD = 0.40
SQS_FAIR = 0.10  # for each request about a message with a group; quoted by third parties in March 2026
DYNAMODB_WRITE = 0.625
DYNAMODB_READ = 0.125
SCHEDULER = 1.00
EVENT_BUS = 1.00
S3_PUT = 5.00
SECRETS_MANAGER = 5.00
SES = 100.00
LOGS_KB = 0.50 * MILLION * KILOBYTE / GIGABYTE

SENT = [name for name in STORY if name not in NOT_ENABLED]
"""The event types that Stripe is asked to send."""

MEMORY_GB = 0.5
PROCESSORS = 512 / 1769
"""The share of a processor with 512 MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html."""
ANSWER = 0.010
"""Seconds until AWS answers a call; assumed, because AWS itself is not measured here."""


@dataclass(frozen=True)
class Line:
    """One line of the bill: how many units one Stripe event takes, and their price in dollars a million."""

    what: str
    each: float
    price: float

    @property
    def dollars(self) -> float:
        """Dollars for a million events."""
        return self.each * self.price


def bill(story: Sequence[Handled], ingest_logged: int, cpu: Mapping[str, float]) -> list[Line]:
    """The bill of a million Stripe events with Billhook's own messages, without mail.

    Args:
        story: the cost of each sample; each of Stripe's samples has the same weight.
        ingest_logged: the bytes of ingest's log line.
        cpu: the seconds of a warm request to ingest and of a message from each queue, on a whole processor.
    """
    handled = [one for one in story if one.type not in NOT_ENABLED]
    costs = [cost for one in handled for cost in one.costs]
    events, messages = len(SENT), len(handled)
    lanes = len(costs) - messages
    observed = sum(one.type.startswith("observed.") for one in handled)

    def each(total: float) -> float:
        return total / events

    def gigabyte_seconds(*queues: str) -> float:
        ran = [cost for cost in costs if cost.queue in queues]
        return each(sum(cost.waits * ANSWER + cpu[cost.queue] / PROCESSORS for cost in ran)) * MEMORY_GB

    # Lambda's own lines are not logged: template.yaml sets their level to WARN.
    logged = sum(cost.logged for cost in costs) + events * ingest_logged
    writes: Counter[str] = sum((cost.written for cost in costs), Counter())
    beside = {kind: writes.pop(kind, 0) for kind in ("lease", "finish", "index", "time index")}
    return [
        Line("HTTP API, requests", 1, HTTP_API),
        Line("Lambda, requests (ingest, consumer)", each(events + messages), LAMBDA_REQUEST),
        Line("Lambda, requests (effects)", each(lanes), LAMBDA_REQUEST),
        Line("Lambda, GB-seconds (ingest)", (cpu["ingest"] / PROCESSORS + ANSWER) * MEMORY_GB, LAMBDA_GB_SECOND),
        Line("Lambda, GB-seconds (consumer)", gigabyte_seconds("events"), LAMBDA_GB_SECOND),
        Line("Lambda, GB-seconds (effects)", gigabyte_seconds("effects", "mails"), LAMBDA_GB_SECOND),
        Line("SQS FIFO, requests (send, receive, delete)", each(3 * messages), SQS_FIFO),
        Line("SQS standard, requests (send, receive, delete)", each(3 * lanes), SQS_STANDARD),
        Line("SQS standard, those requests with a group", each(3 * lanes), SQS_FAIR),
        Line("DynamoDB, write units of the commit", each(writes.total()), DYNAMODB_WRITE),
        Line("DynamoDB, write units of the index", each(beside["index"]), DYNAMODB_WRITE),
        Line("DynamoDB, write units of the time index", each(beside["time index"]), DYNAMODB_WRITE),
        Line("DynamoDB, write units of leases", each(beside["lease"]), DYNAMODB_WRITE),
        Line("DynamoDB, write units of what is finished", each(beside["finish"]), DYNAMODB_WRITE),
        Line("DynamoDB, read units (consumer)", each(_reads(costs, "events")), DYNAMODB_READ),
        Line("DynamoDB, read units (effects)", each(_reads(costs, "effects", "mails")), DYNAMODB_READ),
        Line("EventBridge Scheduler, invocations", each(messages - events - observed), SCHEDULER),
        Line("EventBridge, events put on the bus", each(sum(cost.entries for cost in costs)), EVENT_BUS),
        Line("S3, exports written", each(sum(cost.calls["s3.PutObject"] for cost in costs)), S3_PUT),
        Line("CloudWatch Logs, KiB", each(logged) / KILOBYTE, LOGS_KB),
    ]


BESIDE = frozenset(
    {
        "Lambda, requests (effects)",
        "Lambda, GB-seconds (effects)",
        "SQS standard, requests (send, receive, delete)",
        "SQS standard, those requests with a group",
        "DynamoDB, write units of the index",
        "DynamoDB, write units of leases",
        "DynamoDB, write units of what is finished",
        "DynamoDB, read units (effects)",
    }
)
"""The lines that exist because effects are performed beside the line; they cause part of the logs, too."""


def _reads(costs: Sequence[Cost], *queues: str) -> float:
    return sum(cost.reads for cost in costs if cost.queue in queues)


def mails(story: Sequence[Handled]) -> Line:
    """The line for the mails that SES sends."""
    return Line("SES, mails", sum(one.mails for one in story) / len(SENT), SES)


def floor() -> list[Line]:
    """The least that this architecture can cost: one record of a kilobyte, one payload, no effects, no log.

    Each Lambda runs for a millisecond and waits for its calls: ingest for one, the consumer for two.
    """
    return [
        Line("HTTP API, requests", 1, HTTP_API),
        Line("Lambda, requests (ingest, consumer)", 2, LAMBDA_REQUEST),
        Line("Lambda, GB-seconds (ingest)", (0.001 + ANSWER) * MEMORY_GB, LAMBDA_GB_SECOND),
        Line("Lambda, GB-seconds (consumer)", (0.001 + 2 * ANSWER) * MEMORY_GB, LAMBDA_GB_SECOND),
        Line("SQS FIFO, requests (send, receive, delete)", 3, SQS_FIFO),
        Line("DynamoDB, write units of the commit", 2 * 3, DYNAMODB_WRITE),
        Line("DynamoDB, read units (consumer)", 1.5, DYNAMODB_READ),
    ]


@dataclass(frozen=True)
class Rival:
    """The list price of a service for a million events in one month, and its calculation."""

    name: str
    dollars: float
    sum: str
    source: str


_LISTED = "https://github.com/api-evangelist/{name}/blob/main/plans/{name}-plans-pricing.yml"
RIVALS = (
    Rival(
        "Svix, Professional",
        490 + (MILLION - 50_000) * 0.0001,
        "$490 a month with 50,000 messages, then $0.0001 each; on the free plan $95, without its limits of service",
        f"svix.com/pricing as of 2026-09-20, [transcribed]({_LISTED.format(name='svix')})",
    ),
    Rival(
        "Hookdeck, Team",
        39 + (MILLION - 10_000) / 100_000,
        "$39 a month with 10,000 events, then $1.00 per 100,000; at five events a second",
        f"hookdeck.com/pricing as of 2026-09-20, [transcribed]({_LISTED.format(name='hookdeck')})",
    ),
    Rival(
        "Inngest, Pro",
        75 + 3 * MILLION * 0.00005,
        "$75 a month with a million executions, then $0.00005 each; a run of three steps is four executions "
        "([inngest.com](https://www.inngest.com/docs/durable-execution/limits))",
        f"second-hand, 2026-05, [not quoted from the page]({_LISTED.format(name='inngest')})",
    ),
)
