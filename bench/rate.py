"""Events a second where every call to AWS takes a few milliseconds, as it does on AWS: by one environment, and by five.

An environment of Lambda works on one event at a time, and a FIFO group is in one environment's hands: so five processes
with an event each are five groups. The effects worker's lanes have environments of their own, beside the line. What SQS
itself takes between two events is not in these figures.
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
    """Events a second of Billhook's line, of its two lanes, and of the tutorial, in one process and in five at once."""
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
