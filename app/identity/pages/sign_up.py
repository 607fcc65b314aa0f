"""A new person's form."""

from __future__ import annotations

from flask import g, render_template
from werkzeug.wrappers import Response

from app.base.errors import Invalid, TooMany
from app.identity import service
from app.identity.forms import SignUpForm, fields_of
from app.identity.pages import pages
from app.identity.pages.common import asked_next, begin, device, go
from app.identity.sentences import show
from app.programs.limits import limits
from app.web.access import public
from app.web.locale import language


@pages.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> str | Response:
    """Name, mailbox, language, username and password."""
    if g.get("person") is not None:
        return go(None)
    form = SignUpForm(language=language())
    if form.validate_on_submit():
        names = ("given_name", "family_name", "sign_in_name", "email", "language", "password")
        try:
            new = service.NewPerson(**fields_of(form, *names))
            return begin(service.sign_up(new, device=device(), next_path=asked_next()))
        except (Invalid, TooMany) as error:
            show(form, error)
    elif form.errors:
        _tell_of_credential(form)
    return render_template("identity/sign_up.html", form=form, limit=limits().password)


def _tell_of_credential(form: SignUpForm) -> None:
    """Beside what the form found, what the deed would refuse next: all of it is told at once."""
    typed = (form.sign_in_name.data or "", form.password.data or "", form.email.data or "")
    try:
        service.check_credential(*typed)
    except Invalid as error:
        untold = {
            name: code
            for name, code in error.errors.items()
            if form[name].data and not form[name].errors
        }
        show(form, Invalid(untold, **error.values))
