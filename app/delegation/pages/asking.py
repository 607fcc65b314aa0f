"""The provider's asks: one client, a checked list of them, and what became of each."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from flask import Response as FileResponse
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from werkzeug.wrappers import Response

from app.authority.pages.forms import ConfirmForm
from app.authority.pages.opening import account_here, front_crumb, require
from app.authority.queries import find
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, TooMany
from app.delegation.forms import AskForm, ListForm, SendListForm
from app.delegation.models import ClientAsk, ClientList
from app.delegation.pages import pages
from app.delegation.pages.common import day_in, number_in, rule_here
from app.delegation.queries import ask_of, asks, lines_of_list
from app.delegation.sentences import REASONS, STATES, show
from app.delegation.service import asking
from app.programs.actions import Action
from app.web.access import current_person
from app.web.admin.export import send
from app.web.staff.importing import asked_again

_AT = "/a/<int:account_id>/clients"
FIRST = 50
"""How many skipped lines a preview shows."""
LARGEST = 200_000
"""Of a file of business numbers, in octets."""


@pages.route(f"{_AT}/ask", methods=["GET", "POST"])
def ask(account_id: int) -> str | Response:
    """Ask one client by its business number."""
    rule = rule_here()
    require(Action.CLIENTS_ASK)
    form = AskForm()
    if form.validate_on_submit():
        try:
            asking.ask_client(
                current_person().id, account_id, form.number.data, form.comment.data or ""
            )
        except (Invalid, Conflict, TooMany) as error:
            show(form, error)
        else:
            flash(_("Your request is sent. If the business has an account, it can answer."), "done")
            return redirect(url_for("delegation.asked", account_id=account_id), code=303)
    return render_template(
        "delegation/ask.html",
        form=form,
        **_about(),
        most=rule.longest_comment,
        many=url_for("delegation.ask_many", account_id=account_id),
    )


def _about() -> dict[str, Any]:
    account = account_here()
    return {
        "home": front_crumb(),
        "list_url": url_for("delegation.clients_page", account_id=account.id),
        "asked_url": url_for("delegation.asked", account_id=account.id),
        "account_id": account.id,
    }


@pages.route(f"{_AT}/ask-many", methods=["GET", "POST"])
def ask_many(account_id: int) -> str | Response:
    """Paste or choose a list; every line is checked and shown before anybody is asked."""
    rule = rule_here()
    require(Action.CLIENTS_ASK)
    form = ListForm()
    if form.validate_on_submit():
        try:
            text = _pasted(form)
            lines = asking.checked(session, account_here(), text)
        except Invalid as error:
            show(form, error)
        else:
            return _preview(form, lines)
    return render_template(
        "delegation/ask_many.html",
        form=form,
        **_about(),
        most=rule.asked_at_once,
        action=url_for("delegation.ask_many", account_id=account_id),
    )


def _pasted(form: ListForm) -> str:
    """What was typed, or what stands in the file."""
    chosen = form.file.data
    if not chosen or not chosen.filename:
        return str(form.numbers.data or "")
    content: bytes = chosen.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid({"numbers": "too_many"}, most=rule_here().asked_at_once)
    return content.decode("utf-8-sig", "replace").replace("\x00", "")


def _preview(form: ListForm, lines: list[Any]) -> str:
    sending = SendListForm(formdata=None)
    sending.token.data = secrets.token_urlsafe(16)
    sending.numbers.data = "\n".join(line.typed for line in lines)
    sending.comment.data = form.comment.data
    skipped = [(line.line, line.typed, str(REASONS[line.reason])) for line in lines if line.reason]
    return render_template(
        "delegation/ask_check.html",
        form=sending,
        **_about(),
        send=url_for("delegation.send_list", account_id=account_here().id),
        again=url_for("delegation.ask_many", account_id=account_here().id),
        asked=len(lines) - len(skipped),
        skipped=skipped[:FIRST],
        left_out=len(skipped),
    )


@pages.post(f"{_AT}/ask-many/send")
def send_list(account_id: int) -> str | Response:
    """Let the worker ask every number of the list that was shown."""
    rule_here()
    require(Action.CLIENTS_ASK)
    form = SendListForm()
    if not form.validate_on_submit() or not form.token.data:
        return redirect(url_for("delegation.ask_many", account_id=account_id), code=303)
    try:
        number = asking.ask_clients(
            current_person().id,
            account_id,
            form.token.data,
            form.numbers.data or "",
            form.comment.data or "",
        )
    except (Invalid, TooMany) as error:
        again = ListForm(formdata=None)
        again.numbers.data, again.comment.data = form.numbers.data, form.comment.data
        show(again, error)
        most = rule_here().asked_at_once
        here = url_for("delegation.ask_many", account_id=account_id)
        return render_template(
            "delegation/ask_many.html", form=again, **_about(), most=most, action=here
        )
    return redirect(
        url_for("delegation.list_page", account_id=account_id, list_id=number), code=303
    )


@pages.get(f"{_AT}/asked")
def asked(account_id: int) -> str:
    """What the business asked, the newest first: told by number, whoever has it."""
    rule_here()
    require(Action.CLIENTS_ASK)
    before = number_in("older")
    rows, older = asks(session, current_person().id, account_id, before=before)
    return render_template(
        "delegation/asked.html",
        **_about(),
        rows=[_line(row) for row in rows],
        older=older,
        newest=before is None,
    )


def _line(row: ClientAsk) -> dict[str, Any]:
    kind, words = STATES[row.state]
    open_still = row.state in asking.OPEN
    return {
        "number": row.number,
        "comment": row.comment,
        "by": row.person.full_name,
        "asked": day_in(account_here(), row.asked_at),
        "tag": (kind, str(words)),
        "withdraw": url_for("delegation.withdraw", account_id=row.account_id, ask_id=row.id)
        if open_still
        else None,
    }


@pages.route(f"{_AT}/asked/<int:ask_id>/withdraw", methods=["GET", "POST"])
def withdraw(account_id: int, ask_id: int) -> str | Response:
    """Take a request back, once more asked."""
    rule_here()
    require(Action.CLIENTS_ASK)
    row = ask_of(session, current_person().id, account_id, ask_id)
    if row.state not in asking.OPEN:
        raise Conflict("moved_on")
    form = ConfirmForm()
    if form.validate_on_submit():
        asking.withdraw_ask(current_person().id, account_id, ask_id)
        flash(_("The request is withdrawn."), "done")
        return redirect(url_for("delegation.asked", account_id=account_id), code=303)
    return render_template("delegation/withdraw.html", form=form, row=row, **_about())


@pages.get(f"{_AT}/lists/<int:list_id>")
def list_page(account_id: int, list_id: int) -> str | FileResponse:
    """How far the worker is with a list, then what became of each line."""
    kept, rows = _list(account_id, list_id)
    waiting = sum(row.state == "waiting" for row in rows)
    page = render_template(
        "delegation/list.html",
        kept=kept,
        **_about(),
        total=len(rows),
        done=len(rows) - waiting,
        asked=sum(row.reason is None for row in rows) - waiting,
        skipped=[row for row in rows if row.reason is not None],
        reasons=REASONS,
        begun=day_in(account_here(), kept.begun_at),
        file=url_for("delegation.list_file", account_id=account_id, list_id=list_id),
    )
    return page if kept.ended_at is not None else asked_again(page)


def _list(account_id: int, list_id: int) -> tuple[ClientList, list[ClientAsk]]:
    rule_here()
    require(Action.CLIENTS_ASK)
    kept = find(session, current_person().id, Action.CLIENTS_ASK, ClientList, list_id)
    if kept.account_id != account_id:
        raise NotFound(f"ClientList {list_id}")
    return kept, lines_of_list(session, current_person().id, list_id)


@pages.get(f"{_AT}/lists/<int:list_id>/result.csv")
def list_file(account_id: int, list_id: int) -> Response:
    """What became of each line, as a file."""
    _kept, rows = _list(account_id, list_id)
    heads = [
        str(pgettext("column", "Business number")),
        str(pgettext("column", "Status")),
        str(pgettext("column", "Reason")),
    ]
    return send("csv", str(_("Requests to clients")), heads, _cells(rows))


def _cells(rows: list[ClientAsk]) -> Iterator[list[Any]]:
    for row in rows:
        reason = str(REASONS[row.reason]) if row.reason else None
        yield [row.number, str(STATES[row.state][1]), reason]
