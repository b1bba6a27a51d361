"""`medbrain import`: models out of published benchmark sets, kept apart from the curated core."""

from pathlib import Path
from typing import Annotated

import typer

from api.settings import load_settings
from assistant.imported_models import ddxplus, inquiry
from assistant.imported_models.table_model import TableModel, save

import_app = typer.Typer(no_args_is_help=True, help="Build a model from a benchmark's data set.")
_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


@import_app.command("ddxplus")
def import_ddxplus(
    conditions: _File,
    evidences: _File,
    patients: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="training part, CSV")],
    name: Annotated[str, typer.Option(help="what to call the model")] = "ddxplus",
) -> None:
    """A model of a DDXPlus release, its frequencies from the patients given."""
    release = ddxplus.read_release(conditions, evidences)
    people = ddxplus.read_patients(patients, release)
    _keep(ddxplus.fit_patients(name, release, people), len(people))


@import_app.command("inquiry")
def import_inquiry(
    train: _File,
    name: Annotated[str | None, typer.Option(help="default: the file's folder")] = None,
) -> None:
    """A model of a Chinese inquiry set (Dxy, MZ-4, MZ-10)."""
    inquiries = inquiry.read_inquiries(train)
    _keep(inquiry.fit_inquiries(name or train.parent.name, inquiries), len(inquiries))


def _keep(model: TableModel, people: int) -> None:
    path = save(model, load_settings().imported_models_folder)
    shape = model.shape
    typer.echo(
        f"model {model.name}: {len(shape.conditions)} conditions, {len(shape.findings)} findings, "
        f"{len(shape.questions)} questions, from {people:,} records; kept in {path}"
    )
