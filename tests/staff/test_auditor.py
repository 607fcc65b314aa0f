"""The auditor reads all and changes nothing."""

from __future__ import annotations

import re

from sqlalchemy import text

from app.authority.staff import STAFF_ROLES
from tests.staff.conftest import screens

_TABLES = (
    "registration", "letter", "activation_code", "membership", "account", "ownership_transfer",
    "staff_assignment", "announcement", "notice", "person", "factor", "registry_entry",
    "registry_import", "ledger_line", "ledger_import", "ab_user", "ab_user_role", "ab_role",
    "party", "business",
)  # fmt: skip
_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


def _everything(world):
    world.db.rollback()
    return {
        table: world.db.execute(
            text(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
        ).scalar()
        for table in _TABLES
    }


def _filled_in(rule, filled):
    """The address with a real key in every place, so that only the right to it can refuse."""
    values = {
        "name": "end", "kind": "csv", "pk": "1",
        "registration_id": str(filled.registration.id), "upload_id": "1",
    }  # fmt: skip
    return _ARGUMENT.sub(lambda found: values.get(found[1], "1"), str(rule))


def test_an_auditors_posts_are_refused_and_change_nothing(app, filled, world, sign_in, client):
    sign_in(world.staff("auditor"))
    before = _everything(world)
    token = client.token("/staff/letters/list/")
    posts = [
        rule
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/staff/") and "POST" in (rule.methods or ())
    ]
    assert len(posts) > 10
    for rule in posts:
        if "/export/" in str(rule):
            continue  # a read, which the trail is told of
        if str(rule) == "/staff/keys":
            continue  # what one's own browser listens to: a cookie, no row
        path = _filled_in(rule, filled)
        answer = client.http.post(f"/en{path}", data={"csrf_token": token, "reason": "x"})
        assert answer.status_code in {403, 404}, f"{path} answered {answer.status_code}"
    assert _everything(world) == before


def test_every_deed_of_every_screen_is_refused_to_an_auditor(filled, world, sign_in, client):
    sign_in(world.staff("auditor"))
    token = client.token("/staff/letters/list/")
    keys = {
        "LetterView": [filled.due.id, filled.letter.id],
        "RegistrationView": [filled.registration.id],
        "PersonView": [filled.person.id],
        "LockView": [filled.lock.id],
    }
    tried = 0
    for view in screens():
        for deed in view.deeds:
            for key in keys.get(view.__name__, ()):
                pages = [f"deed/{deed.name}/{key}"]
                if deed.many is not None:
                    pages.append(f"bulk?deed={deed.name}&row={key}")
                for page in pages:
                    where = f"{view.route_base}/{page}"
                    client.post(where, {"csrf_token": token, "reason": "x"}, expect=403)
                    tried += 1
    assert tried >= 20


def test_an_auditor_holds_reading_actions_and_the_export_only():
    acting = {one for one in STAFF_ROLES["auditor"] if not one.endswith(".read")}
    assert acting == {"staff.export"}
