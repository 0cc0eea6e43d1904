"""What `billhook doctor` finds about alarms and the people who hear them."""

from collections.abc import Iterator

from cli.doctor.finding import Finding, ok, wrong
from cli.where import Where


def of_alarms(where: Where) -> Iterator[Finding]:
    """Whether the alarms exist, act, and are quiet; raises botocore's errors."""
    pages = where.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{where.name}-")
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    if not alarms:
        yield wrong("alarms", "the stack has no alarm", "deploy it again: ./billhook deploy")
        return
    mute = sorted(alarm["AlarmName"] for alarm in alarms if not alarm["ActionsEnabled"])
    loud = sorted(alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM")
    if mute:
        do = f"aws cloudwatch enable-alarm-actions --alarm-names {' '.join(mute)}"
        yield wrong("alarms", f"{len(mute)} of {len(alarms)} alarms tell nobody", do)
    if loud:
        names = ", ".join(name.removeprefix(f"{where.name}-") for name in loud)
        yield wrong("alarms", f"in alarm: {names}", "each has an entry of its name in docs/runbook.md")
    if not (mute or loud):
        yield ok("alarms", f"{len(alarms)} alarms are armed and quiet")


def of_subscriptions(where: Where, topic: str) -> Iterator[Finding]:
    """Whether anybody hears the alarms; raises botocore's errors."""
    pages = where.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    theirs = [one for page in pages for one in page["Subscriptions"]]
    waiting = [one["Protocol"] for one in theirs if one["SubscriptionArn"] == "PendingConfirmation"]
    if waiting:
        yield wrong(
            "alarm topic",
            f"{len(waiting)} of {len(theirs)} subscriptions are not confirmed, and hear nothing",
            "follow the link in the mail from AWS Notifications",
        )
    elif theirs:
        yield ok("alarm topic", f"subscriptions: {len(theirs)}")
    else:
        do = f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint you@example.com"
        yield wrong("alarm topic", "nobody hears the alarms", do)
