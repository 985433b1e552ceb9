"""A MiniStack that is not the expected one is refused in one line."""

import pytest

from a2i_local.host import LocalAwsError
from a2i_local.host.adapter import private_names
from a2i_local.host.adapter.private_names import check_private_names

BROKER = "ministack.services.eventbridge"
TAIL = "; pip install ministack==1.5.33"


def test_the_installed_version_is_the_expected_one() -> None:
    check_private_names()


def test_names_a_function_that_takes_other_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(private_names.FUNCTIONS, BROKER, {"_put_events": "data"})

    with pytest.raises(LocalAwsError) as failure:
        check_private_names()

    assert str(failure.value) == (
        "ministack 1.5.33 is installed, 1.5.33 is needed: ministack.services.eventbridge."
        f"_put_events takes (data allow_aws_source), expected (data){TAIL}"
    )


def test_names_a_function_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(private_names.FUNCTIONS, BROKER, {"_publish": "data"})

    with pytest.raises(LocalAwsError, match=rf"{BROKER}\._publish is missing{TAIL}$"):
        check_private_names()


def test_names_a_value_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(private_names.VALUES, "ministack.app", ("HANDLERS",))

    with pytest.raises(LocalAwsError, match=r"ministack\.app\.HANDLERS is missing"):
        check_private_names()


def test_names_a_module_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(private_names.VALUES, "ministack.services.a2i", ("x",))

    with pytest.raises(LocalAwsError, match=r"ministack\.services\.a2i\.x is missing"):
        check_private_names()


@pytest.mark.parametrize("source", private_names.SOURCES)
def test_names_a_source_that_changed(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(private_names.SOURCES, source, "0" * 64)

    with pytest.raises(LocalAwsError, match=rf"ministack/{source} has the digest [0-9a-f]+, exp"):
        check_private_names()


def test_names_a_source_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(private_names.SOURCES, "services/a2i.py", "0" * 64)

    with pytest.raises(LocalAwsError, match=r"ministack/services/a2i\.py has the digest none"):
        check_private_names()
