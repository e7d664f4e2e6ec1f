import pytest

from tests.oracles import REQUIRE_ORACLES, require_oracle


def test_an_oracle_that_is_there_is_returned() -> None:
    assert require_oracle("json.decoder").__name__ == "json.decoder"


@pytest.mark.parametrize("value", [None, "", "0"])
def test_a_missing_oracle_skips(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv(REQUIRE_ORACLES, raising=False)
    else:
        monkeypatch.setenv(REQUIRE_ORACLES, value)
    with pytest.raises(pytest.skip.Exception, match="no_such_oracle"):
        require_oracle("no_such_oracle")


def test_a_missing_oracle_fails_where_oracles_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRE_ORACLES, "1")
    with pytest.raises(pytest.fail.Exception, match="no_such_oracle"):
        require_oracle("no_such_oracle")
