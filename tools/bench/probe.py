"""One size, in a process of its own: the portal on a world, and what its questions cost.

Reads the place from its standard input (JSON) and prints its figures as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import literal, select
from sqlalchemy.engine import Engine

from app.base import db as base
from tools.bench.database import again, heard, timed
from tools.bench.measure import median_each, median_ms
from tools.bench.place import OFFICER, portal_on, signed_in
from tools.bench.world import COMMON, EMPLOYEE, MANAGER, NOWHERE, RARE

Figures = dict[str, float]

ACCOUNTS = (
    "SELECT a.id FROM account a JOIN party p ON p.id = a.party_id"
    " WHERE a.program_id = (SELECT program_id FROM delegation LIMIT 1) ORDER BY p.name_folded, a.id"
)
PERSONS = "SELECT p.id FROM person p JOIN party USING (id) ORDER BY name_folded, id"
ENTRIES = "SELECT id FROM registry_entry ORDER BY name_folded, id"
MEMBERSHIPS = "SELECT id FROM membership ORDER BY added_at DESC, id DESC"
LISTS = {
    "accounts": ("AccountView", "party.search", ACCOUNTS),
    "registry": ("RegistryView", "search", ENTRIES),
    "memberships": ("MembershipView", "", MEMBERSHIPS),
    "persons": ("PersonView", "", PERSONS),
}
"""Staff list → its view, its filter of words, and its rows in order, to find a deep one."""


def bound() -> Engine:
    """The portal's engine."""
    engine = base.session.get_bind()
    if not isinstance(engine, Engine):
        raise TypeError("the session is bound to a connection")
    return engine


def checks(plain: psycopg.Connection[Any]) -> Figures:
    """A check, and fifty in one batch, beside a bare SELECT by primary key."""
    from app.authority import predicate, scopes
    from app.authority.queries import may
    from app.parties.models import Account

    engine = bound()
    clause = scopes.scope_of(Account).clause(MANAGER, "account.view")
    one = select(literal(1)).select_from(Account).where(Account.id == 10, clause).limit(1)
    fifty = predicate.granted(MANAGER, ["account.view"], [10 * i for i in range(1, 51)])
    asked = []
    for statement in (select(Account.id).where(Account.id == 10), one, fifty):
        with heard(engine) as found:
            base.session.execute(statement).all()
        base.session.rollback()
        asked.append(again(plain, found))
    account = base.session.get_one(Account, 10)
    bare, check, batch, whole = median_each(
        [*asked, lambda: may(base.session, MANAGER, "account.view", account)], times=200, warm=20
    )
    return {"pk": bare, "check": check, "batch": batch, "may": whole}


def brokers(plain: psycopg.Connection[Any]) -> Figures:
    """The page of businesses of a broker's manager, and of an employee put on three clients."""
    from app.authority.queries_businesses import businesses

    engine = bound()
    middle = base.session.connection().exec_driver_sql(
        "SELECT a.id FROM account a JOIN party p ON p.id = a.party_id WHERE mod(a.id, 10) = 0"
        " AND a.program_id = (SELECT program_id FROM delegation LIMIT 1)"
        " ORDER BY p.name_folded LIMIT 1"
        " OFFSET (SELECT count(*) / 20 FROM delegation)"
    )  # fmt: skip
    deep = int(middle.scalar_one())
    figures: Figures = {}
    for name, person, after in (
        ("manager", MANAGER, None), ("manager deep", MANAGER, deep), ("employee", EMPLOYEE, None),
    ):  # fmt: skip

        def ask(person: int = person, after: int | None = after) -> None:
            base.session.rollback()
            base.session.expunge_all()
            businesses(base.session, person, after=after)

        with heard(engine) as found:
            ask()
        base.session.rollback()
        figures[name], figures[f"{name} whole"] = median_each([again(plain, found), ask])
    return figures


def lists(client: FlaskClient) -> Figures:
    """Staff lists by fifty: the first page, one half-way down, and what each asks."""
    engine = bound()
    figures: Figures = {}
    for name, (view, _, ordered) in LISTS.items():
        with engine.connect() as connection:
            deep = connection.exec_driver_sql(
                f"SELECT id FROM ({ordered}) all_rows OFFSET (SELECT count(*) / 2 FROM"  # noqa: S608
                f" ({ordered}) every_row) LIMIT 1"
            ).scalar_one()
        first = f"/en/staff/{name}/list/?psize_{view}=50"
        pages = [
            getter(client, first),
            getter(client, f"{first}&after_{view}={deep}&page_{view}=9"),
        ]
        figures[name], figures[f"{name} deep"] = median_each(pages, times=9, warm=2)
        with heard(engine) as asked:
            pages[1]()
        figures[f"{name} statements"] = len(asked)
    return figures


def searches(client: FlaskClient) -> Figures:
    """A search by name: what the database needs for the whole page, and the page."""
    engine = bound()
    figures: Figures = {}
    for name in ("accounts", "registry"):
        _, column, _ = LISTS[name]
        for kind, word in (("rare", RARE), ("common", COMMON), ("none", NOWHERE)):
            get = getter(client, f"/en/staff/{name}/list/?_flt_0_{column}={word}")
            figures[f"{name} {kind} page"] = median_ms(get, times=5, warm=2)
            sums = []
            for _ in range(9):
                with timed(engine) as taken:
                    get()
                sums.append(sum(taken))
            figures[f"{name} {kind}"] = sorted(sums)[4]
    return figures


def getter(client: FlaskClient, address: str) -> Callable[[], None]:
    """Ask for a page, and insist that it comes."""

    def get() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status}")

    return get


def main(place: dict[str, str]) -> None:
    """Measure everything there and print it."""
    begun = time.perf_counter()
    app: Flask = portal_on(place)
    with app.app_context():
        engine = bound()
    figures: dict[str, Figures] = {"start": {"seconds": time.perf_counter() - begun}}
    with app.app_context(), psycopg.connect(place["plain"], autocommit=True) as plain:
        figures["checks"] = checks(plain)
        figures["brokers"] = brokers(plain)
        base.session.rollback()
    client = signed_in(app, OFFICER)
    figures["lists"] = lists(client)
    figures["searches"] = searches(client)
    engine.dispose()
    print(json.dumps(figures))


if __name__ == "__main__":
    main(json.load(sys.stdin))
