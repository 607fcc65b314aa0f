"""Terms that people accepted never change under the version they accepted."""

from app.programs import library

# Kind and version → fingerprint of the wording, in both languages. A changed text gets a new
# version, which adds a line here; a line is never changed after a release.
PUBLISHED = {
    ("mfa", 1): "7acf3567d30abeadaa42ea57c47c2768cb49ea236640186227143b6da6897ee7",
    ("portal", 1): "a130ea08bb973b9d08bace07f554063e23f6a926b4ceda4550e2f40b13df5180",
    ("carm", 1): "be43a5fc22477ce486136f6e3b88e874bcb54a6946d71026deea1baa102f7e1f",
    ("pip", 1): "3e3c178d668941601c30b2ac1839648fe2b25112ec4d175c06b7c84562b735c8",
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
