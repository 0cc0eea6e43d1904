"""The command `billhook`: its subcommands, and its exit codes. A subcommand's module is imported when it is typed.

Exit codes, which stay as they are:

    0    done; for a question, found
    1    not done, not found, or not as expected; the text on standard error says why and what to type
    2    the command line is wrong
    130  Ctrl-C
"""

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.errors import in_words

if TYPE_CHECKING:
    from cyclopts import App

DONE, NOT_DONE, WRONG_COMMAND, STOPPED = 0, 1, 2, 130
SECRETS = re.compile(r"(whsec|[rs]k_live|[rs]k_test)_\w+")


@dataclass(frozen=True)
class Entry:
    """A subcommand: its name (of two words within a group), the function `module:name`, and its line in the list."""

    name: str
    path: str
    help: str


COMMANDS = {
    "On your machine": (
        Entry("run", "cli.local.run:run", "start a local cloud, play a customer's journey, and stay up"),
        Entry("demo", "cli.local.run:demo", "play the same journey and end; 0 only if all is as expected"),
        Entry("send", "cli.samples.send:send", "sign a sample event and post it"),
        Entry("signed", "cli.samples.signed:signed", "print a signed sample as API Gateway hands it to ingest"),
        Entry("env", "cli.local.env:env", "print the functions' settings for sam local invoke --env-vars"),
        Entry("invoke", "cli.local.invoke:invoke", "run a function in Docker on a sample"),
    ),
    "See": (
        Entry("status", "cli.see.status:status", "show the state of the stack in ten lines"),
        Entry("dead", "cli.see.dead:dead", "say what lies in each dead-letter queue, and why"),
        Entry("events", "cli.see.events:events", "list events that match filters"),
        Entry("tail", "cli.see.tail:tail", "print events as they come and as they settle, until Ctrl-C"),
        Entry("show", "cli.see.show:show", "show one event as a timeline"),
        Entry("customer", "cli.see.customer:customer", "show a customer: access, plan, debts, mails, schedules, story"),
        Entry("schedules", "cli.see.schedules:schedules", "say what fires when, why, and what would silence it"),
        Entry("audit", "cli.see.audit:audit", "show which commands changed the stack, and who typed them"),
    ),
    "Ask why": (
        Entry("explain", "cli.why.explain:explain", "say what today's code would decide on an event"),
        Entry("blame", "cli.why.blame:blame", "say which event set each fact about a customer"),
    ),
    "Change": (
        Entry("handover", "cli.operate.hand_over:handover", "hand over again the effects that are owed"),
        Entry("resend", "cli.operate.resend:resend_messages", "send again what Scheduler could not deliver"),
        Entry("redrive", "cli.operate.redrive:redrive", "move the dead letters of a queue back, all or some"),
        Entry("replay", "cli.operate.replay:replay", "put archived events into the queue again"),
        Entry("apply", "cli.operate.apply:apply", "carry out a plan that a command wrote with --plan FILE"),
        Entry("export", "cli.operate.export:export", "mail a customer who has left a new link to the export"),
        Entry("erase", "cli.operate.erase:erase", "erase a customer now"),
        Entry("plans apply", "cli.plans.apply:apply", "write the access items again by the deployed rules"),
        Entry("grant", "cli.operate.grant:grant", "give a customer a plan for a time"),
        Entry("revoke", "cli.operate.grant:revoke", "take a grant back before it ends by itself"),
        Entry("erase-guest", "cli.operate.erase_guest:erase_guest", "erase guests, by session, address or age"),
        Entry(
            "erase-again",
            "cli.operate.erase_again:erase_again",
            "after a restore, erase again what was erased since",
        ),
        Entry(
            "reconcile", "cli.operate.reconcile:reconcile_range", "offer events that Stripe lists and the inbox lacks"
        ),
    ),
    "Try a change": (
        Entry("plans diff", "cli.plans.diff:diff", "show whose plan, features or limits would change"),
        Entry("plans check", "cli.plans.check:check", "check plans.toml, by itself and beside Stripe's prices"),
        Entry("diff", "cli.changes.diff:diff", "show which decisions your working tree changes"),
    ),
    "Set up": (
        Entry("deploy", "cli.operate.deploy:deploy", "build the functions and deploy them"),
        Entry("doctor", "cli.doctor.doctor:doctor", "look at a deployed stack: what is wrong, and what to type"),
        Entry("endpoint", "cli.operate.endpoint:endpoint", "create or update the webhook endpoints at Stripe"),
        Entry("secret", "cli.operate.secret:secret", "store a signing secret of an endpoint"),
        Entry("token", "cli.operate.token:token", "make a token for an app that asks for access"),
        Entry("sign-schedules", "cli.operate.sign_schedules:sign", "sign the messages of the schedules that are set"),
        Entry(
            "import", "cli.operate.import_stack:import_stack", "after a mistaken deletion of the stack, take it back"
        ),
        Entry("completion", "cli.completion:completion", "print the script that completes commands in your shell"),
    ),
}


