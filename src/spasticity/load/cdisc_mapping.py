"""Which CDISC data sets feed which tables: the standard names, and what a study must say itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from spasticity.errors import DataError, SpasticityError, listed, one_of
from spasticity.load.columns import canonical
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.protocol_toml import Plan
from spasticity.load.spelling import Codings, known_columns, of_kind

Partial = Literal["reject", "empty"]
PARTIAL = ("reject", "empty")
YES = {"Y": "true", "N": "false"}
SEVERITY = {"MILD": "mild", "MODERATE": "moderate", "SEVERE": "severe"}
#: Table and domain to the variable of each column; in `--X` the dashes are the two letters of the domain. A variable
#: that a file does not have leaves its column empty, or gives way to the next one after a bar.
#: [names from memory: CDISC SDTMIG 3.4 and ADaMIG 1.3; checked against the CDISC pilot]
STANDARD: dict[tuple[str, str], dict[str, str]] = {
    ("participants", "DM"): {
        "arm": "ARM",
        "site": "SITEID",
        "sex": "SEX",
        "age_years": "AGE",
        "first_dose_date": "RFXSTDTC",
    },
    ("participants", "ADSL"): {
        "arm": "TRT01P",
        "site": "SITEID",
        "sex": "SEX",
        "age_years": "AGE",
        "first_dose_date": "TRTSDT",
    },
    ("visits", "SV"): {"visit": "VISIT", "day": "SVSTDTC", "status": "SVOCCUR", "reason": "SVREASOC"},
    ("answers", "QS"): {
        "visit": "VISIT",
        "day": "QSDTC",
        "instrument": "QSCAT",
        "item": "QSTESTCD",
        "response": "QSORRES",
    },
    ("doses", "EX"): {
        "drug": "EXTRT",
        "route": "EXROUTE",
        "start_day": "EXSTDTC",
        "end_day": "EXENDTC",
        "dose_mg_per_day": "EXDOSE",
        "dose_ug_per_day": "EXDOSE",
        "status": "EXDOSE",
    },
    ("medications", "CM"): {
        "medicine": "CMDECOD|CMTRT",
        "atc": "CMCLASCD",
        "start_day": "CMSTDTC",
        "end_day": "CMENDTC",
    },
    ("events", "AE"): {
        "term": "AEDECOD|AETERM",
        "group": "AEBODSYS",
        "severity": "AESEV",
        "serious": "AESER",
        "start_day": "AESTDTC",
        "end_day": "AEENDTC",
        "action": "AEACN",
    },
    ("events", "CE"): {
        "term": "CEDECOD|CETERM",
        "group": "CEBODSYS",
        "severity": "CESEV",
        "start_day": "CESTDTC",
        "end_day": "CEENDTC",
    },
}
ANY_DOMAIN = {"visit": "VISIT", "day": "--DTC"}  # where no standard is given, such as for gradings in QS, FT or RS
#: Codes of the controlled terminology [from memory: CDISC SDTM terminology, code lists SEX, ROUTE, AESEV, NY, ACN].
TERMS: dict[str, dict[str, dict[str, str]]] = {
    "participants": {"sex": {"F": "female", "M": "male", "U": "", "UNDIFFERENTIATED": "other", "INTERSEX": "other"}},
    "visits": {"status": {"Y": "attended", "N": "missed"}},
    "doses": {"route": {"ORAL": "oral", "INTRATHECAL": "intrathecal"}},
    "events": {
        "severity": SEVERITY,
        "serious": YES,
        "action": {
            "DOSE NOT CHANGED": "none",
            "DOSE REDUCED": "dose reduced",
            "DRUG INTERRUPTED": "interrupted",
            "DRUG WITHDRAWN": "stopped",
            "NOT APPLICABLE": "",
            "UNKNOWN": "",
        },
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CdiscFeed:
    """What one data set gives to one table.

    Parameters
    ----------
    table : str
        Name of a canonical table.
    domain : str
        Such as `QS`; the file of that name is read.
    where : mapping of str to list of str
        Variable to the values of the records that are taken; all records when it is empty.
    columns : mapping of str to str
        Canonical column to variable, where it is not the standard one; variables of SUPP-- have their QNAM.
    constants : mapping of str to object
        Canonical column to the value of all rows.
    codings : mapping of column to (mapping of code to value)
        In place of the controlled terminology.
    spread : mapping of str to str
        Canonical column to test code, for a table that has one row where CDISC has one record for each test, such as
        the diary. Records of the same participant, visit and time become one row.
    by, value : str, optional
        The variables of the test code and of its result; `--TESTCD` and `--ORRES` by default.
    duplicates : str
        As in `delimited`.
    """

    table: str
    domain: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    codings: Codings = field(default_factory=dict)
    spread: Mapping[str, str] = field(default_factory=dict)
    by: str = "--TESTCD"
    value: str = "--ORRES"
    duplicates: Duplicates = "refuse"

    def __post_init__(self) -> None:
        schema = canonical(self.table)
        one_of("duplicates", self.duplicates, DUPLICATES)
        for option in ("columns", "constants", "codings", "spread"):
            known_columns(schema, option, getattr(self, option))
        for option in ("columns", "spread"):
            for name, place in getattr(self, option).items():
                of_kind(f"{option} of {name}", place, str, "a text in quotes")
        for name, coding in self.codings.items():
            of_kind(f"codings of {name}", coding, Mapping, "a mapping of code to value")
        for name, values in self.where.items():
            of_kind(f"where of {name}", values, (list, tuple), "a list of values")

    def place(self, name: str) -> str:
        """A variable, with the letters of the domain in place of dashes.

        Parameters
        ----------
        name : str

        Returns
        -------
        str
        """
        return name.replace("--", self.domain.upper())

    @property
    def places(self) -> dict[str, list[str]]:
        """Canonical column to the variables that may hold it, in order of preference."""
        standard = STANDARD.get((self.table, self.domain.upper()), ANY_DOMAIN)
        named = {"participant": "USUBJID", **standard, **self.columns}
        schema = canonical(self.table)
        return {
            name: [self.place(variable) for variable in named[name].split("|")]
            for name in schema.names
            if name in named and name not in self.constants and name not in self.spread
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CdiscMapping:
    """Which data sets feed which tables.

    Parameters
    ----------
    tables : tuple of CdiscFeed
    visits : mapping of str to str
        VISIT to the name of the visit; all that are not named are rejected. Empty when the names are the same.
    missing : tuple of str
        Codes for no value, such as `NA` in CSV files that R wrote.
    day_zero : str
        The variable of DM or ADSL that holds the date of day 0.
    partial_dates : str
        What to do with a row whose date is partial, such as 2024-03: `reject` it, or leave its day `empty`.
    encoding : str
        Of .xpt and .csv files.
    rows : mapping of str to int
        Domain to the number of its records, as the sender states it.
    """

    tables: tuple[CdiscFeed, ...]
    visits: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    day_zero: str = "RFXSTDTC"
    partial_dates: Partial = "reject"
    encoding: str = "utf-8"
    rows: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one_of("partial_dates", self.partial_dates, PARTIAL)
        for name, count in self.rows.items():
            of_kind(f"rows of {name}", count, int, "a whole number")


def cdisc_mapping_of(given: CdiscMapping | Mapping[str, Any] | Path | str) -> CdiscMapping:
    """A mapping from a dict of its shape, or from a TOML file with the same names.

    Parameters
    ----------
    given : CdiscMapping, mapping, Path or str

    Returns
    -------
    CdiscMapping

    Raises
    ------
    DataError, MethodError
        Names the table, and for a file the line, that cannot be understood.
    """
    if isinstance(given, CdiscMapping):
        return given
    plan = None if isinstance(given, Mapping) else Plan(given)
    entries: Mapping[str, Any] = given if isinstance(given, Mapping) else plan.entries  # type: ignore[union-attr]
    _known(entries, CdiscMapping, "mapping")
    if not entries.get("tables"):
        raise DataError(
            f"{plan.name if plan else 'mapping'}: there are no [[tables]]; each names a `table` and its `domain`."
        )
    feeds = tuple(_feed(entry, number, plan) for number, entry in enumerate(entries["tables"]))
    rest = {name: value for name, value in entries.items() if name not in ("tables", "missing")}
    return CdiscMapping(tables=feeds, missing=tuple(map(str, entries.get("missing", ()))), **rest)


def _feed(entry: Any, number: int, plan: Plan | None) -> CdiscFeed:
    where = f"{plan.name}{plan.line('tables', 'tables', number)}" if plan else f"mapping, table {number + 1}"
    try:
        _known(entry, CdiscFeed, "table")
        lost = [name for name in ("table", "domain") if name not in entry]
        if lost:
            raise DataError(f"it has no {listed(lost, 'and no')}.")
        return CdiscFeed(**entry)
    except SpasticityError as error:
        raise type(error)(f"{where}: {error}") from None


TEXTS = ("table", "domain", "by", "value", "duplicates", "day_zero", "partial_dates", "encoding")
LISTS = ("tables", "missing")


def _known(entry: Any, shape: type, what: str) -> None:
    """Refuse keys that a shape does not have, and values that are not of the kind of their key."""
    of_kind(what, entry, Mapping, "names and values")
    for name, value in entry.items():
        one_of(f"{what} key", name, [field.name for field in fields(shape)])
        if name in TEXTS:
            of_kind(f"`{name}`", value, str, "a text in quotes")
        elif name in LISTS:
            of_kind(f"`{name}`", value, (list, tuple), "a list")
        else:
            of_kind(f"`{name}`", value, Mapping, "names and values")
