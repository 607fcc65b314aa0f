"""A deed on chosen rows: a look at each first, each then on its own, and a result of all.

Each row passes the same question and the same service as alone, in a transaction of its own that
also writes its line of the result: what the result says was done, was done. Who keeps results is
handed in (``set_ledger``); without a ledger no screen has bulk deeds.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from flask import Flask, abort, current_app, flash, redirect, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.audit.targets import describe
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.web.admin import scope
from app.web.admin.arranging import Arranged, name_of
from app.web.admin.deeds import Deed
from app.web.admin.routes import route
from app.web.forms import GuichetForm

_MARK: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
MOST_AT_ONCE: Final = 100
"""Rows that one bulk deed takes at most: a page."""

REASONS: Final[Mapping[str, Any]] = {
    "gone": _l("It is not there, or not yours to see."),
    "not_allowed": _l("You may not do this to it."),
    "not_now": _l("Its state does not allow this."),
    "unanswered": _l("Nothing was entered for it."),
    "stale": _l("Someone else changed it at the same moment."),
    "other": _l("It could not be done. Open it to see its state."),
}
"""Why a row was skipped, beside what its deed and its screen say themselves."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a row is left as it is: a code, and the values that its sentence needs."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Chosen:
    """A chosen row, looked at: its name, its own form where it has one, why it is skipped."""

    key: str
    name: str
    row: Any = None
    skip: Skip | None = None
    form: GuichetForm | None = None
    reason: str = ""


class Ledger(Protocol):
    """Whoever keeps what became of each row."""

    def begin(self, token: str, screen: str, deed: str, rows: Sequence[Chosen]) -> int:
        """Open a result. Raises Conflict when this very page was sent at the same instant."""

    def begun(self, token: str) -> int | None:
        """The result that this very page opened when it was sent before."""

    def do(self, run: int, keys: Sequence[str], work: Callable[[], Any]) -> Any:
        """Do the work and write these rows down as done, in one transaction."""

    def skip(self, run: int, key: str, why: Skip) -> None:
        """Write a row down as skipped."""

    def finish(self, run: int) -> None:
        """Write down that every row was reached."""

    def abandon(self, run: int) -> None:
        """Forget a result of which nothing was done."""

    def address(self, run: int) -> str:
        """Where the result is shown."""


def set_ledger(app: Flask, ledger: Ledger) -> None:
    """Say who keeps results. Until then no deed is done on chosen rows."""
    app.extensions["guichet.ledger"] = ledger


