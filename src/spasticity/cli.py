"""The command line: each command is one call into the rooms."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from spasticity import __version__
from spasticity.errors import SpasticityError

#: Exit codes, also in `spasticity --help`.
FINDINGS, UNUSABLE, UNWRITABLE = 1, 3, 4

STUDY = click.Path(path_type=Path)


class _Commands(click.Group):
    """Words errors in one line and gives each kind its exit code; the traceback is for defects only."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except SpasticityError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(UNUSABLE)
        except OSError as error:
            click.echo(f"Error: {error.filename or 'a file'}: {error.strerror or error}.", err=True)
            sys.exit(UNWRITABLE)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def main() -> None:
    """Spasticity outcomes: from a study folder to its report.

    A study is a folder with study.toml and one CSV file per table; `spasticity simulate` makes one to look at.
    It describes research data and gives no treatment advice.

    Exit codes: 0 done, 1 `check` found something to look at, 2 wrong usage, 3 the data cannot be used, 4 a file
    cannot be read or written.
    """


@main.command()
@click.argument("study", type=STUDY)
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), show_default=True, help="New folder.")
@click.option("--style", default="report", show_default=True, help="Printed size, such as nature, lancet or double.")
@click.option("--format", "formats", multiple=True, help="Of the figures: svg, pdf, png, eps, tiff; may be repeated.")
@click.option("--document", "documents", multiple=True, help="The whole report as docx or pdf too; may be repeated.")
@click.option("--plan", type=STUDY, help="An analysis plan (TOML): its analyses first, all others exploratory.")
@click.option("--dpi", type=click.IntRange(72, 1200), default=300, show_default=True, help="Of PNG and TIFF.")
@click.option("--quiet", is_flag=True, help="No progress.")
def report(
    study: Path,
    out: Path,
    style: str,
    formats: tuple[str, ...],
    documents: tuple[str, ...],
    plan: Path | None,
    dpi: int,
    quiet: bool,
) -> None:
    """Write the report of STUDY: figures, their numbers, tables, captions and an index page.

    An earlier report in the folder is replaced as long as nobody changed it; other files are never touched. A run that
    was stopped half-way is gone on with by the same command.
    """
    from spasticity import load
    from spasticity.report import FORMATS, build

    folder = build(
        load.study(study),
        out,
        formats=formats or FORMATS,
        dpi=dpi,
        style=style,
        documents=documents,
        plan=plan,
        progress=not quiet,
    )
    click.echo(f"Report written: open {Path(folder) / 'index.html'}")


@main.command()
@click.argument("folder", type=STUDY)
def verify(folder: Path) -> None:
    """Is the report in FOLDER as it was written? Exit code 1 when a file is changed, missing or not of it."""
    from spasticity.report import verify as room

    found = room(folder)
    for file, state in found.itertuples(index=False):
        click.echo(f"{file}: {state}", err=True)
    if len(found):
        sys.exit(FINDINGS)
    click.echo(f"{folder.name}: every file is as it was written.")


@main.command()
@click.argument("folder", type=STUDY)
@click.argument("study", type=STUDY)
@click.option("--plan", type=STUDY, help="The analysis plan, when the report has one.")
@click.option("--quiet", is_flag=True, help="No progress.")
def rerun(folder: Path, study: Path, plan: Path | None, quiet: bool) -> None:
    """Make the report in FOLDER again from STUDY, elsewhere, and compare. Exit code 1 when something differs.

    FOLDER is only read.
    """
    from spasticity import load
    from spasticity.report import rerun as room

    found = room(folder, load.study(study), plan=plan, progress=not quiet)
    for what, state in found.itertuples(index=False):
        click.echo(f"{what}: {state}", err=True)
    if len(found):
        sys.exit(FINDINGS)
    click.echo(f"{folder.name}: made again, every file has the same bytes.")


@main.command()
@click.argument("plan", type=STUDY)
@click.argument("study", type=STUDY)
def lock(plan: Path, study: Path) -> None:
    """Put on record what the analysis plan PLAN says, and the data of STUDY, before the analysis is run."""
    from spasticity import load
    from spasticity.report import lock_plan

    click.echo(f"Locked: {lock_plan(plan, load.study(study))}. Next: spasticity report {study} --plan {plan}")


