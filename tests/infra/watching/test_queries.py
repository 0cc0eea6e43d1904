"""A saved query, or a filter of the runbook, reads only fields that log lines have."""

import re

import pytest

from tests.infra.watching.conftest import Lines
from tests.support import watching

LANGUAGE = set(
    "filter fields stats sort limit by as asc desc in and or count count_distinct ispresent latest min max pct".split()
)


def fields_of(query: str) -> set[str]:
    """The fields that a query reads: its words, but for texts, its own names, and the language's."""
    text = re.sub(r"""SOURCE '[^']*'|"[^"]*"|'[^']*'""", "", query)
    own = set(re.findall(r"\bas (\w+)", text))
    return set(re.findall(r"@?\b[a-z_]+\w*\b|@\w+", text)) - own - LANGUAGE


@pytest.mark.parametrize("name", watching.queries())
def test_a_query_reads_only_what_a_line_has(
    name: str, consumer_lines: Lines, effects_lines: Lines, ingest_lines: Lines
) -> None:
    known = {field for line in (*consumer_lines, *effects_lines, *ingest_lines) for field in line} | {"@timestamp"}
    wanted = fields_of(watching.queries()[name])
    assert wanted
    assert wanted <= known


def test_a_filter_reads_only_what_a_line_has(
    consumer_lines: Lines, effects_lines: Lines, ingest_lines: Lines, answer_lines: Lines, reconcile_lines: Lines
) -> None:
    said = "\n".join([watching.RUNBOOK, *(watching.description(alarm) for alarm in watching.alarms().values())])
    lines = *consumer_lines, *effects_lines, *ingest_lines, *answer_lines, *reconcile_lines
    known = {name for line in lines for name in line}
    wanted = set(re.findall(r"\$\.(\w+)", said))
    assert wanted
    assert wanted <= known


def test_a_filter_on_a_state_names_one_that_is_logged(consumer_lines: Lines, effects_lines: Lines) -> None:
    asked = set(re.findall(r'\$\.message = \\?"(\w+)', watching.RUNBOOK))
    assert asked
    for lines in (consumer_lines, effects_lines):
        assert asked <= {line["message"] for line in lines}
