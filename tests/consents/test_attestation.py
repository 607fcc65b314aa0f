"""What the attestation says: every word of it, before it is drawn."""

from __future__ import annotations

import dataclasses
import json

import pytest
from flask_babel import force_locale

from app.base.db import session
from app.consents.pages import attestation
from app.consents.queries import sheet
from app.parties.models import Account
from app.programs.models import ProgramVersion
from tests.support.pdf_ua import faults

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


def composed(app, filed, owner, lang):
    with app.test_request_context(f"/{lang}/"), force_locale(f"{lang}_CA"):
        account = session.get_one(Account, filed.account.id)
        found = sheet(session, owner.id, account, filed.code)
        return attestation.compose(session, account, found, filed.world.now(), lang)


@both_languages
def test_it_names_the_business_what_is_shared_and_with_whom(app, filed, owner, lang):
    first, second, third, *_others = filed.partners
    filed.choose(owner, first, second, third)
    filed.choose(owner, first, third)
    content = composed(app, filed, owner, lang)
    assert content.title == filed.consent.label.say(lang)
    assert filed.account.party.name in [value for _label, value in content.facts]
    (part,) = content.parts
    names = [filed.consent.partners[code].label.say(lang) for code in (first, third)]
    assert [name for name, _told in part.partners] == names
    assert all(owner.full_name in told for _name, told in part.partners)
    assert part.shares == [one.label.say(lang) for one in filed.consent.shares.values()]
    assert part.declaration == filed.consent.declaration.say(lang)


@both_languages
def test_what_was_given_under_earlier_words_is_attested_in_those(
    app, filed, owner, in_force, monkeypatch, lang
):
    before = filed.consent
    filed.choose(owner, filed.partners[0])
    other = before.declaration.model_copy(update={"en": "Otherwise.", "fr": "Autrement."})
    in_force(filed, wording=before.wording + 1, declaration=other)
    kept = filed.program.model_copy(update={"consents": {before.code: before}})
    asked = []
    monkeypatch.setattr(
        attestation, "published", lambda _db, _program, version: asked.append(version) or kept
    )
    (part,) = composed(app, filed, owner, lang).parts
    assert part.declaration == before.declaration.say(lang)
    assert asked == [filed.program.version]
    assert session.get(ProgramVersion, (filed.account.program_id, asked[0])) is not None


@both_languages
def test_a_name_in_letters_that_the_paper_does_not_have_is_still_a_sound_file(
    app, filed, owner, lang
):
    filed.choose(owner, *filed.partners)
    content = composed(app, filed, owner, lang)
    facts = [(label, "漢字 Trading Ltd.") for label, _value in content.facts]
    assert faults(attestation.render(dataclasses.replace(content, facts=facts)), lang) == []


def test_no_word_of_it_stands_in_the_drawing(app, filed, owner):
    filed.choose(owner, filed.partners[0])
    content = composed(app, filed, owner, "en")
    told = json.loads(json.dumps(dataclasses.asdict(content)))
    drawing = attestation.DRAWING.read_text(encoding="utf-8")
    words = [told["title"], told["lead"], told["partners_heading"], told["shares_heading"]]
    assert all(word not in drawing for word in words)
