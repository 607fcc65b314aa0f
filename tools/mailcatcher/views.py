"""The pages of the mail catcher: bilingual, without script, readable on a phone."""

from html import escape
from typing import Final
from urllib.parse import quote

from tools.mailcatcher.store import Caught

STYLE: Final = """
:root { color-scheme: light dark; --ground: #eff4f3; --sheet: #fff; --ink: #10262b;
  --soft: #465b61; --rule: #cbd7d8; --bar: #0b4754; --link: #0a566e; }
@media (prefers-color-scheme: dark) { :root { --ground: #0b171a; --sheet: #122327;
  --ink: #e7f0f1; --soft: #a5b9be; --rule: #2b4249; --bar: #17586a; --link: #8ad2e2; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, sans-serif; }
header { border-bottom: 6px solid var(--bar); background: var(--sheet); }
header p, main { max-width: 54rem; margin: 0 auto; padding: 1rem; }
header p { font-weight: 700; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
ul, dl, pre { background: var(--sheet); border-radius: 10px; margin: 0 0 1.5rem; padding: 1rem; }
ul { list-style: none; }
li + li { border-top: 1px solid var(--rule); margin-top: .75rem; padding-top: .75rem; }
li a { display: inline-block; min-height: 1.5rem; font-weight: 700; overflow-wrap: anywhere; }
dt, small { color: var(--soft); font-size: .9375rem; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
"""


def listing(messages: list[Caught]) -> str:
    """Every caught message, the newest first."""
    if not messages:
        return _page(
            "Caught mail",
            "Courriels interceptés",
            "<p>No mail yet. <span lang=fr>Aucun courriel pour le moment.</span></p>",
        )
    rows = "".join(
        f"<li><a href='/m/{quote(m.key)}'>{escape(m.subject) or '-'}</a><br>"
        f"<small>{escape(', '.join(m.recipients))} · {escape(m.date)}"
        f"{' · PDF' if any(a.kind == 'application/pdf' for a in m.attachments) else ''}"
        "</small></li>"
        for m in messages
    )
    return _page("Caught mail", "Courriels interceptés", f"<ul>{rows}</ul>")


def message(caught: Caught) -> str:
    """One message: who, when, its text and its files."""
    base = f"/m/{quote(caught.key)}"
    files = "".join(
        f"<li><a href='{base}/files/{number}'>{escape(file.name)}</a><br>"
        f"<small>{escape(file.kind)} · {len(file.content)} B <span lang=fr>(o)</span></small></li>"
        for number, file in enumerate(caught.attachments)
    )
    body = (
        "<dl>"
        f"{_line('From', 'De', caught.sender)}"
        f"{_line('To', 'À', ', '.join(caught.recipients))}"
        f"{_line('Date', 'Date', caught.date)}"
        "</dl>"
        f"<pre lang=''>{escape(caught.text)}</pre>"
        f"{'<h2>Files · <span lang=fr>Fichiers</span></h2><ul>' + files + '</ul>' if files else ''}"
    )
    if caught.html:
        body += f"<p><a href='{base}/html'>HTML version · <span lang=fr>Version HTML</span></a></p>"
    back = "<p><a href='/'>All mail · <span lang=fr>Tous les courriels</span></a></p>"
    return _page(caught.subject or "-", None, body + back)


def _line(english: str, french: str, value: str) -> str:
    label = english if english == french else f"{english} · <span lang=fr>{french}</span>"
    return f"<dt>{label}</dt><dd>{escape(value)}</dd>"


def _page(english: str, french: str | None, body: str) -> str:
    # Without a French twin it is the subject of a mail, whose language is not known.
    heading = f"<span lang=''>{escape(english)}</span>"
    if french is not None:
        heading = f"{escape(english)} · <span lang=fr>{escape(french)}</span>"
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{escape(english)}{' · ' + escape(french) if french else ''}</title>"
        "<link rel=stylesheet href='/style.css'></head><body>"
        "<header><p>Development mail · <span lang=fr>Courrier de développement</span></p></header>"
        f"<main><h1>{heading}</h1>{body}</main></body></html>"
    )
