"""The pages of businesses, users and ownership: what each person sees, and may do there."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from app.authority.models import Membership, OwnershipTransfer
from app.authority.queries import may
from app.authority.service.access import change_role, reactivate, suspend
from tests.web.checker import text_of

LANGUAGES = ["en", "fr"]


@pytest.fixture
def enter(sign_in):
    """`enter(person)`: signed in, with a code proved just now."""
    return sign_in


def _row(world, account, person):
    found = world.db.scalars(
        select(Membership).where(
            Membership.account_id == account.id,
            Membership.person_id == person.id,
            Membership.status != "ended",
        )
    ).one()
    world.db.rollback()
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_an_account_is_shown_to_each_role(
    world, account, people, roles, client, enter, lang
):
    """Every page answers, in both languages, what the role may see: and passes the checker."""
    world.member(account, roles.full, status="waiting")
    world.member(account, roles.full, status="offered")
    world.member(account, roles.administrator, status="suspended", contact_phone="+19025550142")
    world.member(account, roles.full, status="ended")
    for role, person in people.items():
        enter(person)
        mine = _row(world, account, person)
        top = role in {roles.owner, roles.proxy}
        place = {"account_id": account.id}
        client.get("authority.businesses", lang=lang)
        client.get("authority.dashboard", lang=lang, **place)
        client.get("authority.users", lang=lang, **place)
        client.get("authority.add", lang=lang, **place)
        client.get("authority.user", lang=lang, membership_id=mine.id, **place)
        client.get("authority.contact", lang=lang, membership_id=mine.id, **place)
        client.get("authority.activity", lang=lang, expect=200 if top else 403, **place)
        transfer = 200 if role == roles.owner else 403
        client.get("authority.transfer", lang=lang, expect=transfer, **place)
        for action in ("ownership.transfer", "users.view", "users.activate"):
            client.get("authority.rule", lang=lang, action=action, **place)


@pytest.mark.parametrize("status", ["offered", "waiting", "suspended", "ended"])
def test_an_account_opens_only_for_an_effective_role(world, account, roles, client, enter, status):
    person = world.person()
    world.member(account, roles.full, person, status=status)
    enter(person)
    client.get("authority.dashboard", account_id=account.id, expect=404)
    client.get("authority.users", account_id=account.id, expect=404)


def test_the_account_of_another_business_is_not_found(world, account, client, enter):
    stranger = world.person()
    world.account(stranger)
    enter(stranger)
    for endpoint in ("dashboard", "users", "add", "transfer", "activity"):
        client.get(f"authority.{endpoint}", account_id=account.id, expect=404)
    client.get("authority.dashboard", account_id=987_654, expect=404)


def test_a_membership_of_another_account_is_not_found_in_this_one(
    world, account, owner, roles, client, enter
):
    other = world.member(world.account(owner), roles.full)
    enter(owner)
    for page in ("user", "contact", "role"):
        client.get(f"authority.{page}", account_id=account.id, membership_id=other.id, expect=404)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_my_businesses_shows_what_waits_first(world, roles, client, enter, lang):
    person = world.person()
    mine = world.account(person, name="Alder Freight Ltd.")
    late = world.member(mine, roles.full, status="waiting")
    offer = world.member(world.account(name="Birch Inc."), roles.full, person, status="offered")
    transfer = world.transfer(world.account(name="Cedar Co."), person)
    enter(person)
    page = client.get("authority.businesses", lang=lang)
    addresses = list(page.links().values())
    places = [
        addresses.index(client.path(path, lang))
        for path in (
            f"/offers/{offer.id}",
            f"/transfers/{transfer.id}",
            f"/a/{mine.id}/users/{late.id}/activate",
            f"/a/{mine.id}/",
        )
    ]
    assert max(places[:2]) < places[2] < places[3]
    assert "Birch Inc." in page.main
    assert world.person_of(late).full_name in page.main


def test_my_businesses_tells_whose_turn_it_is(world, roles, client, enter):
    person = world.person()
    world.account(person, name="Alder")
    world.member(world.account(name="Birch"), roles.full, person, status="waiting")
    world.member(world.account(name="Cedar"), roles.full, person, status="suspended")
    busy = world.account(person, name="Dogwood")
    world.member(busy, roles.full, status="waiting")
    enter(person)
    page = client.get("/businesses")
    lines = [text_of(line) for line in page.page.all("tr")]
    for name, turn in (
        ("Alder", "Nothing to do"),
        ("Birch", "With the owner"),
        ("Cedar", "Suspended"),
        ("Dogwood", "Yours"),
    ):
        (line,) = [line for line in lines if line.startswith(name)]
        assert line.endswith(turn)
    assert set(page.links()) >= {"Alder", "Dogwood"}
    assert not {"Birch", "Cedar"} & set(page.links())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_person_without_a_business_is_told_what_to_do(world, client, enter, lang):
    person = world.person()
    enter(person)
    page = client.get("/businesses", lang=lang)
    for fact in (person.urn, person.family_name, person.email):
        assert fact in page.main


def test_search_and_pages_of_my_businesses(world, client, enter):
    person = world.person()
    for n in range(28):
        world.account(person, name=f"Firm {n:02}")
    world.account(person, name="Écluse inc.")
    enter(person)
    first = client.get("/businesses")
    assert "Firm 00" not in first.click("Next").main
    assert "Firm 00" in first.click("Next").click("Previous").main
    found = first.forms()
    search = next(form for form in found if form.method == "GET" and "q" in form.names)
    answer = search.submit({"q": "ecluse"}, expect=200)
    assert "Écluse inc." in answer.main
    assert "Firm" not in answer.main
    nothing = search.submit({"q": "zzz"}, expect=200)
    assert nothing.click("Show all your businesses").h1 == "Your businesses"
    client.get("/businesses?after=abc&before=-1")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_owner_adds_a_colleague_who_accepts(
    world, account, owner, roles, client, new_client, sign_in, db, lang
):
    colleague = world.person(family="Côté")
    sign_in(owner)
    data = {
        "family_name": "cote",
        "urn": colleague.urn.lower(),
        "email": colleague.email.upper(),
        "role": roles.full,
    }
    page = client.post_form(
        "authority.add",
        data,
        lang=lang,
        expect=303,
        account_id=account.id,
        to=f"/a/{account.id}/users",
    ).follow()
    assert colleague.full_name in page.main
    row = _row(world, account, colleague)
    theirs = new_client(lang)
    sign_in(colleague, theirs)
    offer = theirs.get("authority.offer", membership_id=row.id)
    words = {"en": "Accept the role", "fr": "Accepter le rôle"}[lang]
    offer.form("accept").submit(button=words, expect=303, to=f"/a/{account.id}/").follow()
    assert may(db, colleague.id, "account.view", account)
    theirs.get("authority.offer", membership_id=row.id)
    assert account.party.name in theirs.get("/businesses").main


def test_what_was_typed_stays_when_nobody_matches(world, account, owner, roles, client, sign_in):
    sign_in(owner)
    data = {
        "family_name": "Nobody",
        "urn": "N-1000000-N",
        "email": "nobody@mail.example",
        "role": roles.full,
    }
    page = client.post_form("authority.add", data, expect=200, account_id=account.id)
    assert page.errors == [
        "No one in the portal has this name, reference number and address. Check all three."
    ]
    kept = page.form("family_name").values
    assert {name: kept[name] for name in data} == data


@pytest.mark.parametrize("lang", LANGUAGES)
def test_empty_fields_are_told_one_by_one(account, owner, client, sign_in, lang):
    sign_in(owner)
    page = client.post_form(
        "authority.add", {"family_name": " "}, lang=lang, expect=200, account_id=account.id
    )
    assert len(page.errors) == 4


def test_too_many_wrong_tries_are_told_with_the_time(world, account, owner, roles, client, sign_in):
    sign_in(owner)
    data = {"family_name": "No", "urn": "N-1000000-N", "email": "a@b.example", "role": roles.full}
    for _ in range(5):
        client.post_form("authority.add", data, expect=200, account_id=account.id)
    page = client.post_form("authority.add", data, expect=200, account_id=account.id)
    assert page.errors[0].startswith("Too many attempts. Try again after")


def test_the_form_offers_only_roles_that_the_reader_may_offer(
    world, account, people, roles, client, sign_in
):
    expected = {
        roles.owner: ["", roles.proxy, roles.full, roles.administrator],
        roles.proxy: ["", roles.full, roles.administrator],
        roles.full: ["", roles.full, roles.administrator],
        roles.administrator: ["", roles.full, roles.administrator],
    }
    for role, choices in expected.items():
        sign_in(people[role])
        page = client.get("authority.add", account_id=account.id)
        assert page.form("role").choices("role") == choices


def test_the_highest_role_asks_for_a_fresh_code_and_nothing_typed_is_lost(
    world, account, owner, roles, client, sign_in
):
    sign_in(owner, code_verified_at=None)
    newcomer = world.person("Zoé", "Ng")
    page = client.get("authority.add", account_id=account.id)
    typed = {
        "family_name": "Ng",
        "urn": newcomer.urn,
        "email": newcomer.email,
        "role": roles.proxy,
    }
    sent = page.form("role").submit(typed, expect=303, to="/step-up")
    with pytest.raises(NoResultFound):
        _row(world, account, newcomer)
    back = parse_qs(urlsplit(sent.response.headers["Location"]).query)["next"][0]
    sign_in(owner)  # the code was entered
    again = client.get(back)
    form = again.form("role")
    assert {name: form.values[name] for name in typed} == typed
    form.submit(expect=303, to=f"/a/{account.id}/users")
    assert _row(world, account, newcomer).role_code == roles.proxy


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("status", "deed", "after"),
    [
        ("waiting", "activate", "active"),
        ("active", "suspend", "suspended"),
        ("suspended", "reactivate", "active"),
        ("active", "remove", "ended"),
        ("offered", "withdraw", "ended"),
        ("waiting", "refuse", "ended"),
    ],
)
def test_a_deed_is_confirmed_on_its_own_page(
    world, account, owner, roles, client, sign_in, lang, status, deed, after
):
    row = world.member(account, roles.full, status=status)
    name = world.person_of(row).full_name
    sign_in(owner)
    user = client.get("authority.user", lang=lang, account_id=account.id, membership_id=row.id)
    path = client.path(f"/a/{account.id}/users/{row.id}/{deed}", lang)
    assert path in user.links().values()
    page = client.get(path)
    assert name in page.h1
    page.form("version").submit(expect=303, to=f"/a/{account.id}/users").follow()
    assert world.fresh(row).status == after


def test_a_stale_confirmation_changes_nothing(world, account, owner, roles, client, sign_in):
    row = world.member(account, roles.full)
    sign_in(owner)
    page = client.get(
        "authority.confirm", account_id=account.id, membership_id=row.id, deed="remove"
    )
    world.set(row, contact_title="Changed meanwhile")
    answer = page.form("version").submit(expect=200)
    assert answer.errors == ["Someone else changed this page. Check the changes, then save again."]
    assert world.fresh(row).status == "active"


def test_a_deed_that_is_over_is_a_conflict(world, account, owner, roles, client, sign_in):
    row = world.member(account, roles.full, status="suspended")
    sign_in(owner)
    client.get(
        "authority.confirm",
        account_id=account.id,
        membership_id=row.id,
        deed="suspend",
        expect=409,
    )


def test_a_deed_that_the_reader_may_not_do_is_refused_and_recorded(
    world, account, people, roles, client, sign_in, trail
):
    row = world.member(account, roles.full)
    sign_in(people[roles.administrator])
    for deed in ("suspend", "remove"):
        client.get(
            "authority.confirm",
            account_id=account.id,
            membership_id=row.id,
            deed=deed,
            expect=403,
        )
    client.get("authority.role", account_id=account.id, membership_id=row.id, expect=403)
    assert trail(account) == ["deed.refused"] * 3


def test_the_role_is_changed_by_its_form(world, account, owner, roles, client, sign_in):
    row = world.member(account, roles.full)
    person = world.person_of(row)
    sign_in(owner)
    page = client.get("authority.role", account_id=account.id, membership_id=row.id)
    assert page.form("role").choices("role") == ["", roles.proxy, roles.administrator]
    page.submit({"role": roles.proxy}, expect=303).follow()
    assert _row(world, account, person).role_code == roles.proxy


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_contact_is_changed_and_shown(world, account, owner, roles, client, sign_in, lang):
    row = world.member(account, roles.full)
    sign_in(owner)
    data = {"title": "Répartitrice", "phone": "819 555-0142", "email": "fret@pins.example"}
    page = client.post_form(
        "authority.contact",
        data,
        lang=lang,
        expect=303,
        account_id=account.id,
        membership_id=row.id,
    ).follow()
    for words in ("Répartitrice", "819-555-0142", "fret@pins.example"):
        assert words in page.main
    wrong = client.post_form(
        "authority.contact",
        {"phone": "call me", "email": "nobody"},
        lang=lang,
        account_id=account.id,
        membership_id=row.id,
        expect=200,
    )
    assert len(wrong.errors) == 2


def test_a_person_leaves_from_their_own_page(world, account, people, roles, client, sign_in):
    person = people[roles.full]
    sign_in(person)
    mine = _row(world, account, person)
    page = client.get("authority.user", account_id=account.id, membership_id=mine.id)
    confirm = page.click("Leave this account")
    assert account.party.name in confirm.h1
    confirm.form("version").submit(expect=303, to="/businesses").follow()
    client.get("authority.dashboard", account_id=account.id, expect=404)


def test_the_owner_is_told_to_transfer_before_leaving(world, account, owner, client, sign_in):
    sign_in(owner)
    mine = _row(world, account, owner)
    page = client.get("authority.user", account_id=account.id, membership_id=mine.id)
    assert "Leave this account" not in page.links()
    assert "Transfer account ownership" in page.links()
    client.get(
        "authority.confirm",
        account_id=account.id,
        membership_id=mine.id,
        deed="leave",
        expect=403,
    )


def test_a_refusal_says_why_who_may_and_shows_the_rule(
    world, account, people, roles, client, sign_in
):
    sign_in(people[roles.full])
    page = client.get("authority.users", account_id=account.id)
    owner = people[roles.owner]
    assert owner.full_name in page.main
    address = client.path(f"/a/{account.id}/rule/ownership.transfer")
    assert address in page.links().values()
    rule = client.get(address)
    assert "This role does not allow it" in rule.main
    assert owner.full_name in rule.main
    client.get("authority.rule", account_id=account.id, action="no.such", expect=404)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_ownership_goes_from_hand_to_hand(
    world, account, owner, roles, client, new_client, sign_in, lang, db
):
    heir = world.person()
    sign_in(owner)
    data = {
        "family_name": heir.family_name,
        "urn": heir.urn,
        "email": heir.email,
        "old_owner_role": roles.proxy,
    }
    page = client.post_form(
        "authority.transfer", data, lang=lang, expect=303, account_id=account.id
    ).follow()
    assert heir.full_name in page.main
    assert (
        heir.full_name in client.get("authority.dashboard", lang=lang, account_id=account.id).main
    )
    transfer = world.db.scalars(select(OwnershipTransfer)).one()
    theirs = new_client(lang)
    sign_in(heir, theirs)
    offer = theirs.get("authority.transfer_offer", transfer_id=transfer.id)
    accept = {"en": "Accept the ownership", "fr": "Accepter la propriété"}[lang]
    refused = offer.form("attested").submit(button=accept, expect=200)
    assert len(refused.errors) == 1
    offer.form("attested").submit(
        {"attested": "y"}, button=accept, expect=303, to=f"/a/{account.id}/"
    ).follow()
    assert may(db, heir.id, "ownership.transfer", account)
    assert not may(db, owner.id, "ownership.transfer", account)
    theirs.get("authority.transfer_offer", transfer_id=transfer.id)
    client.get("authority.dashboard", lang=lang, account_id=account.id)
    client.get("authority.transfer", lang=lang, account_id=account.id, expect=403)


def test_an_offer_of_ownership_is_declined_or_withdrawn_on_its_page(
    world, account, owner, client, new_client, sign_in
):
    heir = world.person()
    first = world.transfer(account, heir)
    theirs = new_client()
    sign_in(heir, theirs)
    page = theirs.get("authority.transfer_offer", transfer_id=first.id)
    page.form("attested").submit(
        button="Decline the ownership", expect=303, to="/businesses"
    ).follow()
    assert world.fresh(first).state == "declined"
    second = world.transfer(account, heir)
    sign_in(owner)
    client.get("authority.transfer", account_id=account.id).form(
        action=f"/a/{account.id}/transfer/withdraw"
    ).submit(expect=303, to=f"/a/{account.id}/users").follow()
    assert world.fresh(second).state == "withdrawn"
    theirs.get("authority.transfer_offer", transfer_id=second.id)


def test_transfer_pages_ask_for_a_fresh_code_before_anything_is_typed(
    account, owner, client, sign_in
):
    sign_in(owner, code_verified_at=None)
    client.get("authority.transfer", account_id=account.id, expect=303, to="/step-up")


def test_nobody_else_sees_an_offer(world, account, owner, roles, client, sign_in):
    offer = world.member(account, roles.full, status="offered")
    transfer = world.transfer(account)
    for stranger in (world.person(), owner):
        sign_in(stranger)
        client.get("authority.offer", membership_id=offer.id, expect=404)
        client.get("authority.transfer_offer", transfer_id=transfer.id, expect=404)


def test_late_and_withdrawn_offers_say_so(world, account, roles, client, sign_in, clock):
    person = world.person()
    gone = world.member(account, roles.full, person, status="ended", end_reason="withdrawn")
    late = world.member(world.account(), roles.full, person, status="offered")
    transfer = world.transfer(world.account(), person)
    clock.move(days=9)
    sign_in(person)
    assert "can no longer be answered" in client.get("authority.offer", membership_id=gone.id).main
    assert "lapsed" in client.get("authority.offer", membership_id=late.id).main
    assert "lapsed" in client.get("authority.transfer_offer", transfer_id=transfer.id).main
    assert "Waiting for you" not in client.get("/businesses").main


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_account_activity_tells_who_did_what(
    world, account, owner, roles, client, sign_in, acting, lang
):
    row = world.member(account, roles.full)
    sign_in(owner)
    for deed in ("suspend", "reactivate"):
        client.get(
            "authority.confirm",
            lang=lang,
            account_id=account.id,
            membership_id=row.id,
            deed=deed,
        ).form("version").submit(expect=303)
    page = client.get("authority.activity", lang=lang, account_id=account.id)
    assert owner.full_name in page.main
    assert world.person_of(row).full_name in page.main


def test_the_account_activity_tells_nothing_of_another_account(
    world, account, owner, roles, client, sign_in
):
    other = world.account(owner)
    row = world.member(other, roles.full)
    sign_in(owner)
    client.get("authority.confirm", account_id=other.id, membership_id=row.id, deed="suspend").form(
        "version"
    ).submit(expect=303)
    page = client.get("authority.activity", account_id=account.id)
    assert world.person_of(row).full_name not in page.main


def test_nothing_of_the_sign_in_mailbox_is_shown_to_others(
    world, account, people, roles, client, sign_in
):
    """The mailbox that receives codes is the person's own; others see the business contact."""
    row = world.member(account, roles.full, contact_email="work@pins.example")
    person = world.person_of(row)
    sign_in(people[roles.owner])
    for page in (
        client.get("authority.users", account_id=account.id),
        client.get("authority.user", account_id=account.id, membership_id=row.id),
    ):
        assert person.email not in page.html
        assert "work@pins.example" in page.main


