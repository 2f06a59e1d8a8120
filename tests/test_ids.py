"""Public identifiers."""

import re

from interaction_center.ids import public_id


def test_an_id_has_sixteen_characters_that_nobody_mistakes() -> None:
    ids = {public_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{16}", one) for one in ids)
    assert set("".join(ids)) == set("0123456789abcdefghjkmnpqrstvwxyz")
