"""What holds for every test, and which ones `pytest --quick` leaves out: permutations, and the slowest folders."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

LEFT_OUT = {
    "tests/bench": "every event of the story, counted in calls and units",
    "tests/cli": "each command against a cloud and a Stripe of its own",
    "tests/cloud": "the deployed template",
    "tests/consumer/handlers/test_any_order.py": "every order of a story",
    "tests/consumer/handlers/test_customer_stories.py": "each story shuffled and repeated",
    "tests/consumer/handlers/test_twice_round.py": "each story told twice",
    "tests/consumer/test_inbox_states.py": "every interleaving of consumers and workers that a model thinks of",
    "tests/consumer/test_predict_keys.py": "every shape of an object that names keys",
    "tests/consumer/test_refusals.py": "an hour of waits for each refusal of AWS",
    "tests/drill": "a bad night, and every command that looks at it",
    "tests/effects/mails/test_every_mail.py": "each mail with each choice of its optional parts",
    "tests/effects/test_erased_meanwhile.py": "an erasure beside each effect that is owed",
    "tests/effects/test_erasing.py": "an erasure that is stopped at each step and call",
    "tests/effects/test_erasing_many.py": "ten thousand payments and customers",
    "tests/exports/test_on_aws.py": "each way in which S3 can fail",
    "tests/infra/test_prune.py": "each call of each package in each region",
    "tests/leaks": "every sample down every failure path",
    "tests/prove": "every crash, fault and order",
    "tests/reconcile/test_every_event_once.py": "a crash after each slice",
    "tests/reconcile/test_slices.py": "every way in which Stripe's list may be cut",
    "tests/repository/test_bootstrap.py": "tools installed into a clone",
    "tests/repository/test_github.py": "each permission of the roles for GitHub, simulated",
    "tests/repository/test_sbom.py": "the bill of materials of each function",
    "tests/shared/test_facets.py": "every order of a facet's events",
    "tests/shared/test_history.py": "every order of many subscriptions and invoices",
    "tests/shared/test_small_organization.py": "every order of many customers' stories",
    "tests/shared/test_stripe_objects.py": "each field that Billhook reads, of each sample in each version",
    "tests/upgrade": "each item that each released version left",
}
"""Files and folders that `make check` leaves out, and what they play. `make test` runs them all."""
ROOT = Path(__file__).parents[1]
os.environ["BILLHOOK_BUSINESS"] = str(ROOT / "tests/business")  # before any module reads the plans

# No deadline, so that a busy machine makes no property test fail. The same examples each time, so that one commit has
# one result; `make prove` draws new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("quick", settings.get_profile("same"), max_examples=20)
settings.register_profile("new", deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick", action="store_true", help="leave out permutations and slow folders, as `make check` does"
    )
    parser.addoption("--new-examples", action="store_true", help="draw new examples for the properties")


def pytest_configure(config: pytest.Config) -> None:
    drawn = "new" if config.getoption("--new-examples") else "same"
    settings.load_profile("quick" if config.getoption("--quick") else drawn)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """True for a listed path under `--quick`; None lets pytest decide."""
    if config.getoption("--quick") and collection_path.relative_to(ROOT).as_posix() in LEFT_OUT:
        return True
    return None
