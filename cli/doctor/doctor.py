"""`billhook doctor`: look at a deployed stack, and say for each finding what to type."""

import json
import urllib.error
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Annotated

from cyclopts import Parameter

from cli.doctor.finding import Finding, looked, ok, wrong
from cli.doctor.of_alarms import of_alarms, of_subscriptions
from cli.doctor.of_ingest import of_secrets
from cli.doctor.of_mails import of_the_account, of_the_sender
from cli.doctor.of_stripe import client_of, key_at_hand, of_endpoints, of_key
from cli.doctor.of_work import of_dead_letters, of_owed_effects, of_schedules
from cli.errors import RefusedError
from cli.samples import samples
from cli.where import HERE, Where
from functions.ingest.rejection import RejectedError
from functions.ingest.signing_secrets import parse_secrets
from shared.policy.plans_file import plans_and_mistakes, text_of
from shared.runtime.business import PLANS

NO_KEY = "none"
"""What template.yaml stores until somebody stores a key."""
MARKS = {"ok": "ok     ", "wrong": "WRONG  ", "unknown": "?      "}


def doctor(
    *, no_ping: bool = False, as_json: Annotated[bool, Parameter(name="--json")] = False, where: Where = HERE
) -> int:
    """Look at a deployed stack: what is wrong, and what to type.

    The command reads the stack, its alarms, queues, schedules and secrets, Amazon SES, and the endpoints at Stripe. It
    posts a signed ping to the webhook URL for each endpoint, and the consumer records pings as ignored. It writes
    nothing else. The variable STRIPE_API_KEY holds a key that may read Webhook Endpoints, if the stored key may not.
    The exit code is 1 if anything is wrong.

    Args:
        no_ping: post no ping.
        as_json: print the findings as JSON.
        where: the stack.
    """
    if where.stack is None:
        raise RefusedError("name the stack to look at: --stack billhook")
    found = list(findings(where, ping=not no_ping))
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            print(f"{MARKS[one.level]} {one.about}: {one.says}" + (f"\n         → {one.do}" if one.do else ""))
    return int(any(one.level == "wrong" for one in found))


def findings(where: Where, *, ping: bool) -> Iterator[Finding]:
    """All findings about a stack.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: the stack cannot be looked up.
    """
    (stack,) = where.client("cloudformation").describe_stacks(StackName=where.name)["Stacks"]
    status = stack["StackStatus"]
    if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}:
        yield ok("stack", status)
    else:
        yield wrong("stack", f"{status}: the last deployment did not end well", "look at its events in CloudFormation")
    outputs, parameters = where.described()
    yield from looked("alarms", partial(of_alarms, where))
    yield from looked("alarm topic", partial(of_subscriptions, where, outputs["AlarmTopicArn"]))
    yield from looked("dead letters", partial(of_dead_letters, where))
    yield from looked("owed effects", partial(of_owed_effects, where, outputs["InboxTableName"]))
    yield from looked("schedules", partial(of_schedules, where, outputs))
    yield from looked("Amazon SES", partial(of_the_account, where))
    yield from looked("mail sender", partial(of_the_sender, where, parameters["MailSender"]))
    yield from looked("Stripe", partial(_of_stripe, where, outputs, parameters["Livemode"], ping=ping))


def _of_stripe(where: Where, outputs: dict[str, str], livemode: str, *, ping: bool) -> Iterator[Finding]:
    """The findings about the secrets, the webhook URL, the key and the endpoints; raises botocore's errors."""
    url, command = outputs["WebhookUrl"], f"./billhook endpoint --stack {where.name}"
    try:
        secrets = parse_secrets(_stored(where, outputs["SigningSecretsId"]))
    except RejectedError as error:
        yield wrong("signing secrets", str(error.cause), command)
        secrets = {}
    else:
        if ping or not any(secrets.values()):
            yield from of_secrets(url, secrets, livemode, command, _post)
    key = stored_key(where)
    lines = plans_and_mistakes(text_of(PLANS))[0].orders.lines == "stripe"
    yield from of_key(key, livemode=livemode, stack=where.name, connect=client_of, lines=lines)
    yield from of_endpoints(key_at_hand(key), url, secrets, command, client_of)


def stored_key(where: Where) -> str:
    """The API key of Stripe that a stack stores; empty if none is stored. Raises botocore's errors."""
    key = _stored(where, f"{where.name}/stripe-api-key")
    return "" if key == NO_KEY else key


def _stored(where: Where, secret_id: str) -> str:
    return str(where.client("secretsmanager").get_secret_value(SecretId=secret_id).get("SecretString", "")).strip()


def _post(url: str, body: bytes, signature: str) -> int:
    try:
        return samples.post(url, body, signature).status
    except (urllib.error.URLError, ValueError):  # no answer, or one that is not ingest's
        return 0
