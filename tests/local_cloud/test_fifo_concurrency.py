"""The groups of a FIFO queue run in parallel, and each group runs one message at a time."""

import json
from itertools import pairwise
from pathlib import Path

from infra.local_cloud.cloud import LocalCloud

from .conftest import eventually, fifo_queue, function, stack

SLOW = """
import json, os, time

def handler(event, context):
    [record] = event["Records"]
    began = time.monotonic()
    time.sleep(0.3)
    with open(os.environ["DIARY"], "a") as diary:
        print(json.dumps([record["attributes"]["MessageGroupId"], record["body"], began, time.monotonic()]), file=diary)
"""


def handled(cloud: LocalCloud, diary: Path) -> list[tuple[str, str, float, float]]:
    """Two messages of each of three groups, as group, body, start and end, by their start."""
    diary.touch()
    queue = fifo_queue(cloud)
    for group in ("red", "green", "blue"):
        queue.send(f"{group} 1", f"{group} 2", group=group)
    mapping = {
        "FunctionName": {"Ref": "Function"},
        "EventSourceArn": queue.arn,
        "BatchSize": 1,
        "ScalingConfig": {"MaximumConcurrency": 3},
    }
    resources = {
        "Function": function(SLOW, DIARY=str(diary)),
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
    }
    stack(cloud, resources, {})
    lines = eventually(lambda: (found := diary.read_text().splitlines()) and len(found) == 6 and found)
    assert lines
    return sorted((tuple(json.loads(line)) for line in lines), key=lambda entry: entry[2])


def test_groups_run_side_by_side_and_each_in_order(cloud: LocalCloud, tmp_path: Path) -> None:
    entries = handled(cloud, tmp_path / "diary")

    assert any(later[2] < earlier[3] for earlier, later in pairwise(entries))
    for group in ("red", "green", "blue"):
        (_, first, _, first_ended), (_, second, second_began, _) = [entry for entry in entries if entry[0] == group]
        assert (first, second) == (f"{group} 1", f"{group} 2")
        assert first_ended <= second_began


def test_plain_ministack_still_runs_one_at_a_time(plain_ministack: LocalCloud, tmp_path: Path) -> None:
    entries = handled(plain_ministack, tmp_path / "diary")

    assert all(later[2] >= earlier[3] for earlier, later in pairwise(entries))
