"""Table 1: who took part, by arm. No p values: a randomised baseline is not tested."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from spasticity import stats
from spasticity.instruments import measure
from spasticity.report.artefacts import Table
from spasticity.study import Study
from spasticity.tables import PARTICIPANTS
from spasticity.wording import number, percent

ALL = "All"
CHARACTERISTIC = "Characteristic"
COUNTED = ("cohort", "sex", "ais", "walks")
MEASURED = ("age_years", "condition_years", "edss")
#: Skewed or graded: median and quartiles say more than mean and SD.
BY_MEDIAN = ("condition_years", "edss")


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    cells: dict[str, str]


def baseline_table(study: Study, outcomes: pd.DataFrame | None = None) -> Table:
    """Baseline characteristics by arm and in all, with counts of what is missing.

    Parameters
    ----------
    study : Study
        Its participants are described.
    outcomes : DataFrame, optional
        Canonical outcomes; the baseline of the study's primary outcome is added when they are given.

    Returns
    -------
    Table
        `frame` as printed; `data` one row per arm, characteristic and level at full precision.
    """
    people = _with_all(study.participants, study)
    columns = list(people["arm"].cat.categories)
    lines: list[_Line] = []
    numbers: list[pd.DataFrame] = []
    for name in (*COUNTED[:2], *MEASURED[:1], *MEASURED[1:], *COUNTED[2:]):
        if people[name].notna().any():
            counted = name in COUNTED
            lines_here, data = (
                _counted(people, name) if counted else _measured(people, name, PARTICIPANTS[name].axis_label)
            )
            lines += lines_here
            numbers.append(data)
    if outcomes is not None:
        lines_here, data = _baseline_outcome(study, outcomes)
        lines += lines_here
        numbers.append(data)
    sizes = people.groupby("arm", observed=False).size()
    head = {arm: f"{arm} (n = {sizes[arm]})" for arm in columns}
    rows = [{CHARACTERISTIC: line.name} | {head[arm]: line.cells.get(arm, "") for arm in columns} for line in lines]
    return Table(
        name="table1_baseline",
        title="Baseline characteristics",
        note=(
            "n (%) of those with the characteristic on record; mean (SD), or median [quartiles] where marked. "
            "Missing values are counted, not replaced. Arms of a randomised study are not tested for imbalance."
        ),
        frame=pd.DataFrame(rows),
        data=pd.concat(numbers, ignore_index=True),
    )


def _with_all(people: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The participants twice: in their arm, and in all."""
    arms = [*study.protocol.arms, ALL]
    both = pd.concat([people[people["arm"].notna()], people.assign(arm=ALL)], ignore_index=True)
    return both.assign(arm=pd.Categorical(both["arm"], categories=arms, ordered=True))


def _counted(people: pd.DataFrame, name: str) -> tuple[list[_Line], pd.DataFrame]:
    column = PARTICIPANTS[name]
    levels = ["yes", "no"] if column.kind == "flag" else list(column.categories)
    values = people[name].map({True: "yes", False: "no"}) if column.kind == "flag" else people[name]
    table = people.assign(**{name: pd.Categorical(values.astype(object), categories=levels, ordered=True)})
    frame = stats.shares(table.dropna(subset=[name]), name, by="arm").frame
    known = frame[frame["n"].gt(0)]
    lines = [_Line(column.label, {})]
    for level in levels:
        rows = known[known[name].astype(str).eq(level)]
        if rows["count"].sum():
            cells = {
                str(row["arm"]): f"{row['count']} ({percent(row['count'], row['n'])})" for _, row in rows.iterrows()
            }
            lines.append(_Line(f"  {level}", cells))
    lines += _missing(people, name)
    data = frame.rename(columns={name: "level"}).assign(characteristic=name)
    return lines, data[["characteristic", "level", "arm", "count", "n", "estimate"]]


def _measured(people: pd.DataFrame, name: str, label: str, *, digits: int = 1) -> tuple[list[_Line], pd.DataFrame]:
    frame = stats.describe(people.dropna(subset=[name]), by="arm", value=name).frame
    by_median = name in BY_MEDIAN
    cells = {}
    for _, row in frame[frame["n"].gt(0)].iterrows():
        middle, spread = number(row["estimate"], digits), f"({number(row['sd'], digits)})"
        if by_median:
            middle = number(row["median"], digits)
            spread = f"[{number(row['q1'], digits)}, {number(row['q3'], digits)}]"
        cells[str(row["arm"])] = f"{middle} {spread}"
    kind = "median [quartiles]" if by_median else "mean (SD)"
    columns = ["characteristic", "arm", "n", "estimate", "sd", "median", "q1", "q3", "minimum", "maximum"]
    data = frame.assign(characteristic=name)[columns].rename(columns={"estimate": "mean"})
    return [_Line(f"{label}, {kind}", cells), *_missing(people, name)], data


def _missing(people: pd.DataFrame, name: str) -> list[_Line]:
    """A line that counts missing values; EDSS and AIS are asked of one cohort each and only missed there."""
    asked = {"edss": "MS", "ais": "SCI"}.get(name)
    rows = people[people["cohort"].eq(asked)] if asked else people
    absent = rows[rows[name].isna()].groupby("arm", observed=True).size()
    return [_Line("  missing", {str(arm): str(count) for arm, count in absent.items()})] if absent.sum() else []


def _baseline_outcome(study: Study, outcomes: pd.DataFrame) -> tuple[list[_Line], pd.DataFrame]:
    known = measure(study.protocol.primary_outcome)
    rows = outcomes[outcomes["outcome"].eq(known.id) & outcomes["visit"].eq(study.protocol.baseline_visit)]
    if rows.empty:
        return [], pd.DataFrame()
    values = study.participants[["participant", "cohort", "arm"]].merge(
        rows[["participant", "value"]], on="participant", how="left", validate="one_to_one"
    )
    people = _with_all(values, study).rename(columns={"value": known.id})
    return _measured(people, known.id, known.axis_label, digits=known.digits)
