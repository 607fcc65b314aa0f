"""A slip in a definition names its file, its line, its key and what was expected."""

import pytest
import yaml

from app.programs import library, loader
from app.programs.loader import DefinitionError, parse, read_program, read_tree
from app.programs.schema.definition import Definition
from app.programs.schema.portal import Portal
from tests.programs.conftest import shortened, tree, written

PIP = shortened(library.source("pip"))
NOW = library.definition("pip").version


def slips(source: str, kind=Definition) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        parse(kind, source, "x.yaml")
    return [str(slip) for slip in caught.value.slips]


def line_of(source: str, fragment: str) -> int:
    (found,) = [n for n, line in enumerate(source.splitlines(), 1) if fragment in line]
    return found


def changed(old: str, new: str) -> str:
    assert PIP.count(old) == 1, f"{PIP.count(old)} × {old}"
    return PIP.replace(old, new)


def test_every_definition_that_is_shipped_can_be_read():
    assert library.portal().version
    assert [one.code for one in library.definitions()] == list(library.codes())
    assert "pip" in library.codes()


def test_a_repeated_key_is_refused_at_the_line_of_the_second():
    source = changed("    exclusive: yes\n", "    exclusive: yes\n    exclusive: no\n")
    line = line_of(source, "exclusive: yes") + 1
    (found,) = slips(source)
    where = f"x.yaml, line {line}, roles.account_owner.exclusive"
    assert found == f"{where}: expected each key once; it is repeated"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a: &anchor 1\nb: 2",
            "x.yaml, line 1: expected the value itself, not an anchor or an alias",
        ),
        ("a: 1\nb: &m {c: 1}\nd: *m", "x.yaml, line 2: expected the value itself, not an anchor"),
        ("a: 1\nb: !!int 2", "x.yaml, line 2: expected a value without a tag"),
        ("a: 1\nb: !python/object:os.system x", "x.yaml, line 2: expected a value without a tag"),
        ("a: 1\n  b: 2\n", "x.yaml, line 2: expected YAML"),
        ("a: 1\n---\nb: 2\n", "x.yaml, line 2: expected YAML"),
        ("- a\n- b\n", "x.yaml, line 1: expected keys with values below them"),
        ("", "x.yaml, line 1: expected keys with values below them"),
        ("? [a, b]\n: 1\n", "x.yaml, line 1: expected a key in plain text"),
    ],
)
def test_what_hides_a_value_from_its_reader_is_refused(text, sentence):
    assert slips(text)[0].startswith(sentence)


def test_every_shorthand_is_told_and_none_is_followed():
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: [*a, *a]\n" for n in "bcd")
    assert [one.partition(":")[0] for one in slips(bomb)] == [
        f"x.yaml, line {n}" for n in (1, 2, 3, 4)
    ]


