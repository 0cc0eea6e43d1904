"""The measured process: import a handler, call it, and report the CPU time.

Run by `bench.processes` with one package on PYTHONPATH: python subject.py MODULE. Each line of its input is a JSON
object {"times": N, "event": {…}}, each line of its output {"started": …, "ended": …, "wall": …, "answer": …}.
"""

import importlib
import json
import os
import sys
import time
from types import SimpleNamespace

CONTEXT = SimpleNamespace(
    function_name="benchmark",
    function_version="$LATEST",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:1:function:benchmark",
    aws_request_id="5fea7756-0ea4-451a-a703-a558b933e274",
    get_remaining_time_in_millis=lambda: 20_000,
)


def main() -> None:
    """Answer each line until the input ends; drop what the handler prints.

    If PROCESSOR is set, the process stays on that processor: 512 MB have less than one, and moving takes time.
    """
    if os.environ["PROCESSOR"] and hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[int(os.environ["PROCESSOR"]) % len(processors)]})
    told = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin:
        asked = json.loads(line)
        event = asked["event"]
        if "text" in event:  # JSON has no bytes
            event["bytes"] = event["text"].encode()
        handler = importlib.import_module(sys.argv[1]).lambda_handler
        before, began = time.process_time(), time.perf_counter()
        for _ in range(asked["times"]):
            answer = handler(event, CONTEXT)
        after, wall = time.process_time(), time.perf_counter() - began
        # `started` of the first answer includes the start of the process.
        print(json.dumps({"started": before, "ended": after, "wall": wall, "answer": answer}), file=told, flush=True)


main()
