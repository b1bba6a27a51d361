"""`.env.example` lists every setting with its default, and nothing else."""

import re
from pathlib import Path

from api.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
_LINE = re.compile(rf"# {PREFIX}([A-Z_]+)=(.*)")


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    return "" if value in (None, ()) else str(value)


def test_the_example_lists_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = {match[1].lower(): match[2] for line in lines if (match := _LINE.fullmatch(line))}
    assert listed == {name: _default(name) for name in Settings.model_fields}


def test_the_example_explains_every_setting() -> None:
    text = " ".join((ROOT / ".env.example").read_text(encoding="utf-8").split("\n# "))
    missing = [
        name
        for name, field in Settings.model_fields.items()
        if " ".join((field.description or "?").split()) not in text
    ]
    assert missing == []


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    example = tmp_path / ".env"
    example.write_text((ROOT / ".env.example").read_text(encoding="utf-8"), encoding="utf-8")
    assert Settings(_env_file=example).model_dump() == Settings(_env_file=None).model_dump()
