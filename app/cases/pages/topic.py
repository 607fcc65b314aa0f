"""One topic a page: its questions, saved at any point."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.authority.pages.opening import account_here, may_here
from app.base.errors import Conflict, Invalid, NotFound
from app.cases.pages import pages
from app.cases.pages.check import asked_then
from app.cases.pages.fields import (
    Field,
    Theirs,
    TopicForm,
    choices_made,
    field_of,
    fingerprints,
    labels_of_date,
    labels_of_person,
    region_choices,
    sent,
    show_faults,
    typed,
    unshowable,
)
from app.cases.pages.gone import typed_for_nothing
from app.cases.pages.opening import (
    after,
    crumbs,
    folder_here,
    name_of,
    number_of,
    part_here,
    place_of,
    url_to,
)
from app.cases.pages.section import topics_beside
from app.cases.pages.sentences import conflict
from app.cases.pages.taking import take, with_files
from app.cases.queries import Folder, Part
from app.cases.rules import parts
from app.cases.rules.saving import fingerprint
from app.cases.rules.shown import Asked
from app.cases.service import answering
from app.cases.service.answering import Disputed, Page, Saved
from app.cases.wording import TYPED, lines_of
from app.web.access import current_person
from app.web.bodies import LARGEST
from app.web.locale import language
from app.web.requests import takes_up_to

AT = "/a/<int:account_id>/case/<case_type>/<section>/<int:part>/topic/<topic>"
ADD_ROW = "row:"
"""Before a table's code, as the value of a button: one more row, and nothing is saved."""


@pages.route(AT, methods=["GET", "POST"])
@takes_up_to(LARGEST)
def topic(
    account_id: int, case_type: str, section: str, part: int, topic: str
) -> str | Response | tuple[str, int]:
    """A topic's questions, filled in with what is saved, or with what was typed."""
    found = folder_here(account_id, case_type)
    if (told := typed_for_nothing(found, section, part, topic)) is not None:
        return told
    here = part_here(found, section, part)
    shown = _posted(here, topic) if request.method == "POST" else shown_topic(here, topic)
    if request.method == "GET" and not may_here(f"{section}.edit"):
        return redirect(url_to("check", found, here) + f"#{topic}", code=303)
    form = TopicForm(with_files(found, here, topic, _fields(found, here, shown)))
    pressed = request.form.get("go", "")
    if request.method == "POST" and take(found, here, topic, form):
        pass  # a file was removed or brought back; what was typed stands there as it was
    elif pressed.startswith(ADD_ROW):
        _one_more_row(form, pressed.removeprefix(ADD_ROW))
    elif pressed == "applies":
        answering.bring_back(current_person().id, account_id, place_of(case_type, here), topic)
        shown = replace(shown, applies=True)
    elif form.validate_on_submit():
        saved = _save(found, here, topic, form)
        if saved is not None:
            return redirect(
                _where_next(found, here, topic, saved, stay=pressed == "stay"), code=303
            )
    return _page(found, here, shown, form)


def shown_topic(part: Part, topic: str) -> Asked:
    """The topic, when the answers call for it. Raises NotFound."""
    for one in part.asked:
        if one.topic.code == topic:
            return one
    raise NotFound(topic)


def _posted(part: Part, topic: str) -> Asked:
    """The topic of a form that was sent, even if answers of a colleague hide it meanwhile.

    What was typed is shown again then, and the service says what stands in its way.
    """
    for one in part.asked:
        if one.topic.code == topic:
            return one
    hidden = (part.section.topics or {}).get(topic)
    if hidden is None:
        raise NotFound(topic)
    return Asked(hidden, ())


def _fields(found: Folder, part: Part, shown: Asked) -> list[Field]:
    """The questions of the page: those that the answers call for, and those that it had before.

    What a page had is drawn again, filled in as it was sent, even if a colleague's answer hides
    the question meanwhile: nothing that was typed vanishes.
    """
    own = parts.given_by_the_line(part.section)
    raw = typed(shown.topic.questions.values(), sent())
    wanted = {one.code for one in shown.questions} | raw.keys()
    fields = [
        field_of(found.program, question, part.answers.get(code), raw.get(code))
        for code, question in shown.topic.questions.items()
        if code in wanted and code != own
    ]
    drawn = fingerprints(sent())
    for one in fields:
        one.shown = drawn.get(one.code, one.shown)
        if one.code in part.unfit:
            one.earlier = asked_then(found, part, one.code)
        if unshowable(one.question, sent()):
            one.errors[""] = _("Characters that cannot be shown were removed. Check this answer.")
    return fields


