"""Java's reading of the models' patterns."""

import pytest

from a2i_local.protocol.validation import matcher


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        (r"\d{2}", "12", True),
        (r"\d{2}", "\uff11\uff12", False),
        (r"[\w-]+", "a-b_1", True),
        (r"[\w-]+", "ä", False),
        (r"[\p{L}\p{M}]+", "審査é", True),
        (r"[\p{L}\p{M}]+", "1", False),
        (r".+", "a\u2028b", False),
        (r"[\S\s]+", "a\u2028b\n", True),
        (r"[\[\]]\d", "]1", True),
        (r"^[a-z]+$", "abc", True),
        (r"^[a-z]+$", "abc\n", False),
    ],
)
def test_matches_whole_values(pattern: str, value: str, matches: bool) -> None:  # noqa: FBT001
    assert bool(matcher(pattern).fullmatch(value)) is matches
