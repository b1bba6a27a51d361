"""The command line: `medbrain …`. Each command turns words into one call."""

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api.assess_commands import assess, evaluate_app
from api.auth import STAFF, Role, Tokens
from api.import_commands import import_app
from api.ingest_commands import ingest_app
from api.rasa_commands import rasa_app
from api.secret_files import Secrets
from api.settings import load_settings
from knowledge_graph.domain.errors import InvalidInput, KnowledgeMissing, MedbrainError

_USER_CAN_MEND = 1


class Commands(TyperGroup):
    """Shows a named error as its sentence, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except MedbrainError as error:
            typer.secho(f"error: {error}", fg=typer.colors.RED, err=True)
            raise typer.Exit(_USER_CAN_MEND) from None


app = typer.Typer(
    name="medbrain",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Medical Brain: clinical decision support on a cited knowledge graph.",
)
knowledge_app = typer.Typer(no_args_is_help=True, help="Look at the published knowledge.")
app.add_typer(ingest_app, name="ingest")
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(rasa_app, name="rasa")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(import_app, name="import")
app.command("assess")(assess)


@app.command()
def run() -> None:
    """Set up what is missing, then run API, Rasa and worker until Ctrl-C."""
    from api.running import run_everything

    run_everything(load_settings())


@app.command()
def serve() -> None:
    """Run the API alone."""
    import uvicorn

    settings = load_settings()
    uvicorn.run(
        "api.app:build",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


@app.command()
def worker() -> None:
    """Run a worker that does the jobs of the queue."""
    from api.tasks import start_worker

    start_worker(load_settings())


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="doctor or administrator")],
    name: Annotated[str, typer.Option(help="whose it is; the audit log names it")] = "local",
    hours: Annotated[float | None, typer.Option(help="how long it is valid", min=0.01)] = None,
) -> None:
    """Issue a bearer token for local use."""
    if role not in STAFF:
        raise InvalidInput("Tokens are issued for doctor and administrator; others get theirs.")
    settings = load_settings()
    tokens = Tokens(Secrets(settings).signing_key)
    typer.echo(tokens.issue(name, role, hours or settings.token_hours))


@knowledge_app.command()
def stats(as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """What is known: the curated core, and the published knowledge if there is any."""
    from api.wiring import library_of
    from knowledge_graph.core.load import core_counts, shipped_core

    core = core_counts(shipped_core())
    published: dict[str, Any] | None = None
    with suppress(KnowledgeMissing):
        manifest = library_of(load_settings()).manifest()
        published = {
            "version": manifest.version,
            "created": manifest.created,
            "core_version": manifest.core_version,
            "embedder": manifest.embedder,
            "documents": dict(manifest.sources),
            "graph": dict(manifest.counts),
        }
    if as_json:
        json.dump({"core": core, "published": published}, sys.stdout, indent=2)
        typer.echo()
        return
    _list_numbers("curated core (drafted, not clinically reviewed)", core)
    if published is None:
        typer.echo("\nnothing is published yet: medbrain ingest core")
        return
    typer.echo(f"\nversion {published['version']}, published {published['created']}")
    typer.echo(f"core {published['core_version']}, vectors by {published['embedder']}")
    for title in ("documents", "graph"):
        _list_numbers(title, published[title])


def _list_numbers(title: str, numbers: Mapping[str, int]) -> None:
    typer.echo(f"\n{title}")
    for name, number in numbers.items():
        typer.echo(f"  {name:<20} {number:>10,}")


@app.command("openapi")
def openapi() -> None:
    """Print the API's OpenAPI document."""
    from api.app import create_app

    json.dump(create_app().openapi(), sys.stdout, indent=2, sort_keys=True)
    typer.echo()


if __name__ == "__main__":
    app()
