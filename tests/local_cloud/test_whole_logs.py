"""A function's log has every line of an invocation when the invocation has answered, however many there are."""

from infra.local_cloud.cloud import LocalCloud

from .conftest import function, stack, unique

LINES = 400_000  # more than plain ministack reads in its quarter of a second
PRINTING = f"""
import json, os

def handler(event, context):
    for number in range({LINES}):
        print(number)
    metrics = [{{"Name": "Last"}}]
    block = {{"Namespace": os.environ["NAMESPACE"], "Dimensions": [[]], "Metrics": metrics}}
    print(json.dumps({{"_aws": {{"CloudWatchMetrics": [block]}}, "Last": 1}}))
"""


def has_the_last_line(cloud: LocalCloud) -> bool:
    namespace = unique("Billhook")
    made = stack(cloud, {"Function": function(PRINTING, NAMESPACE=namespace)}, {"Name": {"Ref": "Function"}})
    answer = cloud.client("lambda").invoke(FunctionName=made["Name"])
    assert "FunctionError" not in answer
    return bool(cloud.client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"])


def test_the_last_of_many_lines_is_there(cloud: LocalCloud) -> None:
    assert has_the_last_line(cloud)


def test_plain_ministack_still_misses_it(plain_ministack: LocalCloud) -> None:
    assert not has_the_last_line(plain_ministack)
