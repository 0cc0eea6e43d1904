"""The prose lint finds each banned phrase and a long sentence, at its line, and is quiet on what is no prose."""

from pathlib import Path

import pytest

from infra.prose import BANNED, LONGEST, hard, main, texts

EXAMPLES = {
    "whoever": "Whoever comes second loses nothing.",
    "whatever": "The line waits for nothing, whatever fails.",
    "what is … is": "What is performed is marked with the last write.",
    "of which": "The table has two keys, of which one is empty.",
    "one that … (as a subject)": "One that is deleted is told nothing more.",
    "nobody has": "It is told nobody has a lease.",
    "is to be": "The invoice is to be paid by hand.",
    "of ours": "A message of ours carries ids only.",
}


def found(text: str) -> list[str]:
    return [wrong for _, wrong in hard(text)]


@pytest.mark.parametrize("phrase", BANNED)
def test_each_banned_phrase_is_found_and_named(phrase: str) -> None:
    assert found(EXAMPLES[phrase]) == [f'"{phrase}"']


def test_a_sentence_is_too_long_from_one_word_more_than_the_rule_allows() -> None:
    assert found("word " * LONGEST + ".") == []
    assert found("word " * LONGEST + "word.") == [f"{LONGEST + 1} words in a sentence"]


def test_a_sentence_that_spans_lines_is_one_and_paragraphs_and_items_are_several() -> None:
    half = "word " * (LONGEST - 5)
    assert found(f"{half}\n{half}.") != []
    assert found(f"{half}\n\n{half}.") == []
    assert found(f"- {half}\n- {half}\n1. {half}") == []


@pytest.mark.parametrize(
    "text",
    [
        f"The command:\n\n```bash\n{'word ' * 50} whatever\n```\n",
        f"1. In a list:\n\n   ```\n   {'word ' * 50}\n   ```\n",
        "| whoever | whatever |\n| --- | --- |\n" + "| a | b |\n" * 50,
        "   | whoever | indented |\n",
        f"# {'word ' * 50} whatever\n",
        "The field `whatever` is read from https://example.com/whatever today.",
        'Never write "whoever".',
        f"{'put     commit     perform\n' * 20}  └─> whatever\n",
    ],
    ids=["block", "block in a list", "table", "indented table", "heading", "inline", "quoted", "drawing"],
)
def test_code_tables_headings_links_and_quotes_are_no_prose(text: str) -> None:
    assert found(text) == []


def test_a_sentence_does_not_go_on_across_a_table_or_a_heading() -> None:
    half = "word " * (LONGEST - 5)
    assert found(f"{half}\n| a | b |\n{half}.") == []
    assert found(f"{half}\n# Heading\n{half}.") == []


def test_an_abbreviation_ends_no_sentence_and_a_word_does() -> None:
    assert found("word " * (LONGEST - 1) + "e.g. two more.") != []
    assert found("word " * (LONGEST - 1) + "no. Two more.") == []


def test_the_line_of_a_sentence_is_told() -> None:
    assert list(hard("Fine.\n\n```\ncode\n```\nWhoever reads this.")) == [(5, '"whoever"')]


def test_docstrings_and_comments_of_code_are_read_and_its_strings_are_not(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text('"""Says whatever."""\n\nVALUE = "whatever"\n# For whoever\n# reads it.\nOTHER = 1  # noqa: S105\n')
    assert list(texts(file)) == [(1, "Says whatever."), (4, "For whoever\nreads it.")]


def test_the_exit_code_tells_whether_something_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["infra/prose.py"]) == 0
    assert capsys.readouterr().out == ""