def test_the_nameplate_says_for_whom_one_acts(world, account, people, roles, client, sign_in):
    sign_in(people[roles.full])
    page = client.get("authority.users", account_id=account.id)
    label = next(role.label_en for role in world.roles() if role.code == roles.full)
    plate = page.text.split("Skip to main content")[1][:400]
    assert account.party.name in plate
    assert label in plate
    assert world.fresh(account).business.number in plate
    assert page.click("Change business").h1 == "Your businesses"
    world.db.rollback()


def test_a_delegate_opens_the_account_with_what_the_level_grants(world, account, client, sign_in):
    person, broker = world.person(), world.business("Broker inc.")
    world.delegation(
        account, broker, level="reader", may=("account.view", "status.view"), people=[person]
    )
    sign_in(person)
    page = client.get("authority.dashboard", account_id=account.id)
    assert "By delegation: reader" in page.text
    client.get("authority.users", account_id=account.id, expect=403)
    assert "By delegation: reader" in client.get("/businesses").main


def test_changes_are_made_by_post_alone(world, account, owner, roles, client, sign_in):
    row = world.member(account, roles.full)
    sign_in(owner)
    for deed in ("suspend", "remove"):
        client.get("authority.confirm", account_id=account.id, membership_id=row.id, deed=deed)
    assert world.fresh(row).status == "active"
    client.get(f"/a/{account.id}/transfer/withdraw", expect=405)


