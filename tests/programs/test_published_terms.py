"""Terms that people accepted never change under the version they accepted."""

from app.programs import library

# Kind and version → fingerprint of the wording, in both languages. A changed text gets a new
# version, which adds a line here; a line is never changed after a release.
PUBLISHED = {
    ("mfa", 1): "8de9cc8a4075de3be93f98b46d1fa4c940fa4ac0247c331c4a7eb0acad5a6858",
    ("portal", 1): "25ada673fcebf18ce7897a0e1725e6ecc00c50fa48b02f25c09dfbb97a3a9243",
    ("pip", 1): "4fdb852834b73f4a90c7361f326875a96e97df309362ff575cf981c1db0009cb",
}


def test_the_wording_of_published_terms_is_what_was_accepted():
    portal = library.portal().terms
    now = {
        ("mfa", portal.mfa.version): portal.mfa,
        ("portal", portal.portal.version): portal.portal,
    }
    now |= {(one.code, one.terms.version): one.terms for one in library.definitions()}
    for key, terms in now.items():
        assert PUBLISHED[key] == terms.sha256()


def test_a_fingerprint_changes_with_a_word_and_with_the_version():
    terms = library.portal().terms.portal
    other = terms.lead.model_copy(update={"fr": terms.lead.fr + " Oui."})
    assert terms.model_copy(update={"lead": other}).sha256() != terms.sha256()
    assert terms.model_copy(update={"version": 2}).sha256() != terms.sha256()
