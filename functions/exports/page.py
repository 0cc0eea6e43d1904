"""The pages that a visitor sees instead of a download."""

from string import Template

_LAYOUT = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; --back: #f4f5f7; --card: #fff; --text: #1f2937; }
@media (prefers-color-scheme: dark) { :root { --back: #111827; --card: #1f2937; --text: #e5e7eb; } }
body { margin: 0; padding: 15vh 16px 24px; background: var(--back); color: var(--text);
  font: 16px/1.55 -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
main { max-width: 496px; margin: 0 auto; padding: 28px 32px; background: var(--card); border-radius: 8px; }
h1 { margin: 0 0 16px; font-size: 22px; line-height: 1.3; font-weight: 600; }
p { margin: 0 0 12px; }
p:last-child { margin: 0; }
</style>
</head>
<body>
<main>
<h1>$title</h1>
$text
</main>
</body>
</html>
""")

# One page for every link without a file: it must not show whether there ever was one.
GONE = _LAYOUT.substitute(
    title="This link has expired or was never valid",
    text="""\
<p>A link to your data works for a limited time only, to keep the data safe. The mail says until when.</p>
<p>If you copied the link, check that you have all of it. If it has expired, ask us for a new export.</p>""",
)

UNAVAILABLE = _LAYOUT.substitute(
    title="Please try again in a minute",
    text="<p>Your data cannot be fetched right now. Something on our side is not answering.</p>",
)