def test_a_forged_form_changes_nothing(world, account, owner, roles, client, sign_in):
    row = world.member(account, roles.full)
    sign_in(owner)
    client.post(
        "authority.confirm",
        {"version": "1"},
        account_id=account.id,
        membership_id=row.id,
        deed="suspend",
        expect=400,
    )
    assert world.fresh(row).status == "active"


def test_the_language_switch_keeps_what_was_typed(world, account, owner, roles, client, sign_in):
    sign_in(owner)
    page = client.get("authority.add", account_id=account.id)
    form = page.form("family_name")
    values = dict(form.values) | {"family_name": "Tremblay", "_switch_language": "fr"}
    answer = client.post(f"/a/{account.id}/users/add", values, lang="fr", expect=200)
    assert answer.form("family_name").values["family_name"] == "Tremblay"
    assert answer.errors == []


@pytest.mark.parametrize(
    ("lang", "some", "none"),
    [
        ("en", "You may do this for some users only.", "You may not do this for this user."),
        (
            "fr",
            "Vous pouvez le faire seulement pour certaines personnes.",
            "Vous ne pouvez pas le faire pour cette personne.",
        ),
    ],
)
def test_the_rule_of_a_user_administrator_says_that_they_only_propose(
    world, account, people, roles, client, sign_in, lang, some, none
):
    row = world.member(account, roles.full)
    sign_in(people[roles.administrator])
    place = {"account_id": account.id, "lang": lang}
    rule = client.get("authority.rule", action="users.modify", **place)
    assert some in rule.main
    labels = {role.code: role.label(lang) for role in world.roles()}
    assert f"{labels[roles.full]}, {labels[roles.administrator]}" in rule.main
    page = client.get("authority.user", membership_id=row.id, **place)
    (address,) = {url for url in page.links().values() if "/rule/" in url}
    asked = client.get(address)
    assert none in asked.main
    assert world.person_of(row).full_name in asked.main
    assert people[roles.owner].full_name in asked.main
    assert people[roles.administrator].full_name not in asked.main.split(none)[1].split(":")[-1]


