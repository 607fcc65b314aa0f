"""Hostile values and hostile ways to send them: a corpus, and whatever hypothesis makes up."""

from __future__ import annotations

import random
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.security.judging import MARKER

_letters = random.Random(7)  # noqa: S311 (the same text in every run)
LONG = "".join(_letters.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(20_000))
"""No compression makes it short: longer than a row of an index, or than a column, may be."""
MARKUP = f"{MARKER} onload=alert(1)>'\"`{{{{7*7}}}}${{7*7}}%s%(x)s"

CORPUS: tuple[bytes, ...] = (
    # no text at all, or text that no column holds
    b"a\x00b", b"\xed\xa0\x80", b"\xff\xc3\x28", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82",
    # text that is shown otherwise than it is written
    "\u202e\ufeff\U0001f600\u0301\ufffe".encode(), "\u2066a\u2069\u200b\u00ad".encode(),
    "Z\u0351\u036b\u0343\u036a".encode() * 40, "ﬃ①Ⅷ㎏K".encode(), b"a\x1b[2Jb\x7f\x0b\x0c",
    # lengths
    b"", b" ", b"\t\r\n", b"x" * 255, b"x" * 256, b"x" * 4_096, LONG.encode(),
    # numbers
    b"0", b"-0", b"-1", b"1e3", b"1e999", b"NaN", b"Infinity", b"0x10", b"1_000", b"007", b"1.5",
    b"2147483648", b"9223372036854775807", b"9223372036854775808", b"9" * 40, b"-" + b"9" * 40,
    "٣".encode(), "१२".encode(), "½".encode(), "１２３４５６".encode(), b"+1", b"1,000", b"1 000",
    # dates
    b"0000-00-00", b"2026-02-30", b"9999-12-31", b"10000-01-01", b"-0001-01-01", b"2026-13-01",
    # SQL, LIKE and text search
    b"' OR 1=1 --", b"'; DROP TABLE person; --", b"1) OR (1=1", b"%", b"_", b"%%%" * 50, b"\\",
    b"& | ! ( ) :*", b"a:*b", b"(((((", b"))", b"'a' <-> 'b'", b"E'\\x41'", b"$$", b"pg_sleep(9)",
    # templates and formats
    b"{{7*7}}", b"${7*7}", b"{%raw%}", b"%s%n%x", b"%(x)s", b"{0.__class__}", b"#{7*7}", b"<%=7%>",
    # markup and script
    MARKUP.encode(), f'">{MARKER} src=x onerror=alert(1)>'.encode(),
    f"</textarea></select></title>{MARKER}>".encode(), b"javascript:alert(1)", b"data:text/html,x",
    f"<!--{MARKER}".encode(), f"]]>{MARKER}>".encode(), b"&lt;fz7q&gt;", b"&#60;fz7q&#62;",
    # headers, mail, spreadsheets
    b"Ann\r\nBcc: all@evil.example", b"x\nSet-Cookie: a=b", b'=HYPERLINK("https://evil.example")',
    b"@SUM(1)", b"+1+1", b'"Ann" <a@b.example>, c@d.example', b"a@b", b"a" * 65 + b"@b.example",
    # paths and addresses
    b"../../../../etc/passwd", b"..%2f..%2f", b"/etc/passwd\x00.csv", b"C:\\windows\\win.ini",
    b"//evil.example", b"https://evil.example/", b"/\\evil.example", b"https:evil.example",
    b"/en//evil.example", b"/fr/sign-out", b"?next=//evil.example", b"file:///etc/passwd",
    b"%2e%2e/", b"/%09/evil.example", b"http://localhost@evil.example/", b"\\\\evil.example",
    # other notations
    b"[]", b"{}", b"null", b"undefined", b"true", b'{"$ne": null}', b"<?xml version='1.0'?>",
    b"!!python/object/apply:os.system [id]", b'O:8:"stdClass":0:{}', b"*" * 60, b"(a+)+$",
    b"id", b"asc", b"desc", b"desc; DROP", b"password", b"person.email", b"__class__", b"0,1",
)  # fmt: skip

HOSTS = (
    "evil.example", "localhost:99999", "localhost.evil.example", "[::1", "", "localhost\\evil",
    "LOCALHOST", "localhost:8000", "127.0.0.1", "xn--", "a" * 300,
)  # fmt: skip
HEADERS: tuple[tuple[str, str], ...] = (
    ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-For", "1.2.3.4, <script>"),
    ("X-Forwarded-Proto", "javascript"), ("X-Original-URL", "/staff/"),
    ("X-HTTP-Method-Override", "DELETE"), ("X-Request-Id", MARKUP.replace("\n", "")),
    ("Accept-Language", "fr;q=x, en;q=-1, *;q=99999999999999999"), ("Accept-Language", "," * 900),
    ("Referer", "https://evil.example/"), ("Origin", "null"), ("Range", "bytes=-1,0-,5-2"),
    ("If-Modified-Since", "not a date"), ("Cookie", "guichet_language=../..; guichet_form=.a.b"),
    ("Cookie", "guichet_form=eyJjc3JmX3Rva2VuIjoiMSJ9.x.y"), ("User-Agent", "Mobi" * 500),
    ("Sec-CH-UA-Mobile", "?2"), ("Authorization", "Bearer é"), ("Authorization", "Basic Og=="),
    ("If-None-Match", 'W/"' * 200), ("Transfer-Encoding", "gzip"), ("Expect", "200-maybe"),
)  # fmt: skip
TYPES = (
    "application/json", "text/plain", "application/xml", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "b" * 300,
    "application/x-www-form-urlencoded; charset=utf-7", "application/octet-stream", "", "é/;=",
    "multipart/mixed; boundary=x", "image/png",
)  # fmt: skip

values = st.one_of(
    st.sampled_from(CORPUS),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text(st.characters(codec=None), max_size=12).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    ),
    st.binary(max_size=20),
    st.integers(-(2**70), 2**70).map(lambda number: str(number).encode()),
    st.floats().map(lambda number: repr(number).encode()),
    st.sampled_from(CORPUS).flatmap(
        lambda a: st.sampled_from(CORPUS).map(lambda b: (a + b)[:30_000])
    ),
)
"""One hostile value, as octets: some are no text."""

shapes = st.sampled_from(("once", "once", "once", "twice", "array", "many", "missing", "stranger"))
"""How a field comes: as asked, repeated, as an array, a hundredfold, not at all, renamed."""

ways = st.sampled_from(
    ("form", "form", "form", "form", "parts", "file", "torn", "json", "type", "no token",
     "two tokens", "large")
)  # fmt: skip
"""How a body is sent."""


def pair(name: str, value: bytes) -> bytes:
    """A field as it stands in an address or a body."""
    return f"{quote_from_bytes(name.encode('utf-8', 'surrogatepass'))}=".encode() + (
        quote_from_bytes(value).encode()
    )


def shaped(name: str, value: bytes, shape: str) -> list[bytes]:
    """The field in a shape."""
    match shape:
        case "twice":
            return [pair(name, value), pair(name, b"1")]
        case "array":
            return [pair(f"{name}[]", value), pair(f"{name}[0]", value), pair(f"{name}-0", value)]
        case "many":
            return [pair(name, value[:50])] * 100
        case "missing":
            return []
        case "stranger":
            return [pair(f"{name}_", value), pair(f"_{name}", value), pair(name.upper(), value)]
    return [pair(name, value)]
