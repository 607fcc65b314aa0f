"""The same list by Flask-AppBuilder as it comes, over the same tables, in a process of its own.

Its permissions are written into the bench's own database, which is thrown away afterwards.
"""

from __future__ import annotations

import json
import sys

from flask import Flask
from flask_appbuilder import AppBuilder, Model, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import BigInteger, ForeignKey, Text, create_engine
from sqlalchemy.orm import Mapped, mapped_column, relationship, scoped_session, sessionmaker

from tools.bench.measure import median_each
from tools.bench.probe import getter

SIZE = 50


class Party(Model):
    """The party table, as a stock model has it."""

    __tablename__ = "party"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_folded: Mapped[str] = mapped_column(Text)

    def __repr__(self) -> str:
        return self.name


class Account(Model):
    """The account table, as a stock model has it."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    state: Mapped[str] = mapped_column(Text)
    standing_code: Mapped[str] = mapped_column(Text)
    party: Mapped[Party] = relationship()


class StockAccounts(ModelView):
    """The list of accounts with nothing of ours."""

    datamodel = SQLAInterface(Account)
    list_columns = ["party", "standing_code", "state"]
    search_columns = ["state"]
    base_order = ("id", "asc")
    page_size = SIZE


def main(place: dict[str, str]) -> None:
    """Measure its first page and one half-way down, and print both."""
    app = Flask("stock")
    app.config.update(SECRET_KEY="bench", WTF_CSRF_ENABLED=False, FAB_ADD_SECURITY_API=False)  # noqa: S106
    app.config["SQLALCHEMY_DATABASE_URI"] = place["owner"]
    session = scoped_session(sessionmaker(bind=create_engine(place["owner"])))
    with app.app_context():
        builder = AppBuilder(app, session)
        builder.add_view(StockAccounts, "Accounts")
        sm = builder.sm
        sm.add_user(
            "stock", "Stock", "Admin", "stock@users.invalid", sm.find_role("Admin"), "stock"
        )
    client = app.test_client()
    client.post("/login/", data={"username": "stock", "password": "stock"})
    last = int(place["n"]) * 3 // 2 // SIZE
    pages = [
        getter(client, f"/stockaccounts/list/?psize_StockAccounts={SIZE}&page_StockAccounts={page}")
        for page in (0, last // 2)
    ]
    first, deep = median_each(pages, times=7, warm=2)
    print(json.dumps({"first": first, "deep": deep}))


if __name__ == "__main__":
    main(json.load(sys.stdin))
