"""What every door of the portal answers to every kind of person: one line a door.

A door is a method of an endpoint. Where one address serves several deeds, a word in brackets
tells them apart. `tests/test_endpoints.py` knocks at each with everybody, and fails for a door
without a line and for a line without a door.

Roles are written as letters. Of an account: **O**wner, **P**roxy, **F**ull access,
**A**dministrator. Of the staff: program **o**fficer, **t**echnical support, **s**upervisor,
**a**uditor, ad**m**inistrator.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.support.doors import ACTORS, HALF_WAY
from tests.support.peopled import ELSEWHERE, ROLES, STAFF

_CLIENTS = dict(zip("OPFA", ROLES, strict=True))
_AGENTS = dict(zip("otsam", STAFF, strict=True))
_COMPLETE = ACTORS[len(HALF_WAY) :]


@dataclass(frozen=True)
class Line:
    """The answers of a door by actor, and what its address needs beside the usual keys."""

    answers: dict[str, str]
    given: dict[str, str] = field(default_factory=dict)

    def at(self, **given: str) -> Line:
        """The same with these arguments in the address: values, or names of keys."""
        return replace(self, given=self.given | given)

    def but(self, **answers: str) -> Line:
        """The same, answered otherwise to some: `but(visitor="200")`."""
        named = {actor.replace("_", " "): answer for actor, answer in answers.items()}
        return replace(self, answers=self.answers | named)


def _behind_sign_in(complete: dict[str, str]) -> Line:
    half = {
        "visitor": "sign in",
        "password only": "own step",
        "code, no terms": "own step",
        "ended session": "sign in",
    }
    return Line(half | complete)


def public(answer: str = "200", *, signed_in: str | None = None) -> Line:
    """Open to everybody; `signed_in` is what whoever is inside already gets instead."""
    return Line(dict.fromkeys(HALF_WAY, answer) | dict.fromkeys(_COMPLETE, signed_in or answer))


def step(actor: str | None, answer: str = "200") -> Line:
    """A step of sign-in: open to who stands at it; who is through goes home."""
    line = _behind_sign_in(dict.fromkeys(_COMPLETE, "home"))
    return replace(line, answers=line.answers | ({actor: answer} if actor else {}))


def person(answer: str = "200") -> Line:
    """Open to everybody with a complete session: their own things."""
    return _behind_sign_in(dict.fromkeys(_COMPLETE, answer))


def own(answer: str = "200", others: str = "404") -> Line:
    """A row of the stranger's own; to everybody else it does not exist."""
    return _behind_sign_in(dict.fromkeys(_COMPLETE, others) | {"stranger": answer})


def account(letters: str, answer: str = "200", *, held: str = "403") -> Line:
    """Open to these roles of the account; `held` to its other roles; to all others, not there."""
    roles = {name: answer if key in letters else held for key, name in _CLIENTS.items()}
    return _behind_sign_in(dict.fromkeys(_COMPLETE, "404") | roles)


def staff(letters: str, answer: str = "200", *, refused: str = "403", away: str = "404") -> Line:
    """Open to these kinds of staff of the program; `refused` to its other kinds.

    `away` is for staff of all kinds, of another program. Clients are refused.
    """
    kinds = {name: answer if key in letters else refused for key, name in _AGENTS.items()}
    return _behind_sign_in(dict.fromkeys(_COMPLETE, "403") | kinds | {ELSEWHERE: away})


def listed(letters: str) -> Line:
    """A list: staff of another program see it too, with other rows."""
    return staff(letters, away="200")


def form(letters: str) -> Line:
    """A form that makes a row: staff of another program have it too, for their program."""
    return staff(letters, away="200")


def officers(letters: str, answer: str = "200") -> Line:
    """A page of the officers' own: to other staff it is not there."""
    return staff(letters, answer, refused="404")


def _goods(letters: str, answer: str = "200", *, held: str = "403") -> Line:
    """The same of the importer's account, where the four hold other roles."""
    return account(letters, answer, held=held).at(account_id="importer")


