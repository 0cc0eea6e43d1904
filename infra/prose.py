"""Find hard sentences in docstrings, comments and documents: `python -m infra.prose [files]`, part of `make lint`.

The rule is in CONTRIBUTING.md. A sentence has at most 30 words, and none of the phrases below.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 30
"""Words in a sentence."""

BANNED = {
    "whoever": r"\bwho(?:m|se)?ever\b",
    "whatever": r"\bwhatever\b",
    "what is … is": r"\bwhat (?:is|was|has|comes|came|goes|lies|they|it) [^.,;:]*\b(?:is|are|was|were|goes|stays)\b",
    "of which": r"\b(?:of|by|from|to) which\b",
    "one that … (as a subject)": r"(?:^|[;:] )(?:of (?:one|those|that)|one) (?:that|which|who)\b",
    "nobody has": r"\bnobody (?:else )?(?:has|need|knows|may)\b",
    "is to be": r"\b(?:is|are) to be\b",
    "of ours": r"\bof (?:ours|theirs)\b",
}
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|vs|no(?=\. ?\d))\.", re.IGNORECASE)
BLOCK = re.compile(
    r"^[ \t]*```[\s\S]*?^[ \t]*```|^[ \t]*\|.*\|[ \t]*$|^#+ .*$|^.*(?:\S {3,}\S|[─│└┘┌┐]).*$", re.MULTILINE
)
"""Code, rows of tables, headings and lines of a drawing: no sentence goes on across them."""
INLINE = re.compile(r"`[^`\n]*`|https?://\S+|\"[^\"\n]{1,40}\"")
"""Code, links and quoted words within a sentence; each counts as one word."""


def hard(text: str) -> Iterator[tuple[int, str]]:
    """Each hard sentence of `text`: the line where it begins, counted from 0, and what is wrong with it."""
    prose = BLOCK.sub(lambda found: "\n" * found[0].count("\n") + ".", text)
    plain = INLINE.sub("x", ABBREVIATION.sub("x", prose))
    for found in re.finditer(r"[^\s.!?][^.!?]*(?:[.!?](?=\S)[^.!?]*)*", plain):
        for sentence in re.split(r"\n\s*(?:\n|[-*] |\d+\. |>)", found[0]):
            line = plain.count("\n", 0, found.start() + found[0].find(sentence))
            words = len(sentence.split())
            if words > LONGEST:
                yield line, f"{words} words in a sentence"
            yield from (
                (line, f'"{phrase}"') for phrase, rule in BANNED.items() if re.search(rule, sentence, re.IGNORECASE)
            )


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The prose of a file: the line where it begins, and the text."""
    source = path.read_text()
    if path.suffix != ".py":
        yield 1, source
        return
    documented = ast.AsyncFunctionDef | ast.ClassDef | ast.FunctionDef | ast.Module
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and (said := ast.get_docstring(node)):
            yield node.body[0].lineno, said
    block: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not re.match(r"#\s*(?:noqa|type:|https?:)", token.string):
            block.append(token)
        elif token.type not in {tokenize.NL, tokenize.NEWLINE} and block:
            yield block[0].start[0], "\n".join(one.string.lstrip("# ").split("# noqa")[0] for one in block)
            block = []


def main(names: list[str]) -> int:
    """Print every hard sentence of `names`, or of all that people read; the exit code is 1 if there is one."""
    folders = ("functions", "shared", "cli", "infra", "bench")
    code = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("events/*.md")]
    found = 0
    for path in [Path(name).resolve() for name in names] or sorted([*code, *documents]):
        for first, text in texts(path):
            for line, wrong in hard(text):
                print(f"{path.relative_to(ROOT)}:{first + line}: {wrong}")
                found += 1
    if found:
        print(f"{found} hard sentences; CONTRIBUTING.md says how to write them")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
