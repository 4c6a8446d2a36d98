"""The report of a study: every section, and the folder that holds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import matplotlib.pyplot as plt
from tqdm.auto import tqdm

from spasticity import plot
from spasticity.errors import DataError, listed, one_of
from spasticity.files import csv_bytes, write
from spasticity.report import effects, safety, side_by_side, topics, trust
from spasticity.report.artefacts import Figure, Section, Table
from spasticity.report.chapters import Chapter, chapter, items, labelled
from spasticity.report.folder import study_facts, study_key
from spasticity.report.images import FORMATS, IMAGE_FORMATS
from spasticity.report.material import Material
from spasticity.report.methods import methods_section
from spasticity.report.page import facts, index_html
from spasticity.report.paper import pdf_report, typesetter
from spasticity.report.planned import UNPLANNED, planned_section
from spasticity.report.plans import changes_since_lock, read_plan
from spasticity.report.typesetting import workbook
from spasticity.report.word import word_report, word_writer
from spasticity.report.writing import Made, Workshop, workshop
from spasticity.study import Study

#: The whole report as one file, by its ending; and the library it needs.
DOCUMENTS = {"docx": word_report, "pdf": pdf_report}
NEEDED = {"docx": word_writer, "pdf": typesetter}
Maker = Callable[[Material], Section]
#: What comes before any analysis.
ABOUT: tuple[Maker, ...] = (trust.data, trust.people)
#: The standard report, in the order of the page.
SECTIONS: tuple[Maker, ...] = (
    *ABOUT,
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
    study: Study,
    folder: Path | str,
    *,
    formats: tuple[str, ...] = FORMATS,
    dpi: int = 300,
    style: str = "report",
    documents: tuple[str, ...] = (),
    plan: Path | str | None = None,
    progress: bool = False,
) -> Path:
    """Write the report of a study: figures, the numbers behind them, captions, tables, an index page, a manifest.

    The same study gives the same bytes. An earlier report in the folder is replaced when nobody changed it. A run that
    was killed is gone on with by the next one of the same study and options: sections that were whole are not made
    again.

    Parameters
    ----------
    study : Study
    folder : Path or str
        New, empty, or an unchanged earlier report.
    formats : tuple of str
        Of the figures: `svg` (always made, for the page), `pdf`, `png`, `eps`, `tiff`.
    dpi : int
        Resolution of PNG and TIFF files.
    style : str
        One of `plot.PRESETS`.
    documents : tuple of str
        The whole report as one file besides the page: `docx` (Word; needs python-docx) and `pdf` (needs typst).
    plan : Path or str, optional
        An analysis plan (see `report.read_plan`); its analyses come first, and all others are called exploratory.
    progress : bool
        Whether to show a progress bar with the time left.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When the folder holds other files, or another run is writing it, or the plan cannot be read; nothing is
        written then.
    MethodError
        When a format, style or document is not known, or its library is not installed.
    """
    # The page shows the SVG, and Word takes the PNG.
    formats = tuple(dict.fromkeys(("svg", *formats, *(["png"] if "docx" in documents else []))))
    _known(formats, IMAGE_FORMATS, "format")
    _known(documents, tuple(DOCUMENTS), "document")
    for ending in documents:
        NEEDED[ending]()  # said before any work is done
    options: dict[str, object] = {"formats": list(formats), "dpi": dpi, "style": style, "documents": list(documents)}
    sections: tuple[Maker, ...] = SECTIONS
    if plan is not None:
        options["plan"], sections = _with_plan(Path(plan), study)
    with plot.style(style), workshop(folder, study_key(study, options)) as shop:
        chapters = labelled(_chapters(shop, study, sections, formats, dpi, progress))
        methods = methods_section(study, chapters)
        chapters = labelled([*chapters, shop.step("methods", partial(_written, methods, formats, dpi))])
        pictures = {item["name"]: _picture(shop, item["name"]) for item in items(chapters, "figure")}
        shop.step("words", lambda: ({"captions.md": _captions(chapters).encode("utf-8")}, {}))
        shop.step("page", lambda: ({"index.html": index_html(study, chapters, pictures).encode("utf-8")}, {}))
        shop.step("workbook", lambda: ({"tables.xlsx": workbook(items(chapters, "table"))}, {}))
        for ending in documents:
            shop.step(ending, partial(_document, ending, study, chapters, shop.fresh))
        return shop.publish(study_facts(study) | {"parameters": options})


def _known(asked: Sequence[str], offered: Sequence[str], what: str) -> None:
    for name in asked:
        one_of(what, name, offered)


def _document(ending: str, study: Study, chapters: Sequence[Chapter], root: Path) -> Made:
    return {f"report.{ending}": DOCUMENTS[ending](study.protocol.name, facts(study), chapters, root)}, {}


def _with_plan(path: Path, study: Study) -> tuple[dict[str, object], tuple[Maker, ...]]:
    """The planned analyses first, everything else called exploratory; and what the manifest says of the plan."""
    plan = read_plan(path)
    changed = changes_since_lock(path, plan, study)

    def planned(material: Material) -> Section:
        return planned_section(material, plan, changed)

    known: dict[str, object] = {
        "sha256": plan.digest,
        "title": plan.title,
        "changed_since_lock": None if changed is None else list(changed),
    }
    others = tuple(partial(_exploratory, make) for make in SECTIONS[len(ABOUT) :])
    return known, (*ABOUT, planned, *others)


def _exploratory(make: Maker, material: Material) -> Section:
    section = make(material)
    items = tuple(
        replace(item, caption=f"{UNPLANNED} {item.caption}")
        if isinstance(item, Figure)
        else replace(item, note=f"{UNPLANNED} {item.note}")
        for item in section.items
    )
    return replace(section, items=items)


def _chapters(
    shop: Workshop, study: Study, sections: Sequence[Maker], formats: Sequence[str], dpi: int, progress: bool
) -> list[Chapter]:
    """Every section, made or found whole from a killed run."""
    material = cache(lambda: Material.of(study))

    shop.step("outcomes", lambda: ({"outcomes.csv": csv_bytes(material().outcomes)}, {}))
    return [
        shop.step(f"section-{number}", partial(_made, make, material, formats, dpi))
        for number, make in enumerate(tqdm(sections, desc="Report", unit="section", disable=not progress))
    ]


def _made(make: Maker, material: Callable[[], Material], formats: Sequence[str], dpi: int) -> Made:
    return _written(make(material()), formats, dpi)


def _written(section: Section, formats: Sequence[str], dpi: int) -> Made:
    """The files of a section and its words; its drawings are closed once they are written."""
    contents: dict[str, bytes] = {}
    words = chapter(section, formats)
    for item in section.items:
        if isinstance(item, Figure):
            contents |= {f"figures/{name}": data for name, data in item.files(formats=tuple(formats), dpi=dpi).items()}
            plt.close(item.canvas)
        else:
            contents |= {f"tables/{name}": data for name, data in item.files().items()}
    return contents, words


def _picture(shop: Workshop, name: str) -> bytes:
    return (shop.fresh / "figures" / f"{name}.svg").read_bytes()


def _captions(chapters: Sequence[Chapter]) -> str:
    lines = ["# Captions", ""]
    for kind in ("figure", "table"):
        for item in items(chapters, kind):
            lines += [f"**{item['label']}. {item['title']}** (`{item['name']}`). {item['words']}", ""]
    return "\n".join(lines)


def save(
    item: Figure | Table,
    folder: Path | str,
    *,
    formats: tuple[str, ...] | None = None,
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
        Of a figure, among `svg`, `pdf`, `png`, `eps` and `tiff`; of a table, among `csv`, `docx`, `html` and `tex`.
        Left out, a figure comes as SVG, PDF and PNG, a table as CSV.
    dpi : int
        Resolution of PNG and TIFF.
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
    if isinstance(item, Figure):
        contents = item.files(formats=formats or FORMATS, dpi=dpi)
    else:
        contents = item.files(formats=formats or ("csv",))
    present = [name for name in contents if (folder / name).exists()]
    if present and not overwrite:
        raise DataError(f"{folder.name}: {listed(present, 'and')} exist and are not overwritten; pass overwrite=True.")
    return [write(folder / name, content, overwrite=overwrite) for name, content in contents.items()]
