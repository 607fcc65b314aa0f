"""What is read of roles: one word for one state, no code, and what was refused by name."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.audit.models import Entry
from app.authority.access_names import ACCESS_NAMES
from app.authority.admin import MembershipView
from app.authority.contacts import Contact
from app.authority.models import Membership
from app.authority.pages.deeds import access_tag
from app.authority.service.access import change_contact, change_role
from app.base.errors import Refused

LANGUAGES = ("en", "fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_access_state_has_the_same_word_for_clients_and_for_staff(app, lang):
    with app.test_request_context(f"/{lang}/"), force_locale(lang):
        for status, tag in MembershipView.choices["status"].items():
            assert access_tag(Membership(status=status))[1] == str(tag) == str(ACCESS_NAMES[status])


@pytest.mark.parametrize(("lang", "word"), [("en", "Requested"), ("fr", "Demandé")])
def test_a_role_that_is_offered_is_requested_on_every_page(
    world, account, owner, roles, client, sign_in, lang, word
):
    row = world.member(account, roles.full, status="offered", offer_expires_at=world.now())
    sign_in(owner)
    assert word in client.get("authority.users", lang=lang, account_id=account.id).main
    sign_in(world.staff("auditor"))
    assert word in client.get(f"/staff/memberships/show/{row.id}", lang=lang).main


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Role changed"), ("fr", "Rôle modifié")], ids=LANGUAGES
)
def test_staff_read_in_words_why_a_membership_ended(
    world, account, owner, roles, client, sign_in, acting, lang, words
):
    row = world.member(account, roles.full)
    acting(owner)
    change_role(owner.id, row.id, roles.administrator)
    sign_in(world.staff("auditor"))
    page = client.get(f"/staff/memberships/show/{row.id}", lang=lang).main
    assert words in page
    assert "role_changed" not in page


# ── account activity ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "deed", "reason"),
    [
        ("en", "Change a user’s contact information or role", "The role cannot give this one"),
        (
            "fr",
            "Modifier les coordonnées ou le rôle d’un utilisateur",
            "Le rôle ne permet pas d’accorder celui-ci",
        ),
    ],
    ids=LANGUAGES,
)
def test_the_account_activity_says_which_action_was_refused(
    world, account, owner, roles, client, sign_in, acting, lang, deed, reason
):
    row, full = world.member(account, roles.proxy), world.member(account, roles.full)
    acting(world.person_of(full))
    with pytest.raises(Refused):
        change_role(full.person_id, row.id, roles.administrator)
    sign_in(owner)
    page = client.get("authority.activity", lang=lang, account_id=account.id).main
    assert deed in page
    assert "users.modify" not in page
    assert world.person_of(full).full_name in page
    assert reason in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_account_activity_says_what_changed_in_a_contact(
    world, account, owner, roles, client, sign_in, acting, lang
):
    row = world.member(
        account, roles.full, contact_email="old@pins.example", contact_title="Dispatcher"
    )
    acting(owner)
    contact = Contact(title=None, phone="819-555-0142", email="new@pins.example")
    change_contact(owner.id, row.id, contact)
    sign_in(owner)
    page = client.get("authority.activity", lang=lang, account_id=account.id).main
    before = {"en": "before", "fr": "avant"}[lang]
    for told in ("new@pins.example", "old@pins.example", "819-555-0142", "Dispatcher", before):
        assert told in page


def test_a_contact_that_was_erased_is_shown_no_more(
    world, account, owner, roles, client, sign_in, acting, owner_db
):
    row = world.member(account, roles.full, contact_email="old@pins.example")
    acting(owner)
    change_contact(owner.id, row.id, Contact(email="new@pins.example"))
    seqs = list(world.db.scalars(select(Entry.seq).where(Entry.event == "membership.changed")))
    world.db.rollback()
    erase = "SELECT audit.erase_personal(%s::bigint[], 'asked for by the person')"
    owner_db.connection().exec_driver_sql(erase, (seqs,))
    owner_db.commit()
    sign_in(owner)
    page = client.get("authority.activity", account_id=account.id).main
    assert "User changed" in page
    assert "pins.example" not in page
