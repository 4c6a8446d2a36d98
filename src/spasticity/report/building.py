"""The report of a study: every section, and the folder that holds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
from tqdm.auto import tqdm

from spasticity import plot
from spasticity.errors import DataError, listed
from spasticity.files import csv_bytes, write
from spasticity.report import effects, safety, side_by_side, topics, trust
from spasticity.report.artefacts import FORMATS, Figure, Section, Table
from spasticity.report.folder import publish, refuse_foreign, study_facts
from spasticity.report.material import Material
from spasticity.report.page import index_html
from spasticity.study import Study

#: The standard report, in the order of the page.
SECTIONS: tuple[Callable[[Material], Section], ...] = (
    trust.data,
    trust.people,
    effects.primary,
    topics.spasms,
    topics.tone,
    topics.sleep,
    topics.walking,
    topics.treatment,
    safety.harms,
    side_by_side.benefits,
    topics.others,
)


def build(
    study: Study, folder: Path | str, *, formats: tuple[str, ...] = FORMATS, dpi: int = 300, progress: bool = False
) -> Path:
    """Write the report of a study: figures, the numbers behind them, captions, tables, an index page, a manifest.

    The same study gives the same bytes. An earlier report in the folder is replaced when nobody changed it.

    Parameters
    ----------
    study : Study
    folder : Path or str
        New, empty, or an unchanged earlier report.
    formats : tuple of str
        Of the figures: `svg` (always made, for the page), `pdf`, `png`.
    dpi : int
        Resolution of PNG files.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When the folder holds other files; nothing is written then.
    """
    refuse_foreign(Path(folder).resolve())
    formats = tuple(dict.fromkeys(("svg", *formats)))
    with plot.style("report"):
        material = Material.of(study)
        sections = []
        contents: dict[str, bytes] = {}
        for make in tqdm(SECTIONS, desc="Report", unit="section", disable=not progress):
            made = make(material)
            sections.append(made)
            contents |= _files(made, formats, dpi)
    contents["outcomes.csv"] = csv_bytes(material.outcomes)
    contents["captions.md"] = _captions(sections).encode("utf-8")
    contents["index.html"] = index_html(study, sections, formats).encode("utf-8")
    return publish(folder, contents, study_facts(study))


def _files(made: Section, formats: tuple[str, ...], dpi: int) -> dict[str, bytes]:
    """The files of a section; its drawings are closed once they are written."""
    contents: dict[str, bytes] = {}
    for item in made.items:
        if isinstance(item, Figure):
            contents |= {f"figures/{name}": data for name, data in item.files(formats=formats, dpi=dpi).items()}
            plt.close(item.canvas)
        else:
            contents |= {f"tables/{name}": data for name, data in item.files().items()}
    return contents


def _captions(sections: list[Section]) -> str:
    lines = ["# Captions", ""]
    for kind, label in ((Figure, "Figure"), (Table, "Table")):
        items = [item for made in sections for item in made.items if isinstance(item, kind)]
        for number, item in enumerate(items, start=1):
            words = item.caption if isinstance(item, Figure) else item.note
            lines += [f"**{label} {number}. {item.title}** (`{item.name}`). {words}", ""]
    return "\n".join(lines)


def save(
    item: Figure | Table,
    folder: Path | str,
    *,
    formats: tuple[str, ...] = FORMATS,
    dpi: int = 300,
    overwrite: bool = False,
) -> list[Path]:
    """Write one figure or table: images, the numbers behind it, caption and alt text.

    Parameters
    ----------
    item : Figure or Table
        From `report.figure`, or a table of the report.
    folder : Path or str
        Made when it is not there.
    formats : tuple of str
        Of a figure, among `svg`, `pdf` and `png`.
    dpi : int
        Resolution of a PNG.
    overwrite : bool
        Whether files of that name may be replaced.

    Returns
    -------
    list of Path
        Every file that was written.

    Raises
    ------
    DataError
        When a file exists and may not be replaced; nothing is written then.
    """
    folder = Path(folder)
    contents = item.files(formats=formats, dpi=dpi) if isinstance(item, Figure) else item.files()
    present = [name for name in contents if (folder / name).exists()]
    if present and not overwrite:
        raise DataError(f"{folder.name}: {listed(present, 'and')} exist and are not overwritten; pass overwrite=True.")
    return [write(folder / name, content, overwrite=overwrite) for name, content in contents.items()]
