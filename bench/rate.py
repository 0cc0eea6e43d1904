"""Events a second of one and of five environments, when each call to AWS takes a few milliseconds.

A Lambda environment handles one event at a time, and one environment handles a FIFO group. So five processes stand for
five groups. The lanes of the effects worker have their own environments. The figures leave out the time that SQS needs
between two events.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bench import material
from bench.packages import Packages
from bench.processes import Lambda, Running, running
from bench.stand_in import StandIn
from shared.inbox.lanes import LANES

GROUPS = 5
EVENTS = 60
TIMES = 5


def rates(packages: Packages, aws: StandIn, folder: Path) -> dict[tuple[str, int], float]:
    """Events a second of Billhook's line, its two lanes and the tutorial, in one process and in five."""
    batch = material.sqs_batch(material.payment_failed())
    subjects = {
        "billhook": (Lambda(packages.consumer, "functions.consumer.app"), batch),
        "tutorial": (Lambda(packages.tutorial_compiled, "tutorial_consumer"), batch),
    }
    for lane in LANES:
        subjects[lane] = Lambda(packages.effects, "functions.effects.app"), material.owed_batch(lane)
    return {
        (name, groups): _rate(*subject, aws, folder, groups)
        for groups in (1, GROUPS)
        for name, subject in subjects.items()
    }


def _rate(function: Lambda, batch: Mapping[str, Any], aws: StandIn, folder: Path, groups: int) -> float:
    def work(process: Running) -> float:
        return process.ask(batch, EVENTS).wall

    with ExitStack() as stack, ThreadPoolExecutor(groups) as pool:
        each = [
            replace(function, environment={**function.environment, "PROCESSOR": str(number)})
            for number in range(groups)
        ]
        processes = [stack.enter_context(running(one, aws, folder)) for one in each]
        list(pool.map(lambda process: process.ask(batch, 5), processes))
        return groups * EVENTS / median(max(pool.map(work, processes)) for _ in range(TIMES))
