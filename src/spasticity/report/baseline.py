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
ORDER = ("cohort", "sex", "age_years", "condition_years", "edss", "ais", "walks")
#: Skewed or graded: median and quartiles say more than mean and SD.
BY_MEDIAN = ("condition_years", "edss")
#: Asked of one cohort only, and only missed there.
ASKED = {"edss": "MS", "ais": "SCI"}
MEASURED_COLUMNS = ["characteristic", "arm", "n", "mean", "sd", "median", "q1", "q3", "minimum", "maximum"]


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    cells: dict[str, str]


def baseline_table(study: Study, outcomes: pd.DataFrame | None = None) -> Table:
    """Baseline characteristics by arm and in all, with counts of what is missing.

    Parameters
    ----------
    study : Study
        Its participants are described, by `stats.baseline`.
    outcomes : DataFrame, optional
        Canonical outcomes; the baseline of the study's primary outcome is added when they are given.

    Returns
    -------
    Table
        `frame` as printed; `data` one row per arm, characteristic and level at full precision.
    """
    people = _in_arms(study.participants, study)
    lines: list[_Line] = []
    numbers: list[pd.DataFrame] = []
    for name in ORDER:
        if people[name].notna().any():
            described = _counted if name in COUNTED else _measured
            found = described(people, name)
            lines, numbers = lines + found[0], [*numbers, found[1]]
    if outcomes is not None:
        found = _baseline_outcome(study, outcomes)
        lines, numbers = lines + found[0], [*numbers, found[1]]
    sizes = {**people["arm"].value_counts(sort=False), ALL: len(people)}
    head = {arm: f"{arm} (n = {size})" for arm, size in sizes.items()}
    rows = [{CHARACTERISTIC: line.name} | {head[arm]: line.cells.get(arm, "") for arm in head} for line in lines]
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


def _in_arms(people: pd.DataFrame, study: Study) -> pd.DataFrame:
    return people.assign(arm=pd.Categorical(people["arm"], categories=list(study.protocol.arms), ordered=True))


def _described(people: pd.DataFrame, name: str) -> pd.DataFrame:
    frame = stats.baseline(people, [name], overall=ALL).frame
    return frame.rename(columns={"variable": "characteristic"})


def _counted(people: pd.DataFrame, name: str) -> tuple[list[_Line], pd.DataFrame]:
    frame = _described(people, name)
    lines = [_Line(PARTICIPANTS[name].label, {})]
    for level, rows in frame[frame["n"].gt(0)].groupby("level", sort=False):
        if rows["count"].sum():
            cells = {
                str(row["arm"]): f"{row['count']:.0f} ({percent(row['count'], row['n'])})" for _, row in rows.iterrows()
            }
            lines.append(_Line(f"  {level}", cells))
    return lines + _missing(people, name), frame[["characteristic", "level", "arm", "count", "n", "estimate"]]


def _measured(
    people: pd.DataFrame, name: str, *, label: str | None = None, digits: int = 1
) -> tuple[list[_Line], pd.DataFrame]:
    frame = _described(people, name)
    by_median = name in BY_MEDIAN
    cells = {}
    for _, row in frame[frame["n"].gt(0)].iterrows():
        middle, spread = number(row["estimate"], digits), f"({number(row['sd'], digits)})"
        if by_median:
            middle = number(row["median"], digits)
            spread = f"[{number(row['q1'], digits)}, {number(row['q3'], digits)}]"
        cells[str(row["arm"])] = f"{middle} {spread}"
    kind = "median [quartiles]" if by_median else "mean (SD)"
    line = _Line(f"{label or PARTICIPANTS[name].axis_label}, {kind}", cells)
    return [line, *_missing(people, name)], frame.rename(columns={"estimate": "mean"})[MEASURED_COLUMNS]


def _missing(people: pd.DataFrame, name: str) -> list[_Line]:
    """A line that counts missing values."""
    asked = ASKED.get(name)
    rows = people[people["cohort"].eq(asked)] if asked else people
    absent = rows[rows[name].isna()]
    counts = {str(arm): count for arm, count in absent["arm"].value_counts(sort=False).items() if count}
    return (
        [_Line("  missing", {**{a: str(c) for a, c in counts.items()}, ALL: str(len(absent))})] if len(absent) else []
    )


def _baseline_outcome(study: Study, outcomes: pd.DataFrame) -> tuple[list[_Line], pd.DataFrame]:
    known = measure(study.protocol.primary_outcome)
    rows = outcomes[outcomes["outcome"].eq(known.id) & outcomes["visit"].eq(study.protocol.baseline_visit)]
    if not rows["value"].notna().any():
        return [], pd.DataFrame()
    values = study.participants[["participant", "cohort", "arm"]].merge(
        rows[["participant", "value"]], on="participant", how="left", validate="one_to_one"
    )
    people = _in_arms(values, study).rename(columns={"value": known.id})
    return _measured(people, known.id, label=known.axis_label, digits=known.digits)