def _broker(answer: str = "200") -> Line:
    """A page of the owner's brokerage: to everybody else there is no such account."""
    return account("O", answer, held="404").at(account_id="brokerage")


READERS = "otsam"
NO_SUPPORT = "osam"
OVERSEERS = "sam"

TABLE: dict[str, Line] = {
    # ── everybody ───────────────────────────────────────────────────────────────────────
    "GET front.home": public(signed_in="302"),
    "GET front.accessibility": public(),
    "GET front.contact": public(),
    "GET front.privacy": public(),
    "GET help.index": public(),
    "GET help.topic": public().at(name="sign-in"),
    "GET programs.program": public(),
    "GET programs.roles": public(),
    "GET programs.terms": public().at(kind="portal"),
    "GET programs.program_terms": public(),
    "GET health.healthz": public(),
    "GET health.readyz": public(),
    # Without a token in the settings there is no such page.
    "GET metrics.scrape": public("404"),
    "GET static": public().at(filename="guichet.css"),
    "GET appbuilder.static": public().at(filename="css/bootstrap.min.css"),
    "GET machines.favicon": public("302"),
    "GET machines.robots": public(),
    "GET machines.security": public(),
    "GET SignInView.login": public("sign in"),
    # The gallery of parts is there outside production only.
    "GET gallery.parts": public(),
    "GET gallery.code": public(),
    "POST gallery.code": public(),
    "GET gallery.confirm": public(),
    "POST gallery.confirm": public(),
    "GET gallery.form": public(),
    "POST gallery.form": public(),
    "GET gallery.filled": public(),
    "GET questions.gallery": public(),
    # ── signing in ──────────────────────────────────────────────────────────────────────
    "GET identity.sign_in": public(signed_in="home"),
    "POST identity.sign_in": public(signed_in="home"),
    "GET identity.sign_in_code": step("password only"),
    "POST identity.sign_in_code": step("password only"),
    "GET identity.sign_in_terms": step("code, no terms"),
    "POST identity.sign_in_terms": step("code, no terms"),
    "POST identity.sign_out": public("home"),
    "GET identity.sign_up": public(signed_in="home"),
    "POST identity.sign_up": public(signed_in="home"),
    "GET identity.sign_up_code": step(None),
    "POST identity.sign_up_code": step(None),
    "GET identity.sign_up_terms": step(None),
    "POST identity.sign_up_terms": step(None),
    "GET identity.reset": public(signed_in="302"),
    "POST identity.reset": public(signed_in="302"),
    "GET identity.reset_code": step(None),
    "POST identity.reset_code": step(None),
    "GET identity.reset_new": step(None),
    "POST identity.reset_new": step(None),
    # ── one's own ───────────────────────────────────────────────────────────────────────
    "GET identity.step_up": person(),
    "POST identity.step_up": person(),
    "POST identity.extend": person("204"),
    "GET identity.me": person(),
    "POST identity.me": person("303"),
    "GET identity.my_password": person(),
    "POST identity.my_password": person(),
    "GET identity.my_sessions": person(),
    "POST identity.end_session": own("303"),
    "POST identity.end_other_sessions": person("303"),
    "GET correspondence.notices": person(),
    "POST correspondence.open_notice": own("303"),
    "POST correspondence.read_all": person("303"),
    "GET authority.businesses": person(),
    "GET authority.offer": own().at(membership_id="offer"),
    "POST authority.offer": own("303").at(membership_id="offer"),
    "GET authority.transfer_offer": own(),
    "POST authority.transfer_offer": own(),
    # ── an account ──────────────────────────────────────────────────────────────────────
    "GET authority.dashboard": account("OPFA"),
    "GET authority.activity": account("OP"),
    "GET authority.rule": account("OPFA").at(action="users.view"),
    "GET authority.users": account("OPFA"),
    "GET authority.user": account("OPFA"),
    "GET authority.add": account("OPFA"),
    "POST authority.add": account("OPFA"),
    "GET authority.contact": account("OPF"),
    "POST authority.contact": account("OPF", "303"),
    "GET authority.role": account("OPF"),
    "POST authority.role": account("OPF"),
    "GET authority.confirm [suspend]": account("OPF").at(deed="suspend"),
    "POST authority.confirm [suspend]": account("OPF", "303").at(deed="suspend"),
    "GET authority.confirm [remove]": account("OPF").at(deed="remove"),
    "POST authority.confirm [remove]": account("OPF", "303").at(deed="remove"),
    "GET authority.transfer": account("O"),
    "POST authority.transfer": account("O"),
    "POST authority.withdraw_transfer": account("O", "303"),
    # ── a program account: the same four are its business’s manager, and on it its manager, an
    # editor and a reader
    "GET authority.program_accounts": account("OPFA").at(account_id="importer"),
    "GET authority.part_rule": account("OPFA").at(account_id="importer", action="users.view"),
    "GET ledger.home": account("OPFA").at(account_id="importer"),
    "GET ledger.transactions": account("OPFA").at(account_id="importer"),
    "GET ledger.transactions_file": account("OPFA").at(account_id="importer"),
    "GET ledger.line": account("OPFA").at(account_id="importer"),
    # ── who works here: on the program account its manager answers and manages, too
    "GET employees.asking": person(),
    "POST employees.asking": person(),
    "GET employees.withdrawing": own().at(program="asked program", number="asked number"),
    "POST employees.withdrawing": own("303").at(program="asked program", number="asked number"),
    "GET employees.pending": account("OP").at(account_id="importer"),
    "GET employees.request_of": account("OP", held="404").at(account_id="importer"),
    "GET employees.approving": account("OP", held="404").at(account_id="importer"),
    "POST employees.approving": account("OP", held="404").at(account_id="importer"),
    "GET employees.refusing": account("OP", held="404").at(account_id="importer"),
    "POST employees.refusing": account("OP", held="404").at(account_id="importer"),
    "GET employees.people": account("OP").at(account_id="importer"),
    "GET employees.person": account("OP").at(account_id="importer"),
    "GET employees.change": account("OP").at(account_id="importer"),
    "POST employees.change": account("OP").at(account_id="importer"),
    "GET employees.end": account("OP").at(account_id="importer"),
    "POST employees.end": account("OP").at(account_id="importer"),
    "GET employees.everything": account("O").at(account_id="importer"),
    "POST employees.everything": account("O").at(account_id="importer"),
    # ── what is filed ───────────────────────────────────────────────────────────────────
    "GET cases.section": account("OPF"),
    "GET cases.part": account("OPF"),
    "GET cases.topic": account("OPF"),
    "POST cases.topic": account("OPF", "303"),
    "GET cases.aside": account("OPF"),
    "POST cases.aside": account("OPF"),
    "POST cases.back": account("OPF", "303"),
    "GET cases.check": account("OPF"),
    "GET cases.download": account("OPF", held="404"),
    "GET cases.preview": account("OPF", held="404"),
    "POST cases.send_file": account("OPF", "422"),
    "POST cases.send_part": account("OPF").but(proxy="404", full="404"),
    "GET cases.add": account("OPF"),
    "POST cases.add": account("OPF"),
    "GET cases.rename": account("OPF"),
    "POST cases.rename": account("OPF", "303"),
    "GET cases.remove": account("OPF"),
    "GET cases.move": account("O").at(move="client move"),
    "POST cases.move": account("O").at(move="client move"),
    "GET cases.submissions": account("OPFA"),
    "GET cases.submission": account("OPFA"),
    "GET cases.submitted": account("OPFA"),
    "GET cases.submission_copy": account("OPF", "303"),
    "GET cases.compare": account("OPFA").at(one="number", other="number"),
    "POST cases.remove": account("OPF", "303"),
    # ── third parties: the importer's, and the clients of the owner's brokerage ─────────
    "GET delegation.third_parties_page": _goods("OP"),
    "GET delegation.third_party_page": _goods("OP", held="404").at(delegation_id="third party"),
    "GET delegation.change": _goods("OP").at(delegation_id="third party"),
    "POST delegation.change": _goods("OP").at(delegation_id="third party"),
    "GET delegation.end": _goods("OP").at(delegation_id="third party"),
    "POST delegation.end": _goods("OP").at(delegation_id="third party"),
    "GET delegation.answer": _goods("OP").at(request_id="third party asks"),
    "POST delegation.answer": _goods("OP").at(request_id="third party asks"),
    "GET delegation.refuse": _goods("OP").at(request_id="third party asks"),
    "POST delegation.refuse": _goods("OP").at(request_id="third party asks"),
    "GET delegation.clients_page": _broker(),
    "GET delegation.client_page": _broker().at(delegation_id="client"),
    "GET delegation.assign": _broker().at(delegation_id="client"),
    "POST delegation.assign": _broker().at(delegation_id="client"),
    "GET delegation.unassign": _broker().at(delegation_id="client", assignment_id="put on"),
    "POST delegation.unassign": _broker("303").at(delegation_id="client", assignment_id="put on"),
    "GET delegation.give_up": _broker().at(delegation_id="client"),
    "POST delegation.give_up": _broker().at(delegation_id="client"),
    "GET delegation.ask": _broker(),
    "POST delegation.ask": _broker(),
    "GET delegation.ask_many": _broker(),
    "POST delegation.ask_many": _broker(),
    "POST delegation.send_list": _broker("303"),
    "GET delegation.asked": _broker(),
    "GET delegation.withdraw": _broker().at(ask_id="asked client"),
    "POST delegation.withdraw": _broker("303").at(ask_id="asked client"),
    "GET delegation.list_page": _broker().at(list_id="client list"),
    "GET delegation.list_file": _broker().at(list_id="client list"),
    "GET delegation.groups_page": _broker(),
    "POST delegation.groups_page": _broker(),
    "GET delegation.group_page": _broker().at(group_id="team"),
    "POST delegation.group_page": _broker().at(group_id="team"),
    "POST delegation.leave_group": _broker("303").at(group_id="team", person_id="of team"),
    "GET delegation.delete_group": _broker().at(group_id="team"),
    "POST delegation.delete_group": _broker("303").at(group_id="team"),
    # ── what may be shared ──────────────────────────────────────────────────────────────
    "GET consents.consent": account("OPF").at(code="consent"),
    "GET consents.check": account("O").at(code="consent"),
    "POST consents.check": account("O").at(code="consent"),
    "GET consents.history": account("OPF").at(code="consent"),
    "GET consents.file": account("OPF").at(code="consent", kind="csv"),
    "GET consents.attestation": account("OPF").at(code="consent"),
    # ── getting one ─────────────────────────────────────────────────────────────────────
    "GET enrolment.options": person(),
    "GET enrolment.begin": person(),
    "POST enrolment.begin": person(),
    "GET enrolment.choose_for_code": person(),
    "POST enrolment.choose_for_code": person(),
    "GET enrolment.registration": own().at(registration_id="coded"),
    "GET enrolment.question": own("303").at(code="none-such"),
    "POST enrolment.question": own("303").at(code="none-such"),
    "GET enrolment.business": own(),
    "POST enrolment.business": own("303"),
    "GET enrolment.address": own(),
    "POST enrolment.address": own("303"),
    "GET enrolment.check": own(),
    "POST enrolment.check": own("303"),
    "GET enrolment.withdraw": own(),
    "POST enrolment.withdraw": own("303"),
    "GET enrolment.new_code": own().at(registration_id="coded"),
    "POST enrolment.new_code": own().at(registration_id="coded"),
    "GET enrolment.activate": person(),
    "GET enrolment.numbers": own().at(registration_id="coded"),
    "POST enrolment.numbers": own().at(registration_id="coded"),
    "GET enrolment.terms": person("303").at(registration_id="coded"),
    "POST enrolment.terms": person("303").at(registration_id="coded"),
    # ── the officers' pages ─────────────────────────────────────────────────────────────
    "GET enrolment.facts": own("303"),
    "POST enrolment.facts": own("303"),
    "GET enrolment.by_letter": own("303"),
    "POST enrolment.by_letter": own("303"),
    "GET enrolment.accept": own("303"),
    "POST enrolment.accept": own("303"),
    "GET enrolment.decide": officers("os").at(registration_id="waiting"),
    "POST enrolment.decide": officers("os").at(registration_id="waiting"),
    "GET enrolment.refuse": officers("os").at(registration_id="waiting"),
    "POST enrolment.refuse": officers("os").at(registration_id="waiting"),
    "GET enrolment.create_registration": officers("os"),
    "POST enrolment.create_registration": officers("os"),
    "GET enrolment.add_to_registry": officers("os"),
    "POST enrolment.add_to_registry": officers("os"),
    "GET enrolment.import_registry": officers("os"),
    "POST enrolment.import_registry": officers("os"),
    "GET enrolment.preview_registry": officers("o"),
    "POST enrolment.preview_registry": officers("o"),
    "GET enrolment.registry_errors": officers("o"),
    "GET ledger.import_ledger": officers("os"),
    "POST ledger.import_ledger": officers("os"),
    "GET ledger.preview_ledger": officers("o").at(upload_id="ledger_upload"),
    "POST ledger.preview_ledger": officers("o").at(upload_id="ledger_upload"),
    "GET ledger.ledger_errors": officers("o").at(upload_id="ledger_upload"),
    # ── generated screens ───────────────────────────────────────────────────────────────
    "GET WorkListView.index": listed(READERS),
    "GET WorkListView.keys": listed(READERS),
    "POST WorkListView.keys": staff(READERS, "303", away="303"),
    "GET StatusView.index": listed("tsam"),
    "GET AccountView.list": listed(READERS),
    "GET AccountView.show": staff(READERS),
    "POST AccountView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET BusinessTriesView.list": listed(READERS),
    "GET BusinessTriesView.show": staff(READERS),
    "GET BusinessTriesView.deed [unlock]": staff("os").at(name="unlock"),
    "POST BusinessTriesView.deed [unlock]": staff("os").at(name="unlock"),
    "POST BusinessTriesView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET ActivationCodeView.list": listed(READERS),
    "GET ActivationCodeView.show": staff(READERS),
    "POST ActivationCodeView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET AnnouncementView.list": listed(READERS),
    "GET AnnouncementView.show": staff(READERS),
    "GET AnnouncementView.add": form("osm"),
    "POST AnnouncementView.add": form("osm"),
    "GET AnnouncementView.edit": staff("osm"),
    "POST AnnouncementView.edit": staff("osm", "302"),
    "POST AnnouncementView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET AssignmentView.list": listed(OVERSEERS),
    "GET AssignmentView.show": staff(OVERSEERS),
    "GET AssignmentView.add": form("m"),
    "POST AssignmentView.add": form("m"),
    "GET AssignmentView.deed [end]": staff("m").at(name="end"),
    "POST AssignmentView.deed [end]": staff("m", "302").at(name="end"),
    "GET AssignmentView.bulk [end]": staff("m").at(deed="end", row="AssignmentView"),
    "POST AssignmentView.bulk [end]": staff("m", "302").at(deed="end", row="AssignmentView"),
    "POST AssignmentView.export": listed(OVERSEERS).at(kind="csv"),
    "GET BulkRunView.list": listed(READERS),
    "GET BulkRunView.show": officers("o"),
    "GET BulkRunView.file": officers("o"),
    "GET BusinessView.list": listed(READERS),
    "GET BusinessView.show": staff(READERS),
    "POST BusinessView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET CaseView.list": listed(NO_SUPPORT),
    "GET CaseView.show": staff(NO_SUPPORT),
    "GET CaseView.move": staff("os", "303").at(name="staff_move"),
    "POST CaseView.move": staff("os").at(name="staff_move"),
    "POST CaseView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET CasePartView.list": listed(NO_SUPPORT),
    "GET CasePartView.show": staff(NO_SUPPORT),
    "POST CasePartView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET GivenConsentView.list": listed(NO_SUPPORT),
    "GET GivenConsentView.show": staff(NO_SUPPORT),
    "POST GivenConsentView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET DocumentView.list": listed(NO_SUPPORT),
    "GET DocumentView.show": staff(NO_SUPPORT),
    "GET DocumentView.file": staff(NO_SUPPORT),
    "GET DocumentView.preview": staff(NO_SUPPORT),
    "POST DocumentView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET EntryView.list": listed(NO_SUPPORT),
    "GET EntryView.show": staff(NO_SUPPORT),
    "POST EntryView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET LetterView.list": listed(READERS),
    "GET LetterView.show": staff(READERS),
    "GET LetterView.deed [make]": staff("os").at(name="make"),
    "POST LetterView.deed [make]": staff("os").at(name="make"),
    "GET LetterView.deed [make-anew]": staff("os").at(name="make-anew", pk="prepared"),
    "POST LetterView.deed [make-anew]": staff("os").at(name="make-anew", pk="prepared"),
    "GET LetterView.deed [printed]": staff("os").at(name="printed", pk="prepared"),
    "POST LetterView.deed [printed]": staff("os", "302").at(name="printed", pk="prepared"),
    "GET LetterView.deed [posted]": staff("os").at(name="posted", pk="prepared"),
    "POST LetterView.deed [posted]": staff("os").at(name="posted", pk="prepared"),
    "GET LetterView.deed [delivered]": staff("os").at(name="delivered", pk="prepared"),
    "POST LetterView.deed [delivered]": staff("os").at(name="delivered", pk="prepared"),
    "GET LetterView.deed [returned]": staff("os").at(name="returned", pk="prepared"),
    "POST LetterView.deed [returned]": staff("os").at(name="returned", pk="prepared"),
    "GET LetterView.bulk [make]": staff("os").at(deed="make", row="LetterView"),
    "POST LetterView.bulk [make]": staff("os").at(deed="make", row="LetterView"),
    "GET LetterView.bulk [make-anew]": staff("os").at(deed="make-anew", row="prepared"),
    "POST LetterView.bulk [make-anew]": staff("os").at(deed="make-anew", row="prepared"),
    "GET LetterView.bulk [printed]": staff("os").at(deed="printed", row="prepared"),
    "POST LetterView.bulk [printed]": staff("os", "302").at(deed="printed", row="prepared"),
    "GET LetterView.bulk [posted]": staff("os").at(deed="posted", row="prepared"),
    "POST LetterView.bulk [posted]": staff("os").at(deed="posted", row="prepared"),
    "GET LetterView.bulk [delivered]": staff("os").at(deed="delivered", row="prepared"),
    "POST LetterView.bulk [delivered]": staff("os").at(deed="delivered", row="prepared"),
    "GET LetterView.bulk [returned]": staff("os").at(deed="returned", row="prepared"),
    "POST LetterView.bulk [returned]": staff("os").at(deed="returned", row="prepared"),
    "POST LetterView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET LockView.list": listed(READERS),
    "GET LockView.show": staff(READERS),
    "GET LockView.deed [unlock]": staff("tsm").at(name="unlock"),
    "POST LockView.deed [unlock]": staff("tsm").at(name="unlock"),
    "GET LockView.bulk [unlock]": staff("tsm").at(deed="unlock", row="LockView"),
    "POST LockView.bulk [unlock]": staff("tsm").at(deed="unlock", row="LockView"),
    "POST LockView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET MembershipView.list": listed(READERS),
    "GET MembershipView.show": staff(READERS),
    "POST MembershipView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET NoticeView.list": listed(READERS),
    "GET NoticeView.show": staff(READERS),
    "POST NoticeView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET PartyView.list": listed(READERS),
    "GET PartyView.show": staff(READERS),
    "POST PartyView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET PersonView.list": listed(READERS),
    "GET PersonView.show": staff(READERS),
    "GET PersonView.deed [disable]": staff("sm").at(name="disable"),
    "POST PersonView.deed [disable]": staff("sm").at(name="disable"),
    "GET PersonView.deed [enable]": staff("sm").at(name="enable"),
    "POST PersonView.deed [enable]": staff("sm").at(name="enable"),
    "GET PersonView.bulk [disable]": staff("sm").at(deed="disable", row="PersonView"),
    "POST PersonView.bulk [disable]": staff("sm").at(deed="disable", row="PersonView"),
    "GET PersonView.bulk [enable]": staff("sm").at(deed="enable", row="PersonView"),
    "POST PersonView.bulk [enable]": staff("sm").at(deed="enable", row="PersonView"),
    "POST PersonView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET ProgramView.list": listed(READERS),
    "GET ProgramView.show": staff(READERS),
    "POST ProgramView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET RegistrationView.list": listed(READERS),
    "GET RegistrationView.show": staff(READERS),
    "GET RegistrationView.deed [owner]": staff("os").at(name="owner"),
    "POST RegistrationView.deed [owner]": staff("os").at(name="owner"),
    "POST RegistrationView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET LedgerView.list": listed(NO_SUPPORT),
    "GET LedgerView.show": staff(NO_SUPPORT),
    "POST LedgerView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET LedgerImportView.list": listed(NO_SUPPORT),
    "GET LedgerImportView.show": staff(NO_SUPPORT),
    "POST LedgerImportView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET RegistryView.list": listed(NO_SUPPORT),
    "GET RegistryView.show": staff(NO_SUPPORT),
    "POST RegistryView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET RegistryImportView.list": listed(NO_SUPPORT),
    "GET RegistryImportView.show": staff(NO_SUPPORT),
    "POST RegistryImportView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET RoleView.list": listed(OVERSEERS),
    "GET RoleView.show": listed(OVERSEERS),
    "POST RoleView.export": listed(OVERSEERS).at(kind="csv"),
    "GET SavedViewView.list": listed(READERS),
    "GET SavedViewView.show": staff(READERS),
    "GET SavedViewView.open": staff(READERS, "302"),
    "GET SavedViewView.keep": listed(READERS).at(screen="letters"),
    "POST SavedViewView.keep": listed(READERS).at(screen="letters"),
    "GET SavedViewView.columns": listed(READERS).at(screen="letters"),
    "POST SavedViewView.columns": staff(READERS, "302", away="302").at(screen="letters"),
    "GET SavedViewView.deed [remove]": officers("o").at(name="remove", pk="own view"),
    "POST SavedViewView.deed [remove]": officers("o", "302").at(name="remove", pk="own view"),
    "GET SavedViewView.deed [remove-team]": staff("otsm").at(name="remove-team"),
    "POST SavedViewView.deed [remove-team]": staff("otsm", "302").at(name="remove-team"),
    "GET SessionView.list": listed("tsam"),
    "GET SessionView.show": staff("tsam"),
    "GET SessionView.deed [end]": staff("tsm").at(name="end"),
    "POST SessionView.deed [end]": staff("tsm", "302").at(name="end"),
    "GET SessionView.bulk [end]": staff("tsm").at(deed="end", row="SessionView"),
    "POST SessionView.bulk [end]": staff("tsm", "302").at(deed="end", row="SessionView"),
    "POST SessionView.export": listed(OVERSEERS).at(kind="csv"),
    "GET SubmissionView.list": listed(NO_SUPPORT),
    "GET SubmissionView.show": staff(NO_SUPPORT),
    "GET SubmissionView.copy": staff(NO_SUPPORT, "303"),
    "GET SubmissionView.compare": staff(NO_SUPPORT),
    "POST SubmissionView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET TransferView.list": listed(READERS),
    "GET TransferView.show": staff(READERS),
    "POST TransferView.export": listed(NO_SUPPORT).at(kind="csv"),
    "GET UserView.list": listed(OVERSEERS),
    "GET UserView.show": staff(OVERSEERS),
    "GET UserView.edit": staff("m"),
    "POST UserView.edit": staff("m", "302"),
    "POST UserView.export": listed(OVERSEERS).at(kind="csv"),
}
