"""What officers do to letters and registrations, as buttons of the generated screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app.base.errors import Conflict, Invalid
from app.enrolment.models import Letter, Registration
from app.enrolment.service import letters, members
from app.enrolment.service.letters import LetterFile
from app.enrolment.service.paper import Paper
from app.web.access import current_person
from app.web.admin.deeds import Deed
from app.web.forms import GuichetForm, required


class PaperForm(GuichetForm):
    """On which paper the letters are printed."""

    paper = RadioField(
        _l("Paper size"),
        [required(_l("Select a paper size."))],
        choices=[
            SelectChoice("us-letter", _p("paper", "Letter (8.5 × 11 in)")),
            SelectChoice("a4", _p("paper", "A4")),
        ],
        default="us-letter",
    )


class MailForm(GuichetForm):
    """The number on the registered-mail label."""

    mail_number = StringField(
        _l("Registered mail number"),
        [required(_l("Enter the registered mail number."))],
        description=_l("On the label: 2 letters, 9 digits, 2 letters"),
    )


class OwnerForm(GuichetForm):
    """Who will activate, by reference number and family name, and on which paper it stands."""

    urn = StringField(
        _l("User reference number (URN)"), [required(_l("Enter the user reference number."))]
    )
    family_name = StringField(_l("Family name"), [required(_l("Enter the family name."))])
    paper_reference = StringField(
        _l("Paper reference"), [required(_l("Enter the reference of the paper."))]
    )
    note = TextAreaField(_l("Note for staff"), [required(_l("Enter a note for staff."))])


WORDS: Final[Mapping[str, Any]] = {
    "letter_not_due": _l("One of these letters has already been made. Check the list."),
    "letter_confirmed": _l("One of these letters can no longer be made again."),
    "registration_moved_on": _l("One of these registrations no longer waits for a letter."),
    "moved_on": _l("One of these letters has moved on. Check the list."),
    "too_many": _l("Select at most %(num)s letters at a time."),
    "format": _l("Enter the registered mail number as RN 123 456 785 CA and check each character."),
    "taken": _l("Another letter already has this number."),
    "no_match": _l("No person has this user reference number and this family name."),
    "empty": _l("Fill in this field."),
    "already_active": _l("This business already has an account."),
    "already_waiting": _l("This person already waits for this business."),
    "not_made_by_staff": _l("Only a registration made by staff can be given to someone else."),
}


_NOT_ON_ITS_WAY: Final = _l("It is not on its way: mailed, and neither delivered nor returned.")


def told(work: Callable[[], Any]) -> Any:
    """Do the deed; a conflict becomes a sentence on the page, since the officer can mend it."""
    try:
        return work()
    except Conflict as conflict:
        reason = conflict.reason if conflict.reason in WORDS else "moved_on"
        raise Invalid({"": reason}) from None


def attachment(file: LetterFile) -> Response:
    """The file, handed over once: no cache keeps it, no page shows it."""
    return Response(
        file.content,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "Cache-Control": "no-store",
        },
    )


def _make(rows: Sequence[Letter], form: Any) -> Response:
    keys = [row.id for row in rows]
    return attachment(told(lambda: letters.make(current_person().id, keys, form.paper.data)))


def _make_anew(rows: Sequence[Letter], form: Any) -> Response:
    keys = [row.id for row in rows]
    return attachment(told(lambda: letters.make_anew(current_person().id, keys, form.paper.data)))


def _printed(row: Letter, _form: Any) -> None:
    told(lambda: letters.confirm_printed(current_person().id, [row.id]))


def _post(row: Letter, form: Any) -> None:
    told(lambda: letters.post(current_person().id, row.id, form.mail_number.data))


def _deliver(row: Letter, _form: Any) -> None:
    told(lambda: letters.deliver(current_person().id, row.id))


def _take_back(row: Letter, _form: Any) -> None:
    told(lambda: letters.take_back(current_person().id, row.id))


LETTER_DEEDS: Final = (
    Deed(
        "make",
        _l("Make the letter"),
        _l(
            "The letter is downloaded as a PDF file. A code is drawn for it, unless it is a notice,"
            " and is on that paper alone: print the file at once, keep no copy, then confirm the"
            " printing."
        ),
        _make,
        letters.MAKE,
        PaperForm,
        when=lambda row: row.state == "due",
        many=_l("Make the letters"),
        together=True,
        skipped=_l("It is not a letter to send."),
    ),
    Deed(
        "printed",
        _l("Confirm the printing"),
        _l("You confirm that the letter is on paper. It can then be mailed."),
        _printed,
        letters.MOVE,
        when=lambda row: row.state == "prepared",
        done=_l("The printing is confirmed."),
        many=_l("Confirm the printing"),
        skipped=_l("It has not just been prepared."),
    ),
    Deed(
        "posted",
        _l("Confirm the mailing"),
        _l(
            "You confirm that the letter left by registered mail. The person is told, unless it is"
            " a notice."
        ),
        _post,
        letters.MOVE,
        MailForm,
        when=lambda row: row.state == "printed",
        done=_l("The mailing is confirmed."),
        many=_l("Confirm the mailing"),
        each=True,
        skipped=_l("It has not just been printed."),
    ),
    Deed(
        "delivered",
        _l("Confirm the delivery"),
        _l("You confirm that the post handed the letter over."),
        _deliver,
        letters.MOVE,
        when=lambda row: row.state == "posted",
        done=_l("The delivery is confirmed."),
        many=_l("Confirm the delivery"),
        skipped=_NOT_ON_ITS_WAY,
    ),
    Deed(
        "returned",
        _l("Record the return"),
        _l(
            "The letter came back undelivered. The person is told and may request a new code,"
            " unless it is a notice."
        ),
        _take_back,
        letters.MOVE,
        when=lambda row: row.state == "posted",
        done=_l("The return is recorded."),
        many=_l("Record the return"),
        skipped=_NOT_ON_ITS_WAY,
    ),
    Deed(
        "make-anew",
        _l("Make the letter anew"),
        _l(
            "For a letter that was lost or spoilt before it was mailed. Its code ends, where it has"
            " one, and a new letter is downloaded."
        ),
        _make_anew,
        letters.MAKE,
        PaperForm,
        when=lambda row: row.state in {"prepared", "printed"},
        danger=True,
        many=_l("Make the letters anew"),
        together=True,
        skipped=_l("It is not a letter made and still in the house."),
    ),
)


def _name_owner(row: Registration, form: Any) -> None:
    paper = Paper(form.paper_reference.data, form.note.data)
    told(
        lambda: members.name_prospective_owner(
            current_person().id, row.id, form.urn.data, form.family_name.data, paper
        )
    )


REGISTRATION_DEEDS: Final = (
    Deed(
        "owner",
        _l("Name another account owner"),
        _l(
            "The registration of the person named before ends, and its code with it. A new letter"
            " is to be made for the person named here."
        ),
        _name_owner,
        members.CREATE,
        OwnerForm,
        when=lambda row: row.kind == "staff" and row.state == "letter",
        done=_l("The prospective account owner is named."),
    ),
)
