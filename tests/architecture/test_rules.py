"""The house rules that no linter knows, checked on the code itself."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("knowledge_graph", "ingest", "assistant", "api")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "rasa_project" not in path.parts and "node_modules" not in path.parts
)
LONGEST_MODULE = 300
VAGUE_NAMES = re.compile(r"^(utils?|helpers?|common|manager|handler|base|misc)(_|\.|$)")
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND|DETACH DELETE|OPTIONAL MATCH)\s+[\(\$]")
# Settings read the environment; so do the tests' own switches, which are no module of ours.
READS_ENVIRONMENT = {"api/settings.py"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_small_and_named_for_what_it_is(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE
    assert not VAGUE_NAMES.match(path.name)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    if tree.body:
        assert ast.get_docstring(tree), f"{name_of(path)} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_cypher_has_one_home(path: Path) -> None:
    if name_of(path) == "knowledge_graph/stores/cypher.py":
        assert CYPHER.search(path.read_text("utf-8"))
    else:
        assert not CYPHER.search(path.read_text("utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    reads = [
        node.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("getenv", "environ")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and isinstance(node.ctx, ast.Load)
    ]
    if reads and name_of(path) not in READS_ENVIRONMENT:
        # Handing the environment on to a child process is not reading a setting from it.
        text = path.read_text("utf-8")
        assert len(reads) == len(
            re.findall(r"\*\*os\.environ|os\.environ\.copy\(\)|dict\(os\.environ\)", text)
        )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_inner_layers_do_not_speak_http(path: Path) -> None:
    if not name_of(path).startswith("api/"):
        imported = {
            (node.module or "").split(".")[0]
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom)
        }
        assert not imported & {"fastapi", "starlette", "uvicorn", "typer"}
