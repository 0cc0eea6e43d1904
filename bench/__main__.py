"""`make bench`: run all measurements, print the goals, and write bench/REPORT.md with its chart."""

import argparse
import tempfile
import time
from pathlib import Path

from bench import counting, cpu, dollars, ingest_line, material, report
from bench.fifo import wall
from bench.figures import Measured, goals
from bench.growth import growth
from bench.local import Local
from bench.local import measured as measured_locally
from bench.packages import Packages, assemble, zipped
from bench.rate import rates
from bench.stand_in import stand_in
from cli.samples import samples
from shared.inbox.lanes import LANES

DELAY = 0.005
"""Seconds; about the time of a call to DynamoDB within a region."""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--built", type=Path, required=True, help="where `sam build` left the functions")
    parser.add_argument("--arch", required=True, help="the architecture of this machine and of the build")
    parser.add_argument("--rounds", type=int, default=15, help="the rounds of each comparison")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        packages = assemble(asked.built, asked.arch)
        local = measured_locally(asked.built, asked.arch)
        print("measured: the local cloud", flush=True)
        found, lines = measure(packages, Path(folder), asked.rounds, local)
    listed = goals(found)
    report.write(found, listed, lines, time.monotonic() - began)
    for goal in listed:
        print(f"{'met   ' if goal.met else 'MISSED'}  {goal.figure}: {goal.measured} (goal {goal.goal})")
    print(f"\n{report.REPORT} and {report.CHART} are written, after {time.monotonic() - began:.0f} s.")


def measure(packages: Packages, folder: Path, rounds: int, local: Local) -> tuple[Measured, list[dollars.Line]]:
    """All figures except those of the local cloud, and the lines of the bill."""
    tables = material.tables()
    with stand_in(folder, tables) as aws:
        cold = _told("cold starts", cpu.cold_starts(packages, aws, folder, rounds))
        cold_consumers = _told("cold starts on a queue", cpu.cold_consumers(packages, aws, folder, rounds))
        small = _told("checking small events", cpu.verifying(packages, aws, folder, rounds, material.TYPICAL))
        large = _told("checking large events", cpu.verifying(packages, aws, folder, rounds, material.LARGE))
        request = _told("warm requests", cpu.warm_requests(packages, aws, folder, rounds))
        event = _told("warm events", cpu.warm_events(packages, aws, folder, rounds))
        traced = _told("traced events", cpu.warm_events(packages, aws, folder, rounds, cpu.TRACED))
        moved = _told("events on all processors", cpu.warm_events(packages, aws, folder, rounds, cpu.MOVED))
        asked = _told("reads of access", cpu.reads(packages, aws, folder, rounds))
        grown = _told("growth", growth(packages, aws, folder))
        resident = cpu.resident(packages, aws, folder)
    with stand_in(folder, tables, DELAY) as aws:
        rated = _told("events a second", rates(packages, aws, folder))
    with counting.metered_system() as system:
        story = list(counting.story(system))
        paid = samples.sample("invoice.paid")
        duplicate = system.handle(paid, paid["created"] + 60, "sent again")
        ignored = system.handle(paid | {"type": "price.created", "id": "evt_ignored"}, paid["created"] + 60)
    ingest_logged = ingest_line.logged()
    warm = {"ingest": request.median("billhook"), "events": event.median("consumer")}
    lines = dollars.bill(story, ingest_logged, warm | {lane: event.median(lane) for lane in LANES})
    sizes = {
        "ingest": zipped(packages.ingest),
        "consumer": zipped(packages.consumer),
        "effects": zipped(packages.effects),
        "access": zipped(packages.access),
        "bare": zipped(packages.bare),
        "tutorial": zipped(packages.tutorial),
        "tutorial, compiled": zipped(packages.tutorial_compiled),
    }
    total = sum(line.dollars for line in lines)
    found = Measured(
        cold=cold,
        cold_consumers=cold_consumers,
        small=small,
        large=large,
        request=request,
        event=event,
        traced=traced,
        moved=moved,
        story=story,
        duplicate=duplicate,
        ignored=ignored,
        ingest_logged=ingest_logged,
        zipped=sizes,
        resident=resident,
        rates=rated,
        reads=asked,
        local=local,
        growth=grown,
        dollars=total,
        wall=_told("the FIFO wall", "\n".join(wall.tables())),
    )
    return found, lines


def _told[Found](what: str, found: Found) -> Found:
    print(f"measured: {what}", flush=True)
    return found


if __name__ == "__main__":
    main()
