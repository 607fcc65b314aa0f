"""What `make removal` makes once, before it forks a trial for every guard."""

from __future__ import annotations


def test_the_portal_is_made_on_a_template_that_every_test_copies(portal, databases):
    with databases.copy() as one, databases.copy() as another:
        assert one != another
    assert portal.url_map
