"""The exact modules that a cold start of ingest imports: the first webhook after a pause waits for each."""

import os
import subprocess
import sys
from pathlib import Path

OWN = """
functions.ingest.admission functions.ingest.app functions.ingest.authentication functions.ingest.aws
functions.ingest.handler functions.ingest.log functions.ingest.message functions.ingest.rejection
functions.ingest.request functions.ingest.settings functions.ingest.signature functions.ingest.signing_secrets
functions.ingest.stripe_event functions.ingest.wiring shared.failures.errors shared.messages.addressing
shared.messages.binding shared.messages.envelope shared.messages.internal_types shared.messages.mac
shared.messages.sample_ids shared.messages.sqs_rules shared.messages.unqueueable shared.runtime.emf
shared.runtime.log_line shared.runtime.message_keys shared.runtime.quiet shared.values.platform
""".split()
INSTALLED = {"botocore", "dateutil", "jmespath", "six", "urllib3"}
FOLDERS = {
    "functions",
    "functions.ingest",
    "shared",
    "shared.failures",
    "shared.messages",
    "shared.runtime",
    "shared.values",
}

IMPORT = """
import sys
before = set(sys.modules)
import functions.ingest.app
print(*sorted(set(sys.modules) - before))
"""


def imported() -> set[str]:
    environment = {
        "QUEUE_URL": "queue",
        "SECRET_ID": "secret",
        "MESSAGE_KEY_ID": "key",
        "AWS_REGION": "eu-central-1",
        "PATH": os.environ["PATH"],
    }
    root = Path(__file__).parents[2]
    ran = subprocess.run(  # noqa: S603 - a command of our own
        [sys.executable, "-c", IMPORT], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


def test_a_cold_start_imports_exactly_these_modules_and_only_botocores_packages() -> None:
    modules = imported()
    ours = {name for name in modules if name.partition(".")[0] in {"functions", "shared"}}
    packages = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"functions", "shared"}

    assert sorted(ours - FOLDERS) == OWN
    # botocore prefers certifi where it is installed, as here; ingest ships without.
    assert packages - {"certifi"} == INSTALLED
