"""A customer's journey through Billhook, played on the local cloud, with the expected outcomes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from cli.local.stack import BUSINESS, Stack
from cli.samples import samples

DAY = 24 * 3600
HOUR = 3600

LENGTH = 66 * DAY
"""Seconds: a little longer than the journey."""

REFERENCE = "org_fernhill"
"""The business's own id of the customer, which the Checkout session of the samples carries."""

type Tell = Callable[[str], None]


@dataclass
class Journey:
    """The journey so far: the mails that were shown, and the outcomes that were wrong."""

    stack: Stack
    tell: Tell
    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    customer: str = ""

    def play(self, name: str, at: int) -> dict[str, Any]:
        """Send a sample as of `at`, wait until it is done, and return the event."""
        event = named(name, at)
        answer = self.stack.send(event)
        self.check(answer.status == 200, f"{name} was answered {answer.status}: {answer.body}")  # noqa: PLR2004 - HTTP's
        if answer.status == 200:  # noqa: PLR2004 - HTTP's
            item = self.stack.settled(event["id"])
            self.tell(f"  {event['type']:<34} {item['state']:<8} {_milliseconds(item):>5} ms")
            self.check(item["state"] == "done", f"{name} ended {item['state']}: {item.get('error')}")
        return event

    def check(self, right: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Note `otherwise` as wrong, unless `right`."""
        if not right:
            self.wrong.append(otherwise)
            self.tell(f"  WRONG: {otherwise}")

    def expect(self, *, access: bool, past_due: bool) -> None:
        """Check the access that the business would see now."""
        from shared.records.organization import Organization  # noqa: PLC0415 - keeps `billhook send`, which shares this folder, quick

        record = self.stack.organization(self.customer)
        organization = Organization.model_validate(record) if record else None
        self.check(
            organization is not None and (organization.access, organization.past_due) == (access, past_due),
            f"access={access} and past_due={past_due} was expected, but the books say {organization}",
        )
        self.tell(f"  the books: access {'yes' if access else 'no'}, past due {'yes' if past_due else 'no'}")

    def expect_answer(self, why: str) -> None:
        """Ask as the business's app does, by its own id of the customer, and check the reason in the answer."""
        answer = self.stack.ask(reference=REFERENCE)
        self.check(answer["why"] == why, f"the app was to be told {why}, not {answer}")
        allowed = "allowed" if answer["allowed"] else "not allowed"
        self.tell(f"  the app asks: {allowed} ({answer['why']}), plan {answer['plan']}")

    def buys_while_the_page_waits(self, at: int) -> None:
        """Play the purchase of a subscription while the success page waits, and check that the page is answered."""
        bought = named("checkout.session.completed.subscription", at)["data"]["object"]
        self.customer, began = bought["customer"], time.monotonic()
        with ThreadPoolExecutor(1) as page:
            answer = page.submit(self._page_of, bought["id"])
            self.play("checkout.session.completed.subscription", at)
            self.play("customer.subscription.created", at)
            outcome = answer.result()
        self.check(outcome == "access_given", f"the success page was to be told access_given, not {outcome}")
        self.tell(f"  the success page: {outcome}, {1000 * (time.monotonic() - began):.0f} ms after it began to wait")

    def _page_of(self, session: str) -> str:
        """The outcome that the success page shows: it asks again while the outcome is pending, for a minute."""
        ends = time.monotonic() + 60
        while (outcome := str(self.stack.came_of(session)["outcome"])) == "pending" and time.monotonic() < ends:
            pass
        return outcome

    def expect_mails(self, *subjects: str) -> None:
        """Check that exactly these mails were sent since the last check, and show them."""
        sent = [mail.subject for mail in self.stack.mails()]
        new = sent[len(self.told) :]
        self.told.extend(new)
        for subject in new:
            self.tell(f"  mail: {subject}")
        self.check(new == list(subjects), f"the mails {list(subjects)} were expected, not {new}")

    def kept(self) -> int:
        """How many items the books hold of the customer."""
        return sum(self.customer in str(item) for item in self.stack.books())

    def until_fired(self, kind: str, seconds: float, *, sets: int = 0) -> None:
        """Move the clock, and wait until the only schedule has fired; its event must set `sets` new schedules."""
        due = self.stack.reminders()
        self.check(len(due) == 1, f"one schedule was expected, not {len(due)}")
        self.stack.cloud.advance(seconds)
        for name in due:
            item = self.stack.settled(name)
            self.tell(f"  {item['type']:<34} {item['state']:<8} {_milliseconds(item):>5} ms   (ours, by schedule)")
            self.check((item["type"], item["state"]) == (kind, "done"), f"{kind} ended {item['state']}")
        left = set(self.stack.reminders())
        self.check(not left & set(due), "a schedule is still there after it fired")
        self.check(len(left) == sets, f"{sets} schedules were to be set, not {len(left)}")

    def until_answered(self) -> None:
        """Wait until the answer to the question has decided whether to erase the customer."""
        from shared.effects.observe import Observe  # noqa: PLC0415 - as above

        (asked,) = (item["id"] for item in self.stack.all_inbox() if item["type"] == "erasure.due")
        look = Observe(object="erasure", account="platform", id=self.customer, event=asked)
        item = self.stack.settled(look.name)
        self.tell(f"  {item['type']:<34} {item['state']:<8} {_milliseconds(item):>5} ms   (ours, by the worker)")
        self.check(item["state"] == "done", f"{item['type']} ended {item['state']}")


def named(name: str, at: int) -> dict[str, Any]:
    """A sample as of `at`, with ids of the journey's own: `billhook send` uses those of the samples."""
    return samples.renamed(samples.fresh(name, at), "J")


def travel(stack: Stack, tell: Tell) -> Journey:
    """Play the journey; its `wrong` then lists the outcomes that were not as expected."""
    journey = Journey(stack, tell)
    start = stack.now()

    tell("Before the purchase.")
    journey.expect_answer("no_subscription")

    tell("The customer buys a subscription, and returns to the success page, which waits.")
    journey.buys_while_the_page_waits(start)
    journey.play("invoice.paid", start)
    journey.expect(access=True, past_due=False)
    journey.expect_answer("granted")
    journey.expect_mails(f"Welcome to {BUSINESS}", "Receipt for your payment of 29.00 USD")

    tell("The customer also buys something once.")
    journey.play("checkout.session.completed", start)
    journey.expect_mails("Thank you for your order")

    tell("A month on, a payment fails.")
    stack.cloud.advance(30 * DAY)
    failed = journey.play("invoice.payment_failed", stack.now())
    journey.expect(access=True, past_due=True)
    journey.expect_mails("Your payment of 29.00 USD did not go through")
    tell(f"  set: {len(stack.reminders())} reminder")

    tell("Stripe sends that event again, and another event about the same failure.")
    again = stack.send(failed)
    journey.check(again.status == 200, f"the repetition was answered {again.status}")  # noqa: PLR2004 - HTTP's
    journey.play(
        "customer.subscription.updated", stack.now()
    )  # in the same group, so the repetition is handled before it
    journey.expect_answer("grace")
    journey.expect_mails()
    tell("  mail: none")

    tell("Three days pass.")
    journey.until_fired("reminder.payment_failed", 3 * DAY + 60)
    journey.expect_mails("Your payment of 29.00 USD is still due")

    tell("The subscription ends.")
    journey.play("customer.subscription.deleted", stack.now())
    journey.play("invoice.marked_uncollectible", stack.now())
    journey.expect(access=False, past_due=False)
    journey.expect_answer("ended")

    tell("An hour passes.")
    journey.until_fired("farewell.due", HOUR + 60, sets=1)
    journey.expect_mails("Your subscription has ended")

    tell("A month later Billhook erases the customer's data.")
    journey.check(journey.kept() > 0, "the books hold nothing of the customer")
    journey.until_fired("erasure.due", 31 * DAY, sets=1)
    journey.until_answered()
    journey.check(journey.kept() == 0, f"the books still hold {journey.kept()} items of the customer")
    tell(f"  the books: {journey.kept()} items of the customer, and an anonymous tombstone")
    journey.expect_answer("no_subscription")
    journey.check(stack.dead_letters() == 0, "there is something in the dead-letter queue")
    return journey


def _milliseconds(item: dict[str, Any]) -> int:
    return int(item.get("done_ms", item["started_ms"])) - int(item["started_ms"])
