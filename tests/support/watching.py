"""The alarms, dashboard and queries of template.yaml, and docs/runbook.md, as tests read them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cfnlint.decode.cfn_yaml import load

ROOT = Path(__file__).parents[2]
TEMPLATE: Mapping[str, Any] = load(str(ROOT / "template.yaml"))
RUNBOOK = (ROOT / "docs/runbook.md").read_text()
NAMES = {"AWS::StackName": "billhook", "Runbook": "docs/runbook.md", "QuietHours": "24"}

type Counted = tuple[str, str, tuple[tuple[str, str], ...]]
"""A metric: namespace, name, and its dimensions in order of their names."""


def resources(type_: str) -> dict[str, dict[str, Any]]:
    """The properties of the resources of a type, by logical id."""
    found = TEMPLATE["Resources"].items()
    return {name: resource["Properties"] for name, resource in found if resource["Type"] == type_}


def filled(text: str, **more: str) -> str:
    """`text` filled as by Fn::Sub; a name without a value here stays."""
    return re.sub(r"\$\{([^}]+)\}", lambda found: (NAMES | more).get(found[1], found[1]), text)


def alarms() -> dict[str, dict[str, Any]]:
    """The alarms by what comes after the stack's name in theirs."""
    found = resources("AWS::CloudWatch::Alarm").values()
    return {alarm["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-"): alarm for alarm in found}


def description(alarm: Mapping[str, Any]) -> str:
    return filled(alarm["AlarmDescription"]["Fn::Sub"])


def watched(alarm: Mapping[str, Any]) -> Counted:
    """The metric that an alarm reads."""
    dimensions = sorted((one["Name"], str(one["Value"])) for one in alarm["Dimensions"])
    namespace = alarm["Namespace"]
    ours = filled(namespace["Fn::Sub"]) if isinstance(namespace, dict) else namespace
    return ours, alarm["MetricName"], tuple(dimensions)


def widgets() -> list[dict[str, Any]]:
    """The dashboard's widgets."""
    body, names = resources("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]["Fn::Sub"]
    assert set(names) == {"Alarm", "Quiet"}
    parsed: list[dict[str, Any]] = json.loads(filled(body, Alarm="alarm", Quiet=', "alarm-quiet"'))["widgets"]
    return parsed


def shown() -> set[Counted]:
    """The metrics that the dashboard draws, but for those that it searches."""
    found = set()
    for widget in widgets():
        for metric in widget["properties"].get("metrics", []):
            if isinstance(metric[0], str):
                pairs = [one for one in metric[2:] if isinstance(one, str)]
                found.add((metric[0], metric[1], tuple(sorted(zip(pairs[::2], pairs[1::2], strict=True)))))
    return found


def searched() -> str:
    """The search expressions of the dashboard."""
    metrics = [one for widget in widgets() for one in widget["properties"].get("metrics", [])]
    return "\n".join(one[0]["expression"] for one in metrics if isinstance(one[0], dict))


def queries() -> dict[str, str]:
    """Every Logs Insights query, the saved ones by name and the dashboard's by title."""
    saved = {
        filled(one["Name"]["Fn::Sub"]): str(one["QueryString"])
        for one in resources("AWS::Logs::QueryDefinition").values()
    }
    drawn = {
        widget["properties"]["title"]: widget["properties"]["query"] for widget in widgets() if widget["type"] == "log"
    }
    return saved | drawn


def anchors() -> set[str]:
    """The anchors of the runbook's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", RUNBOOK, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands() -> list[str]:
    """The runbook's blocks of commands in their order, without the one that prepares the shell."""
    return re.findall(r"^```bash\n(.+?)^```$", RUNBOOK, re.MULTILINE | re.DOTALL)


def preparation() -> str:
    """The block that prepares the shell."""
    (block,) = re.findall(r"^```bash setup\n(.+?)^```$", RUNBOOK, re.MULTILINE | re.DOTALL)
    return str(block)