@main.command()
@click.argument("name")
@click.option("--study", "folder", type=STUDY, help="Folder of your own study instead of the sample.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("told"), show_default=True, help="Folder.")
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the notebook; may be repeated."
)
def notebook(name: str, folder: Path | None, out: Path, given: tuple[str, ...]) -> None:
    """Run the notebook NAME (such as 03, or all) on a study, and write it executed, as notebook and as page.

    Visits and arms come from the study's protocol. Exit code 1 when a cell failed; the others were run all the same.
    """
    from spasticity import load
    from spasticity.report.notebooks import find_notebooks, run_notebook

    place = folder or load.sample_folder()
    protocol = load.study(place).protocol
    values = dict(_parameter(text) for text in given)
    failed = 0
    for path in find_notebooks(name):
        told = run_notebook(path, place, protocol, out, given=values)
        failed += len(told.failed)
        for words in told.failed:
            click.echo(f"{told.name}: {words}", err=True)
        click.echo(f"Notebook run: open {told.written[-1]}")
    if failed:
        sys.exit(FINDINGS)


def _parameter(text: str) -> tuple[str, Any]:
    """NAME=VALUE; what is no Python value is text."""
    import ast

    name, sign, value = text.partition("=")
    if not sign:
        raise click.BadParameter(f"--set takes NAME=VALUE, not {text!r}.")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


@main.command("map")
@click.argument("export", type=STUDY)
@click.option("--dictionary", type=STUDY, help="Data dictionary of a REDCap project.")
@click.option("--table", help="The table that EXPORT holds; otherwise the likeliest is suggested.")
@click.option("--out", type=click.Path(path_type=Path), help="A new file instead of the screen.")
def draft(export: Path, dictionary: Path | None, table: str | None, out: Path | None) -> None:
    """Write the draft of a mapping from the header of EXPORT, to be filled in and confirmed."""
    from spasticity import load
    from spasticity.files import write

    text = load.draft(export, dictionary=dictionary, table=table)
    if out is None:
        click.echo(text, nl=False)
    else:
        click.echo(f"Draft written: {write(out, text)}. Fill in each TODO; then: spasticity check {out.parent}")


@main.command()
@click.argument("study", type=STUDY)
def check(study: Path) -> None:
    """What is in STUDY, and can it be trusted? Exit code 1 when there is something to look at.

    STUDY is a folder, or a mapping. What is wrong with a study.toml or a mapping is said all at once, line by line.
    """
    from spasticity import load
    from spasticity.report import checkup

    wrong = load.problems(study)
    for file, line, problem in wrong.itertuples(index=False):
        click.echo(f"{file}, line {line}: {problem}", err=True)
    if len(wrong):
        sys.exit(UNUSABLE)
    if study.is_file():
        click.echo(f"{study.name}: nothing is wrong with it.")
        return
    found = checkup(load.study(study))
    click.echo(found.summary())
    if found.findings:
        sys.exit(FINDINGS)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--design", type=click.Choice(["sample", "small"]), default="sample", show_default=True)
@click.option("--seed", type=int, help="Another seed than that of the sample.")
def simulate(folder: Path, design: str, seed: int | None) -> None:
    """Write an invented study to FOLDER, with the truth that was planted in it."""
    from spasticity import simulate as room

    designs = {"sample": room.SAMPLE_DESIGN, "small": room.SMALL_DESIGN}
    room.write(folder, designs[design], seed=room.SAMPLE_SEED if seed is None else seed)
    click.echo(f"Study written: {folder}. Next: spasticity report {folder}")


@main.command()
@click.option("--table", help="One table only.")
@click.option("--out", type=click.Path(path_type=Path), help="A CSV file instead of the screen.")
def codebook(table: str | None, out: Path | None) -> None:
    """Every table and column a study may have: unit, values, key, direction of benefit."""
    import pandas as pd

    from spasticity.errors import listed
    from spasticity.files import csv_bytes, write
    from spasticity.tables import STUDY_TABLES

    names = [schema.name for schema in STUDY_TABLES]
    if table is not None and table not in names:
        raise click.BadParameter(f"there is no table {table!r}; there are {listed(names, 'and')}.")
    chosen = [schema for schema in STUDY_TABLES if table in (None, schema.name)]
    if out is not None:
        book = pd.concat([schema.codebook() for schema in chosen], ignore_index=True)
        click.echo(f"Codebook written: {write(out, csv_bytes(book))}")
        return
    for schema in chosen:
        click.echo(f"\n{click.style(schema.name, bold=True)}: {schema.label}")
        for column in schema:
            mark = " (key)" if column.name in schema.key else " (required)" if column.required else ""
            note = f"; {column.note}" if column.note else ""
            click.echo(f"  {column.name:<18} {column.axis_label}: {column.expected}{mark}{note}")
