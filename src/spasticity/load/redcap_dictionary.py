"""The data dictionary of a REDCap project: which fields there are, and what their codes mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from spasticity.errors import DataError, listed
from spasticity.load.opening import Content
from spasticity.load.records import delimited_grid

# The same column as the download page and as the programming interface name it.
HEADERS = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "kind": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": ("Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"),
    "identifier": ("Identifier?", "identifier"),
    "annotation": ("Field Annotation", "field_annotation"),
}
CHOSEN = ("radio", "dropdown", "checkbox")
SHOWN_ONLY = ("descriptive",)
YES_NO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the project.

    Parameters
    ----------
    name, form, kind, label, validation, annotation : str
        As in the dictionary; `kind` is its field type.
    identifier : str
        `y` when the project calls the field an identifier.
    choices : mapping of str to str
        Code to label, for fields that are chosen.
    formula : str
        Of a field that is calculated.
    """

    name: str
    form: str
    kind: str
    label: str = ""
    validation: str = ""
    identifier: str = ""
    annotation: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    formula: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """Columns of the export that belong to the field, and for a checkbox the code that each stands for."""
        if self.kind == "checkbox":
            return {f"{self.name}___{code.lower().replace('-', '_')}": code for code in self.choices}
        return {} if self.kind in SHOWN_ONLY else {self.name: ""}

    @property
    def decimal(self) -> str:
        """The decimal mark of its numbers."""
        return "," if "comma_decimal" in self.validation else "."

    @property
    def marked(self) -> bool:
        """Whether the project calls it an identifier."""
        return self.identifier.lower() == "y"

    @property
    def keeps_codes(self) -> bool:
        """Whether the project's missing codes are ordinary values here."""
        return "@NOMISSING" in self.annotation


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The fields of a project in order.

    Parameters
    ----------
    name : str
        Of the file.
    fields : tuple of Field
        The first is the record's id.
    """

    name: str
    fields: tuple[Field, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    @property
    def id(self) -> Field:
        """The field that names the record."""
        return self.fields[0]

    @property
    def forms(self) -> list[str]:
        """Names of the forms in order."""
        return list(dict.fromkeys(field.form for field in self.fields))

    @property
    def columns(self) -> dict[str, Field]:
        """Every column of the export to its field."""
        return {column: field for field in self.fields for column in field.columns}


def read_dictionary(source: Content, *, encoding: str = "utf-8", delimiter: str = ",") -> Dictionary:
    """The dictionary in a CSV file, as the download page or the programming interface writes it.

    Parameters
    ----------
    source : Content
    encoding, delimiter : str

    Returns
    -------
    Dictionary

    Raises
    ------
    DataError
        When the file is not a data dictionary, or a field comes twice.
    """
    grid = delimited_grid(source, encoding=encoding, delimiter=delimiter)
    found = {key: next((name for name in names if name in grid.columns), None) for key, names in HEADERS.items()}
    lost = [HEADERS[key][0] for key, name in found.items() if name is None and key != "identifier"]
    if lost or grid.torn or not len(grid):
        what = f"it has no column {listed(lost, 'and no')}" if lost else "rows are torn or missing"
        raise DataError(
            f"{grid.name}: this is not a REDCap data dictionary: {what}; download it from the project, as CSV."
        )
    # Some programs write an empty cell of the interface's table as NA.
    blank = "NA" if found["name"] == "field_name" else ""
    cells = {
        key: ["" if cell == blank else cell.strip() for cell in grid.columns[name]]
        for key, name in found.items()
        if name
    }
    rows = [dict(zip(cells, values, strict=True)) for values in zip(*cells.values(), strict=True)]
    fields = tuple(_field(row) for row in rows)
    names = [field.name for field in fields]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataError(f"{grid.name}: the field {listed(repeated, 'and')} comes twice; download the dictionary again.")
    return Dictionary(grid.name, fields)


def _field(row: Mapping[str, str]) -> Field:
    formula = row["choices"] if row["kind"] == "calc" else ""
    texts = {key: value for key, value in row.items() if key != "choices"}
    return Field(**texts, choices=_choices(row["kind"], row["choices"]), formula=formula)


def _choices(kind: str, text: str) -> dict[str, str]:
    """`1, Yes | 2, No, never` as code to label; a label may hold commas, a code may not."""
    if kind in YES_NO:
        return YES_NO[kind]
    if kind not in CHOSEN:
        return {}
    parts = (choice.partition(",") for choice in text.split("|") if choice.strip())
    return {code.strip(): label.strip() for code, _, label in parts}