class Bulk(Arranged):
    """The address ``bulk``."""

    @route("/bulk", ["GET", "POST"], permission="list")
    def bulk(self) -> str | Response:
        """Look at the chosen rows; by POST, do the deed on each that can be. GET only looks."""
        ledger: Ledger | None = current_app.extensions.get("guichet.ledger")
        one = self._of_many(request.args.get("deed", ""))
        if ledger is None:
            abort(404)
        back = self._asked(request.args).address()
        keys = list(dict.fromkeys(request.args.getlist("row")))
        if not keys:
            flash(gettext("Select at least one row, then choose the action again."), "info")
            return redirect(back)
        chosen = self._looked_at(one, keys[:MOST_AT_ONCE])
        form = GuichetForm() if one.each else one.form()
        mark = request.form.get("run", "")
        if not _MARK.fullmatch(mark):  # none, or none of ours
            mark = secrets.token_urlsafe(16)
        sent = form.validate_on_submit()
        if sent and (known := ledger.begun(mark)) is not None:
            return redirect(ledger.address(known))
        if sent and any(c.skip is None for c in chosen):
            answer = self._begin(ledger, mark, one, form, chosen)
            if answer is not None:
                return answer
            chosen = self._looked_at(one, keys[:MOST_AT_ONCE])
        return str(
            self.render_template(
                self.bulk_template,
                view=self,
                deed=one,
                form=form,
                page_mark=secrets.token_urlsafe(16),
                chosen=chosen,
                able=[c for c in chosen if c.skip is None],
                left_out=len(keys) - len(chosen),
                back=back,
            )
        )

    def _of_many(self, name: str) -> Deed:
        found = next((d for d in self.deeds if d.name == name and d.many is not None), None)
        if found is None:
            raise NotFound(f"deed {name}")
        return found

    def _looked_at(self, one: Deed, keys: Sequence[str]) -> Sequence[Chosen]:
        """Every chosen row, with the reason why it will be skipped if there is one.

        Raises NotFound when none can be seen, Refused when the deed may be done on none.
        """
        found = [self._look(one, key) for key in keys]
        seen = [c for c in found if c.row is not None]
        if not seen:
            raise NotFound(f"{self.datamodel.model_name} {', '.join(keys)}")
        if all(c.skip is not None and c.skip.code == "not_allowed" for c in seen):
            raise Refused(one.action, target=describe(seen[0].row))
        return found

    def _look(self, one: Deed, key: str) -> Chosen:
        row = self.datamodel.row(key, self._base_filters)
        if row is None:
            return self._reasoned(one, Chosen(key[:40], "", skip=Skip("gone")))
        chosen = Chosen(str(self.datamodel.get_pk_value(row)), self.row_title(row), row)
        if not scope.may(one.action, row):
            chosen.skip = Skip("not_allowed")
        elif not one.when(row):
            chosen.skip = Skip("not_now")
        elif one.each:
            chosen.form = one.form(prefix=f"row{chosen.key}-", meta={"csrf": False})
        return self._reasoned(one, chosen)

    def _reasoned(self, one: Deed, chosen: Chosen) -> Chosen:
        if chosen.skip is not None:
            chosen.reason = self.reason(one.name, chosen.skip)
        return chosen

    def reason(self, deed: str, skip: Skip) -> str:
        """Why a row was skipped, in the reader's language: as its deed or its screen says it."""
        one = next((d for d in self.deeds if d.name == deed), None)
        words = dict(REASONS) | dict(self.words)
        if one is not None and one.skipped is not None:
            words["not_now"] = one.skipped
        return str(words.get(skip.code, REASONS["other"])) % skip.values

    def _done(self, form: GuichetForm, work: Any) -> Any:
        """Do the work; an Invalid becomes errors of the form, and nothing was done."""
        try:
            return work() or True
        except Invalid as refusal:
            for field, code in refusal.errors.items():
                sentence = str(self.words.get(code, gettext("Check this answer.")))
                form.add_error(field if field in form else None, sentence % refusal.values)
            return None

    # ---- doing it ------------------------------------------------------------------------

    def _begin(
        self, ledger: Ledger, mark: str, one: Deed, form: GuichetForm, chosen: Sequence[Chosen]
    ) -> Response | None:
        """Open the result and do the deed; None when nothing was done, and the form says why."""
        try:
            run = ledger.begin(mark, name_of(self), one.name, chosen)
        except Conflict:
            # The same page was sent twice at one instant, and this form came second.
            known = ledger.begun(mark)
            if known is None:
                raise
            return redirect(ledger.address(known))
        work = self._together if one.together else self._one_by_one
        return work(ledger, run, one, form, chosen)

    def _one_by_one(
        self, ledger: Ledger, run: int, one: Deed, form: GuichetForm, chosen: Sequence[Chosen]
    ) -> Response:
        """Each row by itself; one that cannot be done is skipped, and the next is tried."""
        done = 0
        for each in [c for c in chosen if c.skip is None]:
            try:
                done += self._tried(ledger, run, one, form, each)
            except StepUpNeeded:
                if done:
                    return redirect(ledger.address(run))
                ledger.abandon(run)
                raise
        ledger.finish(run)
        return redirect(ledger.address(run))

    def _tried(self, ledger: Ledger, run: int, one: Deed, form: GuichetForm, each: Chosen) -> bool:
        asked = each.form or form
        if each.form is not None and not each.form.validate():
            ledger.skip(run, each.key, Skip("unanswered"))
            return False
        try:
            ledger.do(run, [each.key], lambda: one.run(self._found(each.key), asked))
        except (Conflict, Invalid, NotFound, Refused) as error:
            ledger.skip(run, each.key, skip_of(error, self.words))
            return False
        return True

    def _together(
        self, ledger: Ledger, run: int, one: Deed, form: GuichetForm, chosen: Sequence[Chosen]
    ) -> Response | None:
        """All that can be, in one transaction; None when it cannot be, and the form says why."""
        able = [c.key for c in chosen if c.skip is None]

        def work() -> Any:
            return ledger.do(run, able, lambda: one.run([self._found(key) for key in able], form))

        try:
            answer = self._done(form, work)
        except BaseException:
            ledger.abandon(run)
            raise
        if not answer:
            ledger.abandon(run)
            return None
        ledger.finish(run)
        return answer if isinstance(answer, Response) else redirect(ledger.address(run))


def skip_of(error: Exception, words: Mapping[str, Any]) -> Skip:
    """Why a row was skipped, from what its deed raised."""
    if isinstance(error, NotFound):
        return Skip("gone")
    if isinstance(error, Refused):
        return Skip("not_allowed")
    if isinstance(error, Invalid):
        code = next(iter(error.errors.values()))
        # "Moved on" is said of several rows at once; of one, its deed says more.
        return Skip("not_now") if code == "moved_on" else Skip(code, dict(error.values))
    reason = error.reason if isinstance(error, Conflict) else "other"
    return Skip(reason) if reason in words or reason in REASONS else Skip("not_now")
