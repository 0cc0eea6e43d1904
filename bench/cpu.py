"""The CPU time of a process, user and system: cold starts, verification, warm requests, warm events."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from bench import material
from bench.packages import Packages
from bench.processes import ENVIRONMENT, Lambda, Running, running
from bench.stand_in import StandIn
from bench.timing import Timings, interleaved, together
from shared.inbox.lanes import LANES

STARTS = 3
"""How often a comparison starts its processes: from start to start a program differs by a few hundredths."""
NOTHING_ELSE: Mapping[str, str] = {}
TRACED = {"_X_AMZN_TRACE_ID": ENVIRONMENT["_X_AMZN_TRACE_ID"].replace("Sampled=0", "Sampled=1")}
"""X-Ray traces one event a second and 5 % of the others."""
MOVED = {"PROCESSOR": ""}
"""On any processors that the kernel chooses."""
TUTORIAL = {"SECRET_ID": "tutorial"}  # the stand-in has one bare secret there, as the tutorial expects


def cold_starts(packages: Packages, aws: StandIn, folder: Path, rounds: int) -> Timings:
    """CPU of a new process until its first answer: interpreter, imports, clients, two connections, two calls."""
    functions = {
        "billhook": Lambda(packages.ingest, "functions.ingest.app"),
        "bare": Lambda(packages.bare, "bare_ingest"),
        "tutorial": Lambda(packages.tutorial, "tutorial_ingest", TUTORIAL),
        "tutorial, compiled": Lambda(packages.tutorial_compiled, "tutorial_ingest", TUTORIAL),
        "floor": Lambda(packages.floor, "floor_ingest"),
    }
    request = material.http_request(material.payment_failed())

    def first_answer(function: Lambda) -> float:
        with running(function, aws, folder) as process:
            told = process.ask(request)
        _check(told.answer)
        return told.ended

    return interleaved({name: partial(first_answer, function) for name, function in functions.items()}, rounds)


def cold_consumers(packages: Packages, aws: StandIn, folder: Path, rounds: int) -> Timings:
    """The same for functions on a queue; the event causes a mail, a reminder and an announcement."""
    body = material.payment_failed()
    subjects = {
        "consumer": (Lambda(packages.consumer, "functions.consumer.app"), material.sqs_batch(body)),
        "effects": (Lambda(packages.effects, "functions.effects.app"), material.owed_batch("effects")),
        "mails": (Lambda(packages.effects, "functions.effects.app"), material.owed_batch("mails")),
        "tutorial": (Lambda(packages.tutorial, "tutorial_consumer"), material.sqs_batch(body)),
        "tutorial, compiled": (Lambda(packages.tutorial_compiled, "tutorial_consumer"), material.sqs_batch(body)),
    }

    def first_answer(function: Lambda, batch: Mapping[str, Any]) -> float:
        with running(function, aws, folder) as process:
            told = process.ask(batch)
        _check(told.answer)
        return told.ended

    return interleaved({name: partial(first_answer, *subject) for name, subject in subjects.items()}, rounds)


def verifying(packages: Packages, aws: StandIn, folder: Path, rounds: int, size: int) -> Timings:
    """CPU to verify and read one event of `size` bytes."""
    functions = {
        "billhook": Lambda(packages.ingest, "verify_billhook"),
        "floor": Lambda(packages.floor, "verify_floor"),
        "tutorial": Lambda(packages.tutorial_compiled, "verify_tutorial"),
    }
    event = material.signed(material.payment_failed(size))
    some = 20_000_000 // size  # a tenth of a second at least, because the clock is coarse
    times = {"billhook": some, "floor": some, "tutorial": some // 10}
    return _warm(functions, aws, folder, rounds, lambda _name: event, times)


def warm_requests(packages: Packages, aws: StandIn, folder: Path, rounds: int) -> Timings:
    """CPU of one request to a running ingest."""
    functions = {
        "billhook": Lambda(packages.ingest, "functions.ingest.app"),
        "one SendMessage": Lambda(packages.tutorial_compiled, "one_send"),
        "tutorial": Lambda(packages.tutorial_compiled, "tutorial_ingest", TUTORIAL),
        "floor": Lambda(packages.floor, "floor_ingest"),
    }
    body = material.payment_failed()
    return _warm(
        functions, aws, folder, rounds, lambda _name: material.http_request(body), dict.fromkeys(functions, 50)
    )


def reads(packages: Packages, aws: StandIn, folder: Path, rounds: int) -> Timings:
    """CPU of the cold start of access until its first answer, and of one more read; a read makes two calls."""
    function, request = Lambda(packages.access, "functions.access.app"), material.access_request()

    def first_answer() -> float:
        with running(function, aws, folder) as process:
            told = process.ask(request)
        _check(told.answer)
        return told.ended

    cold = interleaved({"cold start": first_answer}, rounds)
    warm = _warm({"one more": function}, aws, folder, rounds, lambda _name: request, {"one more": 50})
    return Timings({**cold.rounds, **warm.rounds})


def warm_events(
    packages: Packages, aws: StandIn, folder: Path, rounds: int, environment: Mapping[str, str] = NOTHING_ELSE
) -> Timings:
    """CPU of one event in running processes: read, save, one mail, one reminder, one announcement.

    Billhook's figure is the sum of its consumer and of the effects worker for both lanes.
    """
    functions = {
        "consumer": Lambda(packages.consumer, "functions.consumer.app", environment),
        "effects": Lambda(packages.effects, "functions.effects.app", environment),
        "mails": Lambda(packages.effects, "functions.effects.app", environment),
        "tutorial": Lambda(packages.tutorial_compiled, "tutorial_consumer", environment),
    }
    body = material.payment_failed()

    def batch(name: str) -> Mapping[str, Any]:
        return material.owed_batch(name) if name in LANES else material.sqs_batch(body)

    timings = _warm(functions, aws, folder, rounds, batch, dict.fromkeys(functions, 25))
    return timings.summed("billhook", "consumer", *LANES)


def resident(packages: Packages, aws: StandIn, folder: Path) -> dict[str, int]:
    """The resident memory of each function after a hundred requests or messages, in bytes."""
    body = material.payment_failed()
    request, batch = material.http_request(body), material.sqs_batch(body)
    held = {}
    for name, function, event in (
        ("ingest", Lambda(packages.ingest, "functions.ingest.app"), request),
        ("consumer", Lambda(packages.consumer, "functions.consumer.app"), batch),
        ("effects", Lambda(packages.effects, "functions.effects.app"), material.owed_batch("mails")),
        ("tutorial", Lambda(packages.tutorial, "tutorial_ingest", TUTORIAL), request),
    ):
        with running(function, aws, folder) as process:
            process.ask(event, 100)
            held[name] = process.memory()
    return held


def _warm(  # noqa: PLR0913, PLR0917 - the subjects, their place and number
    functions: Mapping[str, Lambda],
    aws: StandIn,
    folder: Path,
    rounds: int,
    event: Callable[[str], Mapping[str, Any]],
    times: Mapping[str, int],
) -> Timings:
    def one_start() -> Timings:
        with ExitStack() as stack:
            processes = {name: stack.enter_context(running(one, aws, folder)) for name, one in functions.items()}

            def seconds(name: str, process: Running, calls: int) -> float:
                told = process.ask(event(name), calls)
                _check(told.answer)
                return (told.ended - told.started) / calls

            return interleaved(
                {name: partial(seconds, name, process, times[name]) for name, process in processes.items()},
                -(-rounds // STARTS),
            )

    return together([one_start() for _ in range(STARTS)])


def _check(answer: Any) -> None:  # noqa: ANN401 - any handler's answer
    """Check that a handler succeeded, because a handler that fails is fast.

    Raises:
        RuntimeError: the handler refused the request or returned its message.
    """
    if answer is not None and (answer.get("statusCode", 200) != 200 or answer.get("batchItemFailures")):  # noqa: PLR2004
        raise RuntimeError(f"a measured handler failed: {answer}")
