"""Follow one event through the consumer: the modules that it passes, the depth of our calls, and the calls that climb.

Run as `python -m bench.path [invoice.payment_failed]`. The consumer's own Lambda handler takes the sample; a stand-in
for AWS holds nothing and accepts every write.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

from bench import material
from bench.stub import MESSAGE_KEY
from cli.samples import samples
from functions.consumer.decide.decide import decide
from functions.consumer.dependencies import Dependencies
from functions.consumer.handler import LambdaHandler
from functions.consumer.prefetch.prefetch import Prefetch
from functions.consumer.routes import Ignore
from functions.consumer.verify import Verifier
from shared.inbox.handover import Handover
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.runtime.message_keys import MessageKeys
from shared.tables.books import DynamoBooks
from shared.tables.store import Store

ROOT = Path(__file__).parents[1]
LAYERS = (
    "values",
    "compression",
    "messages",
    "failures",
    "runtime",
    "stripe_objects",
    "effects",
    "policy",
    "records",
    "mails",
    "decisions",
    "tables",
    "inbox",
)
"""The layers of `shared`, lowest first; the functions stand above them."""
MOST_MODULES, DEEPEST = 25, 10
"""The goals; a third goal is that no call climbs."""


@dataclass
class Way:
    """What a profiler has seen of our own functions.

    Args:
        modules: how many calls each module took, in the order in which the event first passed them.
        deepest: the longest chain of distinct functions that called each other.
        climbs: each call from a layer of `shared` into a higher layer or into a function.
    """

    modules: Counter[str] = field(default_factory=Counter)
    deepest: tuple[str, ...] = ()
    climbs: set[str] = field(default_factory=set)

    def note(self, frame: FrameType, happened: str, _argument: object) -> None:
        """Take one notice of `sys.setprofile`."""
        if happened != "call" or not _module(frame):
            return
        chain = [(_module(one), one.f_code.co_qualname) for one in _callers(frame) if _module(one)]
        self.modules[chain[0][0]] += 1
        if len(chain) > 1 and _height(chain[1][0]) < _height(chain[0][0]):
            self.climbs.add(" -> ".join(":".join(called) for called in (chain[1], chain[0])))
        # A reader meets a recursive function once, and a comprehension or lambda within its function.
        named = dict.fromkeys(f"{module} {name}" for module, name in reversed(chain) if "<" not in name)
        self.deepest = max(self.deepest, tuple(named), key=len)


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back


def _module(frame: FrameType) -> str:
    """The module of a frame, if it is part of `functions` or `shared`; else an empty text."""
    name = frame.f_code.co_filename.removeprefix(f"{ROOT}/")
    return name if name.startswith(("functions/", "shared/")) else ""


def _height(module: str) -> int:
    top, layer, *_ = module.split("/")
    return LAYERS.index(layer) if top == "shared" else len(LAYERS)


class Aws:
    """A client of DynamoDB and SQS: reads find nothing, and writes succeed."""

    exceptions = SimpleNamespace(TransactionCanceledException=ConnectionError)

    def __getattr__(self, _operation: str) -> Any:  # noqa: ANN401 - as boto3's clients
        """The answer to any operation."""
        return lambda **_asked: {"Responses": {}}


def follow(event_type: str) -> Way:
    """The way of the sample of `event_type`.

    Raises:
        RuntimeError: the consumer gave the message back.
    """
    aws: Any = Aws()
    store = Store(
        aws,
        "inbox",
        "books",
        "graves",
        "access",
        90,
        60,
        time.time,
        lambda purpose, partition: f"{purpose} {partition}",
    )
    books = DynamoBooks(store, Policy(plans=read_plans()))
    handover = Handover(aws, {"effects": "effects", "mails": "mails"})
    verifier = Verifier(MessageKeys(lambda: MESSAGE_KEY), store)
    deps = Dependencies(store, verifier, books, Prefetch(store, books), handover, decide, Ignore(livemode=None))
    silent: Any = SimpleNamespace(**dict.fromkeys(("info", "warning", "error"), lambda *_args, **_extra: None))
    handler = LambdaHandler(deps, aws, "queue", silent, "Billhook")
    batch = material.sqs_batch(samples.encode(samples.fresh(event_type, int(time.time()))))
    way, before = Way(), sys.getprofile()
    sys.setprofile(way.note)
    try:
        answer = handler(batch, None)
    finally:
        sys.setprofile(before)
    if answer["batchItemFailures"]:
        raise RuntimeError(f"the consumer gave {event_type} back")
    return way


def main(event_type: str = "invoice.payment_failed") -> None:
    """Print the way and its totals."""
    way = follow(event_type)
    print(*(f"{calls:5}  {module}" for module, calls in way.modules.items()), "", sep="\n")
    print(*(f"{'  ' * depth}{called}" for depth, called in enumerate(way.deepest)), "", sep="\n")
    print(*(f"climb: {climb}" for climb in sorted(way.climbs)), sep="\n")
    folders = Counter(str(Path(module).parent) for module in way.modules)
    print(", ".join(f"{folder} {count}" for folder, count in folders.most_common()))
    print(f"{len(way.modules)} modules (goal {MOST_MODULES}), {len(way.deepest)} deep (goal {DEEPEST}), ", end="")
    print(f"{len(way.climbs)} climbs (goal 0)")


if __name__ == "__main__":
    main(*sys.argv[1:])
