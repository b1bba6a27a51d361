"""Settings: they work with an empty environment, and a bad value says how to mend it."""

from pathlib import Path

import pytest

from api.settings import PREFIX, Settings, SettingsInvalid, load_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_an_empty_environment_is_enough() -> None:
    settings = load_settings()
    assert settings.records_address == "sqlite:///var/records.sqlite"
    assert settings.graph_url is None
    assert settings.api_url == "http://127.0.0.1:8000"


def test_an_empty_value_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDBRAIN_GRAPH_URL", "")
    assert load_settings().graph_url is None


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDBRAIN_CORS_ORIGINS", "https://a.example, http://b.example:81")
    assert load_settings().cors_origins == ("https://a.example", "http://b.example:81")


@pytest.mark.parametrize(
    ("name", "value", "helped"),
    [
        ("PORT", "abc", "leave it out to use 8000"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("GRAPH_URL", "localhost:7687", "bolt://host:port"),
        ("BROKER_URL", "kafka://x", "redis://host:port"),
        ("RECORDS_URL", "mysql://x/y", "postgresql+psycopg://"),
        ("RECORDS_URL", "not an address", "postgresql+psycopg://"),
        ("RASA_URL", "127.0.0.1", "http://host:port"),
        ("CORS_ORIGINS", "*", "https://clinic.example"),
        ("CORS_ORIGINS", "https://a.example/path", "https://clinic.example"),
        ("TIME_ZONE", "Mars/Base", "Europe/Paris"),
        ("SECRET", "short", "32 characters"),
        ("TRANSCRIPT_KEY", "short", "Fernet.generate_key"),
        ("LOG_LEVEL", "LOUD", "INFO"),
    ],
)
def test_a_bad_value_names_the_setting_and_the_fix(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, helped: str
) -> None:
    monkeypatch.setenv(f"MEDBRAIN_{name}", value)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    message = str(caught.value)
    assert message.startswith(f"MEDBRAIN_{name}: ")
    assert helped in message


def test_a_bad_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDBRAIN_SECRET", "hunter2")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_every_fault_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDBRAIN_PORT", "abc")
    monkeypatch.setenv("MEDBRAIN_TIME_ZONE", "Mars/Base")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    assert str(caught.value).count("\n") == 1


def test_a_misspelt_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MEDBRAIN_PROT=9000\n")
    with pytest.raises(SettingsInvalid, match="MEDBRAIN_PROT is no setting"):
        load_settings()


def test_the_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("MEDBRAIN_PORT=9000\nMEDBRAIN_HOST=0.0.0.0\n")
    monkeypatch.setenv("MEDBRAIN_PORT", "9001")
    settings = load_settings()
    assert (settings.port, settings.host) == (9001, "0.0.0.0")
    assert settings.api_url == "http://127.0.0.1:9001"


def test_everything_written_lies_under_one_folder() -> None:
    settings = Settings(var=Path("/somewhere"), _env_file=None)
    folders = [getattr(settings, name) for name in vars(Settings) if name.endswith("_folder")]
    assert len(folders) >= 8
    assert all(folder.is_relative_to("/somewhere") for folder in folders)