OVERVIEW = """Usage: billhook COMMAND [OPTIONS]

Operate Billhook on this machine or, with --stack, on AWS with your credentials.
{groups}
billhook COMMAND --help shows what a command takes.
The variables BILLHOOK_STACK and AWS_REGION stand for --stack and --region.
Exit codes: 0 done, found; 1 not done, not found; 2 wrong command; 130 Ctrl-C.
"""


def overview() -> str:
    """The list of commands, made without an import that would take longer than reading it."""
    width = max(len(entry.name) for entries in COMMANDS.values() for entry in entries)
    groups = (
        f"\n{title}\n" + "".join(f"  {entry.name:<{width}}  {entry.help}\n" for entry in entries)
        for title, entries in COMMANDS.items()
    )
    return OVERVIEW.format(groups="".join(groups))


def build() -> "App":
    """The command, with every subcommand still unread."""
    from cyclopts import App, Group, Parameter  # noqa: PLC0415 - the list of commands is shown without it
    from rich.console import Console  # noqa: PLC0415 - likewise

    from cli.bounds import NOT_NEGATIVE  # noqa: PLC0415 - likewise
    from cli.see.screen import THEME  # noqa: PLC0415 - likewise

    made = App(
        name="billhook",
        console=Console(theme=THEME),
        help_format="markdown",
        version_flags=(),
        group_parameters=Group("Options", sort_key=1),
        default_parameter=Parameter.combine(Parameter(negative=(), show_default=False), NOT_NEGATIVE),
        suppress_keyboard_interrupt=False,
    )
    groups = dict[str, App]()
    for entry in (entry for entries in COMMANDS.values() for entry in entries):
        group, _, name = entry.name.rpartition(" ")
        if group and group not in groups:
            groups[group] = App(name=group, help=f"The commands of {group}.", version_flags=())
            made.command(groups[group])
        groups.get(group, made).command(entry.path, name=name)
    return made


def main(tokens: Sequence[str]) -> int:
    """Run the command that `tokens` spell; returns its exit code."""
    if not tokens or tokens[0] in {"--help", "-h", "help"}:
        print(overview(), end="")
        return DONE
    from cyclopts import CycloptsError  # noqa: PLC0415 - as above

    try:
        code: int | None = build()(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        # An option that is wrong may be a secret.
        return _failed(SECRETS.sub(r"\1_…", str(error)), WRONG_COMMAND, "billhook COMMAND --help shows what it takes")
    except KeyboardInterrupt:
        return _failed("stopped", STOPPED)
    except BrokenPipeError:  # a reader such as `head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        said = in_words(error)
        if said is None:
            raise
        return _failed(said, NOT_DONE)
    return code or DONE


def _wrapped(text: str) -> str:
    """`text` with its lines wrapped between words, if a person reads it."""
    if not sys.stderr.isatty():
        return text
    from cli.see.screen import GLUE, glued  # noqa: PLC0415 - the list of commands needs no rich

    wrapper = textwrap.TextWrapper(shutil.get_terminal_size().columns, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapper.fill(glued(line)).replace(GLUE, " ") for line in text.splitlines())


def _failed(why: str, code: int, advice: str = "") -> int:
    sys.stderr.write(f"{_wrapped(why)}\n" + (f"{advice}\n" if advice else ""))
    return code
