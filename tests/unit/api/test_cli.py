"""The command line: named errors as sentences, tokens that work, knowledge in numbers."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.auth import Role, Tokens
from api.cli import app
from api.secret_files import Secrets
from api.settings import PREFIX, Settings
from tests.support.services import make_services, settings_in

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDBRAIN_VAR", str(tmp_path / "var"))


@pytest.mark.parametrize("role", ["doctor", "administrator"])
def test_a_token_is_issued_for_staff(tmp_path: Path, role: str) -> None:
    result = run(app, ["token", "--role", role, "--name", "dr-wu"])
    assert result.exit_code == 0
    principal = Tokens(Secrets(settings_in(tmp_path)).signing_key).read(result.output.strip())
    assert (principal.id, principal.role) == ("dr-wu", Role(role))


@pytest.mark.parametrize("role", ["patient", "dialogue_engine", "king"])
def test_no_token_is_issued_for_others(role: str) -> None:
    result = run(app, ["token", "--role", role])
    assert result.exit_code != 0
    assert "ey" not in result.output.split()[0]


def test_a_named_error_is_a_sentence_without_a_traceback() -> None:
    result = run(app, ["evaluate", "inquiry", __file__, "--model", "none"])
    assert result.exit_code == 1
    assert result.output.startswith("error: There is no imported model 'none'")
    assert "Traceback" not in result.output


def test_the_core_is_told_in_numbers_before_anything_is_published() -> None:
    assert "nothing is published yet" in run(app, ["knowledge", "stats"]).output
    numbers = json.loads(run(app, ["knowledge", "stats", "--json"]).output)
    assert numbers["published"] is None
    assert numbers["core"]["conditions"] > 300
    assert numbers["core"]["findings"] > numbers["core"]["risk_factors"] > 0


def test_a_batch_is_assessed_in_order_and_a_broken_line_is_answered_too(tmp_path: Path) -> None:
    cases = [
        {"id": 1, "text": "Crushing chest pain, I am sweating", "age": 60, "sex": "male"},
        {"id": "zh", "text": "流鼻涕打喷嚏两天", "age": None, "sex": None},
        {"id": 3, "text": "cough", "age": 900, "sex": "female"},
    ]
    lines = [json.dumps(case, ensure_ascii=False) for case in cases]
    (tmp_path / "in.jsonl").write_text("\n".join([*lines, "{broken"]), "utf-8")
    words = ["assess", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl")]
    result = run(app, words)
    assert result.exit_code == 1  # two lines could not be read
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [answer["id"] for answer in answers] == [1, "zh", 3, None]
    assert answers[0]["urgency"] == "emergency_ambulance"
    assert answers[0]["rules"]
    assert {"id", "name", "state"} == set(answers[0]["findings"][0])
    assert len(answers[0]["candidates"]) >= 10
    assert {"name", "icd10", "synonyms", "probability"} == set(answers[0]["candidates"][0])
    assert answers[1]["candidates"][0]["name"] == "普通感冒"
    assert "900" in answers[2]["error"]
    assert "line 4" in answers[3]["error"]


def test_vignettes_are_measured_with_intervals_and_misses(tmp_path: Path) -> None:
    rows = [
        {"demographics": "30 year old female", "presentation": "Runny nose, sneezing, sore throat",
         "absent_findings": "No fever", "correct_diagnosis": "Common Cold"},
        {"demographics": "30 year old male", "presentation": "Runny nose", "family_history": "-",
         "correct_diagnosis": "Lycanthropy"},
    ]  # fmt: skip
    path = tmp_path / "vignettes.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    result = run(app, ["evaluate", "vignettes", str(path)])
    assert "among the first 1: 50.0 % (9.5-90.5; 1 of 2)" in result.output
    assert "Lycanthropy" in result.output
    path.write_text('{"demographics": "x"}')
    assert "line 1" in run(app, ["evaluate", "vignettes", str(path)]).output


def test_a_bad_setting_stops_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDBRAIN_PORT", "abc")
    for words in (["serve"], ["worker"], ["run"], ["knowledge", "stats"]):
        result = run(app, words)
        assert result.exit_code == 1
        assert result.output.startswith("error: MEDBRAIN_PORT: ")


def test_the_knowledge_is_told_in_numbers(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    version = services.library.current_version()
    services.close()
    spoken = run(app, ["knowledge", "stats"])
    assert f"version {version}" in spoken.output
    assert "medquad" in spoken.output
    numbers = json.loads(run(app, ["knowledge", "stats", "--json"]).output)
    assert numbers["published"]["version"] == version
    assert numbers["published"]["documents"] == {"core": 2, "medquad": 2}


@pytest.mark.parametrize(
    "word",
    [
        "run",
        "serve",
        "worker",
        "token",
        "ingest",
        "knowledge",
        "rasa",
        "openapi",
        "assess",
        "evaluate",
        "import",
    ],
)
def test_every_command_explains_itself(word: str) -> None:
    assert run(app, [word, "--help"]).exit_code == 0
