"""A browser of the tests that talks to a real portal over a real socket."""

from __future__ import annotations

import http.client
from http.cookies import SimpleCookie
from types import SimpleNamespace
from urllib.parse import urlencode

from tests.support.client import Client


class Wire:
    """What `tests.support.client.Client` asks of a test client, over HTTP; always read whole."""

    def __init__(self, port, patience=30):
        self._port, self._patience = port, patience
        self._cookies = {}

    def test_client(self):
        return self

    def get(self, path, query_string=None, headers=None, *, buffered=True):
        query = f"?{urlencode(query_string)}" if query_string else ""
        return self._ask("GET", path + query, None, headers)

    def post(self, path, data=None, headers=None, *, buffered=True):
        pairs = data.items(multi=True) if hasattr(data, "getlist") else dict(data or {}).items()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(list(pairs)), form | dict(headers or {}))

    def set_cookie(self, name, value, domain="localhost"):
        self._cookies[name] = value

    def get_cookie(self, name):
        return SimpleNamespace(value=self._cookies[name]) if name in self._cookies else None

    def _ask(self, method, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._patience)
        sent = {"Host": "localhost", **dict(headers or {})}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return SimpleNamespace(
            status_code=answer.status,
            headers=answer.headers,
            data=data,
            text=data.decode(),
            request=SimpleNamespace(method=method),
        )


def browser(port, lang="en"):
    """A browser: every page that it is given passes the page checker."""
    return Client(Wire(port), lang)