def test_the_rule_about_a_user_is_what_the_deed_asks(
    world, account, people, roles, client, sign_in
):
    """For every reader and every user: the rule's answer, and the deeds that the page offers."""
    rows = [world.member(account, code) for code in (roles.proxy, roles.full, roles.administrator)]
    rows.append(
        world.member(account, roles.full, status="waiting", added_by=people[roles.administrator].id)
    )
    place = {"account_id": account.id}
    for person in people.values():
        sign_in(person)
        for row in rows:
            rule = client.get("authority.rule", action="users.modify", user=row.id, **place)
            user = client.get("authority.user", membership_id=row.id, **place)
            offered = any(f"/{row.id}/contact" in url for url in user.links().values())
            assert ("You may do this for this user." in rule.main) is offered
            assert ("You may not do this for this user." in rule.main) is not offered


def test_the_owner_may_modify_every_user(account, owner, client, sign_in):
    sign_in(owner)
    rule = client.get("authority.rule", action="users.modify", account_id=account.id)
    assert "You may do this in this account." in rule.main


@pytest.mark.parametrize("user", ["x", "-1", "99999999999999999999"])
def test_a_rule_about_nobody_is_not_found(account, owner, client, sign_in, user):
    sign_in(owner)
    client.get(f"/a/{account.id}/rule/users.modify?user={user}", expect=404)