def _one_more_row(form: TopicForm, code: str) -> None:
    for one in form.questions:
        if one.code == code:
            one.more_rows = 1


def _save(found: Folder, part: Part, topic: str, form: TopicForm) -> Saved | None:
    """Save what was sent; or put what stands in the way on the page, and answer None."""
    if any(one.errors for one in form.questions):
        return None
    questions = [one.question for one in form.questions]
    page = Page(typed(questions, sent()), fingerprints(sent()), choices_made(sent()), language())
    try:
        return answering.save_topic(
            current_person().id,
            account_here().id,
            place_of(found.kind.code, part),
            topic,
            page,
        )
    except Invalid as error:
        show_faults(form.questions, error)
        _show_disputes(found, part, form, tuple(page.chosen))
    except Disputed as dispute:
        _show_disputes(found, part, form, dispute.questions)
    except Conflict as error:
        form.add_error(None, conflict(error))
    return None


def _show_disputes(found: Folder, part: Part, form: TopicForm, questions: tuple[str, ...]) -> None:
    """Both versions of what two people changed, for the reader to choose."""
    fresh = _again(found, part)
    for one in form.questions:
        said = fresh.said.get(one.code)
        if one.code not in questions or said is None:
            continue
        theirs = fresh.answers.get(one.code)
        words = lines_of(found.program, one.question, theirs)
        own = said.person_id == current_person().id
        typed_so = one.question.type in TYPED
        one.theirs = Theirs(words, said.by, said.at, fingerprint(theirs), own, typed_so)
        one.chosen = choices_made(sent()).get(one.code)


def _again(found: Folder, part: Part) -> Part:
    """The part as it is by now."""
    folder = folder_here(account_here().id, found.kind.code)
    return part_here(folder, part.section.code, number_of(part))


def _where_next(found: Folder, part: Part, topic: str, saved: Saved, *, stay: bool) -> str:
    """The next topic; this one again while its answers call for more, or the reader stays."""
    if saved.between:
        flash(_between(found, part, saved), "done")
    elif saved.new:
        flash(
            ngettext(
                "Saved. Your answers call for %(num)s more question below.",
                "Saved. Your answers call for %(num)s more questions below.",
                len(saved.new),
            ),
            "done",
        )
    elif stay:
        flash(_("Saved."), "done")
    if stay or saved.new or saved.between:
        return url_to("topic", found, part, topic=topic)
    return onward(found, part, topic)


def _between(found: Folder, part: Part, saved: Saved) -> str:
    """Whose answers were left as they are, though the page showed others."""
    said = [one for code, one in _again(found, part).said.items() if code in saved.between]
    names = sorted({one.by for one in said if one.person_id != current_person().id})
    if not names:
        return str(_("Saved. What you changed in another window is kept as it is there."))
    return str(
        _(
            "Saved. Meanwhile %(name)s changed other answers of this topic; they are kept.",
            name=", ".join(names),
        )
    )


def onward(found: Folder, part: Part, topic: str) -> str:
    """The address of the topic that comes next, or of the page to check the answers."""
    fresh = _again(found, part)
    following = after(fresh, topic)
    if following is None:
        return url_to("check", found, fresh)
    return url_to("topic", found, fresh, topic=following.topic.code)


def _page(found: Folder, part: Part, shown: Asked, form: TopicForm) -> str:
    codes = [one.topic.code for one in part.asked]
    place = codes.index(shown.topic.code) if shown.topic.code in codes else 0
    return render_template(
        "cases/topic.html",
        form=form,
        topic=shown.topic,
        applies=shown.applies,
        reason=part.aside.get(shown.topic.code),
        title=name_of(found, part),
        part=part,
        beside=topics_beside(found, part, shown.topic),
        number=place + 1,
        last=len(codes),
        crumbs=crumbs(found, part, inside=True),
        previous=url_to("topic", found, part, topic=codes[place - 1]) if place else None,
        overview=url_to("part", found, part),
        aside=url_to("aside", found, part, topic=shown.topic.code),
        back=url_to("back", found, part, topic=shown.topic.code),
        dates=labels_of_date(),
        people=labels_of_person(),
        regions=region_choices(),
    )