def test_every_scalar_stays_the_text_that_was_written():
    _, values = read_tree("a: no\nb: 0142\nc: 2026-11-01\nd: 1e3\ne: ~\nf: null\n", "x.yaml")
    assert values == {
        "a": "no",
        "b": "0142",
        "c": "2026-11-01",
        "d": "1e3",
        "e": "~",
        "f": "null",
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_neither_language_may_be_missing(language):
    value = tree()
    del value["roles"]["full_access_user"]["label"][language]
    source = written(value)
    line = source.splitlines().index("  full_access_user:") + 2
    (found,) = slips(source)
    where = f"x.yaml, line {line}, roles.full_access_user.label.{language}"
    assert found == f"{where}: expected this key, and it is missing"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("empty", ["", "   "])
def test_neither_language_may_be_empty(language, empty):
    value = tree()
    value["names"]["full"][language] = empty
    (found,) = slips(written(value))
    assert found.endswith(f"names.full.{language}: expected text that is not empty")


def test_a_text_in_one_language_only_says_that_two_are_expected():
    source = changed("  short:\n    en: PIP\n    fr: PEP\n", "  short: PIP\n")
    (found,) = slips(source)
    where = f"x.yaml, line {line_of(source, '  short: PIP')}, names.short"
    assert found == f"{where}: expected the text in English (en) and in French (fr)"


def test_an_unknown_key_is_refused_at_its_line():
    source = changed("    exclusive: yes\n", "    exclusive: yes\n    exclusif: oui\n")
    line = line_of(source, "exclusif")
    assert slips(source) == [
        f"x.yaml, line {line}, roles.account_owner.exclusif: expected no such key here"
    ]


def test_all_slips_are_told_at_once_in_the_order_of_the_file():
    source = changed("    exclusive: yes\n", "    exclusive: perhaps\n").replace(
        "    valid: 45 calendar days\n", "    valid: 45 days\n"
    )
    first, second = slips(source)
    assert "roles.account_owner.exclusive: expected yes or no" in first
    assert "enrolment.mailed_code.valid: expected a number of days with their kind" in second


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (f"version: {NOW}\n\nnames", "version: one\n\nnames", "version: expected a whole number"),
        (f"version: {NOW}\n\nnames", "version: 0\n\nnames", "version: expected a whole number"),
        (f"version: {NOW}\n\nnames", "version: [1]\n\nnames", "version: expected a whole number"),
        ("\nzone: America/Toronto", "\nzone: America/Torronto", "zone: expected a time zone"),
        ("late_after: 2 business days", "late_after: 2 calendar days", "expected business days"),
        ("valid: 45 calendar days", "valid: 45 weekdays", "expected calendar days here"),
        ("email: pip-pep@cbsa-asfc.gc.ca", "email: pip-pep", "expected an e-mail address"),
        ("telephone: 1-800-555-0142", "telephone: 555", "expected a telephone number"),
        ("    gives: [proxy_", "    gives: proxy_x # [", "expected a list with at least one item"),
        ('pattern: "[0-9]{9}"', 'pattern: "[0-9"', "expected a regular expression"),
        (
            "      users.view: ",
            "      users.look: ",
            "expected an action the portal knows instead of users.look",
        ),
        ("  member:\n", "  Full member:\n", "expected a code in small letters"),
        (
            "  accepted: at_activation",
            "  accepted: never",
            "expected once, at_every_sign_in or at_activation",
        ),
        ("  accepted: at_activation", "  accepted: once", "terms.accepted: expected at_activation"),
        ("  published: 2026-11-01", "  published: 2026-11-31", "expected a date that exists"),
        (
            "    latest_movement:\n      type: date",
            "    latest_movement:\n      type: number",
            "expected yes_no, one_of, several_of or date",
        ),
        (
            "          older_than: 90 calendar days",
            "          answers: [no]",
            "expected an answer to this question, not no",
        ),
        (
            "  role: account_owner\n  # The",
            "  role: owner\n  # The",
            "transfer.role: expected one of the roles, not owner",
        ),
        (
            "  old_holder_becomes: proxy",
            "  old_holder_becomes: x_proxy",
            "expected one of the roles",
        ),
        (
            "    may: [view_users,",
            "    may: [see_users,",
            "roles.user_administrator.may.1: expected a row of the matrix, not see_users",
        ),
        (
            "    proposes: [full_access_user, ",
            "    proposes: [account_owner, ",
            "expected another role: account_owner is only transferred",
        ),
        (
            "proposes: [full_access_user, user_administrator]\n",
            "gives: [proxy_account_owner]\n",
            "expected a role no higher than user_administrator",
        ),
        (
            "  gives: [proxy_account_owner, full",
            "  proposes: [user_administrator]\n    gives: [proxy_account_owner, full",
            "expected user_administrator under gives or here, not in both",
        ),
        (
            "%(business)s was registered",
            "%(name)s was registered",
            "expected the same placeholders in both languages; check business, name",
        ),
        (
            "source: {page: memorandum}",
            "source: {page: memo}",
            "expected a page listed under sources",
        ),
        (
            "question: lines, among: [importer]",
            "question: carm2, among: [importer]",
            "expected a question asked before this one",
        ),
        (
            "question: lines, among: [importer]",
            "question: lines, among: [baker]",
            "expected an answer to it, not baker",
        ),
        (
            "answers: [customs_broker, ",
            "answers: [broker, ",
            "expected an answer to this question, not broker",
        ),
        (
            "Pas encore membre}\n    initial: yes",
            "Pas encore membre}\n    initial: no",
            "standings: expected one standing with initial: yes",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_what_was_expected(old, new, expected):
    found = slips(changed(old, new))
    assert any(expected in slip for slip in found), found


def test_the_same_action_in_two_rows_is_refused():
    value = tree()
    value["matrix"]["add_users"]["actions"]["users.view"] = {"en": "See", "fr": "Voir"}
    (found,) = slips(written(value))
    assert "matrix.add_users.actions.users.view: expected each action in one row" in found


def test_a_placeholder_that_nothing_fills_is_refused():
    value = tree()
    value["letters"]["activation"]["closing"] = {"en": "%(who)s", "fr": "%(who)s"}
    (found,) = slips(written(value))
    assert "letters.activation.closing: expected placeholders among" in found


def test_an_exclusive_role_is_what_is_transferred():
    value = tree()
    value["transfer"]["role"] = "full_access_user"
    assert any(
        "transfer.role: expected an exclusive role" in slip for slip in slips(written(value))
    )


def test_a_definition_is_named_after_its_program(tmp_path):
    path = tmp_path / "pap.yaml"
    path.write_text(PIP, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"pap\.yaml, line 5, code: expected pap"):
        read_program(path)


def test_no_program_gives_its_codes_a_longer_life_than_the_portal_allows(tmp_path, monkeypatch):
    (tmp_path / "portal.yaml").write_bytes((library.DEFINITIONS / "portal.yaml").read_bytes())
    longer = changed("valid: 45 calendar days", "valid: 46 calendar days")
    (tmp_path / "pip.yaml").write_text(longer, encoding="utf-8")
    monkeypatch.setattr(library, "DEFINITIONS", tmp_path)
    with pytest.raises(
        DefinitionError, match=r"mailed_code\.valid: expected 45 calendar days at most"
    ):
        library.definition("pip")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "    life: 10 minutes",
            "    life: 10",
            "limits.one_time_code.life: expected a length of time",
        ),
        (
            "    digits: 6",
            "    digits: six",
            "limits.one_time_code.digits: expected a whole number",
        ),
        (
            "    tries: 5\n    in_a",
            "    tries: 11\n    in_a",
            "limits.one_time_code.tries: expected a value no greater",
        ),
        (
            "    warning: 2 minutes",
            "    warning: 20 minutes",
            "limits.session.warning: expected a value no greater",
        ),
        ("    groups: 3", "    groups: 5", "expected a number that divides the length"),
        ("alphabet: 2345", "alphabet: 22345", "expected each character once, and found 2 again"),
        ("    accepted: once", "    accepted: at_activation", "terms.mfa.accepted: expected once"),
    ],
)
def test_a_limit_without_unit_or_out_of_order_is_refused(old, new, expected):
    text = (library.DEFINITIONS / "portal.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    found = slips(text.replace(old, new), Portal)
    assert any(expected in slip for slip in found), found


def test_both_readers_of_yaml_see_the_same_and_count_the_same_lines(monkeypatch):
    """The one in C, where it is there, and the one in Python."""
    wrong = changed("    exclusive: yes\n", "    exclusive: perhaps\n")
    seen = []
    for reader in (yaml.CSafeLoader, yaml.SafeLoader):
        monkeypatch.setattr(loader, "_LOADER", reader)
        seen.append((read_tree(PIP, "x.yaml")[1], slips(wrong), slips("a: &x 1\n"), slips("a: [")))
    assert seen[0][:3] == seen[1][:3]
    assert [one.partition(": ")[0] for one in seen[0][3]] == ["x.yaml, line 2"]