def test_the_language_switch_of_my_businesses_keeps_the_words_not_sent_yet(
    world, account, owner, client, sign_in
):
    for number in range(9):
        world.account(owner, name=f"Boréale {number}")
    sign_in(owner)
    page = client.get("authority.businesses", lang="en")
    (switch,) = [b for b in page.page.all("button") if b.get("lang") == "fr"]
    (form,) = [one for one in page.forms() if "q" in one.names]
    assert (form.method, switch.get("form")) == ("GET", "search")
    sent = client.get(str(switch.get("formaction")), query_string={**form.values, "q": "boreale 3"})
    assert [one.values["q"] for one in sent.forms() if "q" in one.names] == ["boreale 3"]
    assert "Boréale 3" in sent.main
    assert "Boréale 4" not in sent.main


def test_a_new_search_of_my_businesses_begins_at_its_first_page(world, owner, client, sign_in):
    sign_in(owner)
    answer = client.get("/businesses?find=yes&q=roy&after=7", expect=302, to="/businesses")
    assert urlsplit(answer.response.headers["Location"]).query == "q=roy"


@pytest.mark.parametrize(
    ("lang", "label"), [("en", "Suspended since"), ("fr", "Suspendu depuis le")]
)
def test_a_suspended_user_is_shown_since_when(
    world, account, owner, roles, client, sign_in, clock, lang, label
):
    row = world.member(account, roles.full)
    clock.stop(datetime(2027, 3, 1, 15, tzinfo=UTC))
    suspend(owner.id, row.id)
    clock.stop(datetime(2027, 3, 9, 15, tzinfo=UTC))
    new = change_role(owner.id, row.id, roles.administrator)  # another row, suspended still
    sign_in(owner)
    place = {"account_id": account.id, "membership_id": new, "lang": lang}
    day = {"en": "March 1, 2027", "fr": "1er\u00a0mars\u00a02027"}[lang]
    page = client.get("authority.user", **place)
    facts = {text_of(one[0]): text_of(one[1]) for one in page.page.all("div") if len(one) == 2}
    assert facts[label] == day
    reactivate(owner.id, new)
    assert label not in client.get("authority.user", **place).main
