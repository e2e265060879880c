from typing import Any

import pytest

from api import __main__ as program
from api.settings import Settings, secret_of

ENVIRONMENT = {"NETWORK": "n.json", "RPC": "http://node/token", "DATABASE": "postgresql://u:pass@h/d", "INDEX_KEY": "k"}


@pytest.fixture
def environment(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(f"PASSAVANT_{name}", value)
    monkeypatch.setenv("PASSAVANT_RELAY", "env:SECRET")


def test_settings_come_from_the_environment(environment):
    settings = Settings()
    client = settings.client()
    assert (client.database, client.relay, client.rpc) == ("postgresql://u:pass@h/d", "env:SECRET", "http://node/token")
    assert not settings.reads_inline


def test_no_secret_in_repr(environment):
    shown = repr(Settings()) + str(Settings())
    for secret in ("pass", "SECRET", "token"):
        assert secret not in shown.replace("passavant", "")


def test_every_setting_is_documented():
    assert all(field.description for field in Settings.model_fields.values())


def test_a_session_is_fifteen_minutes_at_most(environment, monkeypatch, capsys):
    monkeypatch.setenv("PASSAVANT_SESSION_SECONDS", "901")
    assert program.main([]) == 2
    assert "PASSAVANT_SESSION_SECONDS" in capsys.readouterr().err


def test_a_secret_is_made_once(tmp_path):
    path = tmp_path / "session.key"
    first = secret_of(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_of(path) == first
    assert secret_of(None) != secret_of(None)
    path.write_bytes(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        secret_of(path)


def test_the_manual_names_every_setting(capsys):
    assert program.main(["--help"]) == 0
    manual = capsys.readouterr().out
    assert all(f"PASSAVANT_{name.upper()} (" in manual for name in Settings.model_fields)
    assert program.main(["--nonsense"]) == 2


def test_uvicorn_gets_the_settings(environment, monkeypatch):
    served: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: served.update(options, app=app))
    monkeypatch.setenv("PASSAVANT_PORT", "8123")
    monkeypatch.setenv("PASSAVANT_PROXIES", "10.0.0.1")
    assert program.main([]) == 0
    assert (served["port"], served["forwarded_allow_ips"], served["proxy_headers"]) == (8123, "10.0.0.1", True)
