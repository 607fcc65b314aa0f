"""The gate: who gets where, what the cookie is worth, and each way around that FAB offers."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from flask import session as form_session
from flask_login import current_user
from sqlalchemy import select

from app.base.db import User
from app.identity import cookie, service
from tests.identity.conftest import ahead
from tests.support.world import PASSWORD

NEW_PASSWORD = "Une autre brume, plus au nord"


def give_cookie(browser, token):
    browser.http.set_cookie(cookie.name(), token, domain="localhost")


def is_in(browser):
    """Whether the browser may open a page of its person."""
    return browser.http.get("/en/me").status_code == 200


# ── deny by default ─────────────────────────────────────────────────────────────────────


def test_a_visitor_is_led_to_sign_in_and_back_to_the_page(client):
    answer = client.get("/me/sessions", expect=303, to="/sign-in")
    assert answer.response.headers["Location"].endswith("/en/sign-in?next=%2Fme%2Fsessions")


def test_a_page_that_nobody_marked_is_closed_to_visitors(app, client):
    rules = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and getattr(app.view_functions[rule.endpoint], "access", "full") != "public"
        and rule.endpoint != "static"
    }
    assert {"/me", "/notices", "/step-up"} <= rules
    for path in sorted(rules):
        client.get(path, expect=303, to="/sign-in")


@pytest.mark.parametrize("stage", ["credential", "code"])
def test_a_session_half_way_through_sign_in_opens_only_its_own_step(world, client, sign_in, stage):
    sign_in(world.person(), stage=stage)
    step = {"credential": "/sign-in/code", "code": "/sign-in/terms"}[stage]
    for path in ("/me", "/me/password", "/notices", "/step-up", "/password/new"):
        client.get(path, expect=303, to=step)
    client.get(step)


def test_the_session_of_a_reset_opens_no_page_of_sign_in(world, client, sign_in):
    sign_in(world.person(), stage="credential", purpose="password_reset")
    for path in ("/sign-in/code", "/sign-up/code", "/sign-in/terms", "/me"):
        client.get(path, expect=303, to="/password/code")


def test_a_client_does_not_enter_the_staff_s_rooms(app, world, client, sign_in):
    sign_in(world.person())
    client.get("/staff/", expect=403)


def test_staff_enter_by_their_assignment_and_leave_with_it(world, client, sign_in):
    person = world.staff("auditor")
    sign_in(person)
    assert client.http.get("/en/staff/", follow_redirects=True).status_code == 200
    from app.authority.models import StaffAssignment

    post = world.db.scalars(
        select(StaffAssignment).where(StaffAssignment.person_id == person.id)
    ).one()
    world.set(post, ends_at=world.now())
    client.get("/staff/", expect=403)


# ── what the cookie is worth ────────────────────────────────────────────────────────────


def test_the_cookie_is_for_this_host_only_and_no_script_reads_it(client, world, mailbox):
    person = world.person()
    answer = client.post_form(
        "/sign-in",
        {"sign_in_name": world.sign_in_name(person), "password": PASSWORD},
        expect=303,
    )
    given = next(
        header
        for header in answer.response.headers.getlist("Set-Cookie")
        if header.startswith("guichet=")
    )
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
    assert "Domain" not in given
    assert "Max-Age" not in given


def test_with_tls_the_cookie_is_secure_and_named_so_that_no_neighbour_sets_it(
    app, settings, monkeypatch
):
    secured = settings.model_copy(update={"base_url": "https://portal.example"})
    monkeypatch.setattr(cookie, "get", lambda: secured)
    assert cookie.name() == "__Host-guichet"
    with app.test_request_context("/en/", base_url="https://localhost"):
        cookie.keep("token")
        answer = cookie._write(app.response_class())
    given = answer.headers["Set-Cookie"]
    assert given.startswith("__Host-guichet=token;")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(given.split("; "))


def test_a_token_that_was_planted_before_sign_in_is_worth_nothing_after(
    world, new_client, enter, code_of
):
    person = world.person()
    step = enter(person)
    attacker = new_client()
    give_cookie(attacker, step.token)
    service.confirm_code(step.session_id, code_of(step.session_id))
    attacker.get("/me", expect=303, to="/sign-in")
    attacker.get("/sign-in/code", expect=303, to="/sign-in")


def test_a_stolen_cookie_dies_at_sign_out(world, full, new_client):
    step = full(world.person())
    owner, thief = new_client(), new_client()
    give_cookie(owner, step.token)
    give_cookie(thief, step.token)
    assert is_in(thief)
    press_sign_out(owner)
    assert not is_in(thief)


def press_sign_out(browser):
    forms = browser.get("/me").forms()
    next(form for form in forms if form.action.endswith("/sign-out")).submit(expect=303)


def test_a_stolen_cookie_dies_at_a_change_of_password(world, full, new_client):
    step = full(world.person())
    owner, thief = new_client(), new_client()
    give_cookie(owner, step.token)
    give_cookie(thief, step.token)
    owner.post_form(
        "/me/password", {"present": PASSWORD, "password": NEW_PASSWORD}, expect=303, to="/me"
    )
    assert not is_in(thief)
    assert is_in(owner)


def test_an_ended_session_is_told_so_and_leads_back(world, client, sign_in, clock):
    sign_in(world.person())
    client.get("/me/sessions")
    ahead(clock, minutes=15)
    answer = client.get("/me/sessions", expect=303, to="/sign-in")
    page = answer.follow()
    assert "Your session has ended. Sign in again; your answers are kept." in page.main


def test_every_page_says_until_when_the_session_lives(world, client, sign_in, clock):
    sign_in(world.person())
    assert "If you do nothing, your session ends at" in client.get("/me").text


def test_asking_for_more_time_begins_the_fifteen_minutes_anew(world, client, sign_in, clock):
    clock.stop()
    row = sign_in(world.person())
    token = client.token("/me")
    ahead(clock, seconds=30)
    client.post("/session/extend", {"csrf_token": token}, expect=204)
    assert world.fresh(row).last_seen_at == clock.now()


def test_a_form_of_another_session_is_refused(world, client, new_client, sign_in):
    sign_in(world.person())
    other = new_client()
    sign_in(world.person(), other)
    token = other.token("/me")
    client.post("/sign-out", {"csrf_token": token}, expect=400)


@pytest.mark.parametrize(
    "path", ["/sign-out", "/session/extend", "/me", "/me/password", "/me/sessions/end-others"]
)
def test_nothing_is_done_without_the_form_token(world, client, sign_in, path):
    row = sign_in(world.person())
    client.post(path, {"given_name": "X"}, expect=400)
    assert world.fresh(row).ended_at is None


def test_a_form_token_planted_in_the_form_cookie_opens_nothing(app, world, client, sign_in):
    sign_in(world.person())
    client.get("/me")
    with app.test_request_context("/en/"):
        form_session["csrf_token"] = "planted"
        from flask_wtf.csrf import generate_csrf

        token = generate_csrf()
    with client.http.session_transaction() as stored:
        stored["csrf_token"] = "planted"
    client.post("/sign-out", {"csrf_token": token}, expect=400)


# ── what is typed when the session ends is kept ─────────────────────────────────────────


def details(**changes):
    return {"given_name": "Zoé", "family_name": "Ng", "language": "fr", "phone": ""} | changes


def test_a_form_sent_into_an_ended_session_is_shown_again_after_sign_in(
    world, client, sign_in, clock
):
    person = world.person("Ann", "Roy")
    sign_in(person)
    form = client.get("/me").form("given_name")
    ahead(clock, minutes=15)
    sent = form.submit(details(), expect=303, to="/sign-in")
    assert "kept%3D1" in sent.response.headers["Location"]
    sign_in(person)
    page = client.get("/me", query_string={"kept": "1"})
    assert page.form("given_name").values["given_name"] == "Zoé"
    assert "What you had typed is kept." in page.main
    assert world.fresh(person).given_name == "Ann"
    page.submit(details(), "given_name", expect=303, to="/me")
    assert world.fresh(person).given_name == "Zoé"
    page = client.get("/me", query_string={"kept": "1"})
    assert "What you had typed is kept." not in page.main


def test_what_is_kept_is_sealed_and_holds_no_password(
    world, client, sign_in, clock, owner_db, monkeypatch
):
    from app.identity import kept
    from app.identity.models import KeptForm

    person = world.person()
    sign_in(person)
    form = client.get("/me/password").form("present")
    ahead(clock, minutes=15)
    form.submit({"present": PASSWORD, "password": NEW_PASSWORD}, expect=303)
    assert owner_db.scalars(select(KeptForm)).all() == []
    sign_in(person)
    form = client.get("/me").form("given_name")
    ahead(clock, minutes=15)
    form.submit(details(family_name="Sillery"), expect=303)
    row = owner_db.scalars(select(KeptForm)).one()
    assert b"Sillery" not in row.sealed
    found = kept.find(world.db, person.id, "/me")
    assert found is not None
    assert found["family_name"] == "Sillery"
    assert "csrf_token" not in found


def test_what_is_kept_is_shown_to_nobody_else(world, client, new_client, sign_in, clock):
    sign_in(world.person())
    form = client.get("/me").form("given_name")
    ahead(clock, minutes=15)
    form.submit(details(), expect=303)
    other = new_client()
    sign_in(world.person("Owen", "Côté"), other)
    page = other.get("/me", query_string={"kept": "1"})
    assert page.form("given_name").values["given_name"] == "Owen"


def test_a_forged_form_is_not_kept(world, client, sign_in, clock, owner_db):
    from app.identity.models import KeptForm

    sign_in(world.person())
    ahead(clock, minutes=15)
    client.post("/me", details(csrf_token="forged"), expect=303, to="/sign-in")
    assert owner_db.scalars(select(KeptForm)).all() == []


def test_what_is_kept_is_gone_after_an_hour(world, client, sign_in, clock, mailbox, owner_db):
    from app.identity.models import KeptForm

    person = world.person()
    sign_in(person)
    form = client.get("/me").form("given_name")
    ahead(clock, minutes=15)
    form.submit(details(), expect=303)
    ahead(clock, minutes=61)
    sign_in(person)
    page = client.get("/me", query_string={"kept": "1"})
    assert "What you had typed is kept." not in page.main
    mailbox.run_scheduled("identity.prune")
    assert owner_db.scalars(select(KeptForm)).all() == []


# ── FAB's own ways in, walled up ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/security/login",
        "/api/v1/security/refresh",
        "/api/v1/security/users/",
        "/api/v1/menu/",
        "/api/v1/_openapi",
        "/swaggerview/v1",
        "/login/",
        "/login",
        "/register/form",
        "/resetpassword/form",
        "/resetmypassword/form",
        "/userinfoeditview/form",
        "/lang/fr",
        "/logout/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_fab_s_own_doors_do_not_exist(world, client, sign_in, path, method):
    sign_in(world.staff("administrator"))
    answer = getattr(client.http, method)(f"/en{path}", json={"username": "x", "password": "y"})
    assert answer.status_code == 404


def test_no_rest_interface_is_served(app):
    assert [str(rule) for rule in app.url_map.iter_rules() if "/api/" in str(rule)] == []


def test_a_token_signed_with_our_own_secret_lets_nobody_in(app, world, client, settings):
    user = world.person().user_id
    token = jwt.encode(
        {"sub": str(user), "type": "access", "fresh": True, "jti": "1", "iat": 1},
        settings.secret_key,
        algorithm="HS256",
    )
    headers = {"Authorization": f"Bearer {token}"}
    client.get("/me", headers=headers, expect=303, to="/sign-in")
    client.get("/staff/", headers=headers, expect=303, to="/sign-in")


def test_a_login_cookie_of_the_framework_lets_nobody_in(app, world, client):
    with client.http.session_transaction() as stored:
        stored["_user_id"] = str(world.staff("administrator").user_id)
        stored["_fresh"] = True
        stored["_id"] = "x"
    client.get("/me", expect=303, to="/sign-in")
    client.get("/staff/", expect=303, to="/sign-in")


def test_a_remember_me_cookie_of_the_framework_lets_nobody_in(app, world, client):
    from flask_login import encode_cookie

    with app.test_request_context():
        value = encode_cookie(str(world.staff("administrator").user_id))
    client.http.set_cookie("remember_token", value, domain="localhost")
    client.get("/staff/", expect=303, to="/sign-in")


def arriving(app, path, token):
    """A request with this token, as the middleware of languages hands it over."""
    return app.test_request_context(
        path,
        headers={"Cookie": f"{cookie.name()}={token}"},
        environ_overrides={"guichet.language": "en", "SCRIPT_NAME": "/en"},
    )


def test_flask_login_knows_whoever_the_gate_let_in_and_nobody_else(app, world, full):
    person = world.person()
    step = full(person)
    for token, expected in ((step.token, person.user_id), ("another", None)):
        with arriving(app, "/me", token):
            app.preprocess_request()
            assert getattr(current_user, "id", None) == expected


def test_a_password_alone_makes_no_user_for_flask_login(app, world, enter):
    step = enter(world.person())
    with arriving(app, "/sign-in/code", step.token):
        assert app.preprocess_request() is None
        assert not current_user.is_authenticated


def test_the_framework_checks_no_password_itself(app, world):
    person = world.person()
    with app.app_context():
        manager = app.appbuilder.sm
        assert manager.auth_user_db(world.sign_in_name(person), PASSWORD) is None
        with pytest.raises(NotImplementedError):
            manager.reset_password(person.user_id, NEW_PASSWORD)


def test_the_sign_in_view_that_the_framework_needs_leads_to_ours(app, client):
    assert app.appbuilder.sm.auth_view is not None
    client.get("/staff/sign-in/", expect=302, to="/sign-in")


def test_another_host_name_is_not_answered(client):
    for path in ("/en/sign-in", "/en/me"):
        answer = client.http.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert "evil.example" not in answer.headers.get("Location", "")


def test_sign_out_is_no_link(world, client, sign_in):
    row = sign_in(world.person())
    client.get("/sign-out", expect=405)
    assert world.fresh(row).ended_at is None


def test_a_failed_sign_in_of_an_unknown_name_touches_nobody_s_row(client, world, owner_db):
    world.people(2)

    def rows():
        owner_db.rollback()
        owner_db.expire_all()
        wanted = select(User.id, User.fail_login_count, User.login_count, User.changed_on)
        return owner_db.execute(wanted.order_by(User.id)).all()

    before = rows()
    client.post_form("/sign-in", {"sign_in_name": "nobody", "password": "x"}, expect=200)
    assert rows() == before


def test_a_request_leaves_nothing_of_its_person_behind(app, world, full, client):
    from app.base.context import origin

    step = full(world.person())
    give_cookie(client, step.token)
    client.get("/me")
    assert origin().person_id is None


def test_a_session_row_is_touched_by_pages_and_not_by_files(world, client, sign_in, clock):
    clock.stop()
    row = sign_in(world.person())
    began = row.last_seen_at
    ahead(clock, minutes=2)
    client.http.get("/static/guichet.css").close()
    assert world.fresh(row).last_seen_at == began
    client.get("/me")
    assert world.fresh(row).last_seen_at == began + timedelta(minutes=2)
