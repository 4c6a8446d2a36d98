"""Sections on the clinical topics: spasms, tone, sleep, walking, treatment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from spasticity import derive, plot, stats
from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.report import mobility
from spasticity.report.artefacts import Figure, Section, figure
from spasticity.report.count_rates import rates
from spasticity.report.effects import change, every_outcome
from spasticity.report.graded import answer_odds, muscle_odds
from spasticity.report.material import Maker, Material, Part, section
from spasticity.report.words import caption, label_of
from spasticity.wording import number, plural

#: Rows of a raster that can still be told apart on one page.
RASTER_PEOPLE = 4


def spasms(material: Material) -> Section:
    """Section: how often, and when."""
    makers: list[tuple[str, Maker]] = [
        ("spasms per day", partial(rates, outcome="spasms_per_day", name="spasms_per_day")),
        ("time of day", time_of_day),
        ("raster", raster),
        ("grades of frequency", partial(answer_odds, outcome="psfs_frequency")),
    ]
    return section(material, "How often are the spasms, and when?", makers)


def tone(material: Material) -> Section:
    """Section: is stiffness changing, and by how many grades."""
    makers = [
        ("grades", grades),
        ("odds of a higher grade", muscle_odds),
        ("before and after", before_after),
        ("muscle tone", _changing("llmt6")),
    ]
    return section(material, "Is stiffness changing, and by how many grades?", makers)


def sleep(material: Material) -> Section:
    """Section: do people sleep better."""
    makers = [(label_of(name), _changing(name)) for name in ("sleep_efficiency_tib", "waso_min")]
    return section(material, "Do people sleep better?", makers)


def walking(material: Material) -> Section:
    """Section: do people walk faster."""
    speeds = [(label_of(name), _changing(name)) for name in ("t25fw_m_per_s", "walk_10m_m_per_s")]
    return section(material, "Do people walk, and faster?", [*speeds, *mobility.makers()])


def treatment(material: Material) -> Section:
    """Section: what was given."""
    makers: list[tuple[str, Maker]] = [("doses", doses)]
    return section(material, "What was given?", makers)


def others(material: Material) -> Section:
    """Every outcome at the primary visit."""
    return section(material, "And every other outcome?", [("all outcomes", every_outcome)])


def _changing(outcome: str) -> Callable[[Material], Part]:
    return partial(change, outcome=outcome, name=outcome)


def time_of_day(material: Material) -> Part:
    """Spasms per hour over the local day, at the first and the primary visit with recordings."""
    hourly = derive.spasms_by_hour(material.study)
    if hourly.empty:
        raise MethodError("the study has no timestamped spasms.")
    result = stats.describe(hourly, by=("visit", "hour"), value="spasms_per_hour")
    visits = ", ".join(dict.fromkeys(result.frame["visit"].astype(str)))
    peak = result.frame.sort_values("estimate", ascending=False, kind="stable").iloc[0]
    said = f"Spasms were most frequent in the hour from {int(peak['hour']):02d}:00 local time ({peak['visit']})."
    drawn = figure(
        plot.time_of_day(result, by="visit"),
        name="time_of_day",
        title="Spasms over the day",
        data=result.frame,
        caption=caption(
            "Spasms per hour of the local clock in the week before each visit with recordings, all participants",
            result,
            more=("Hours are those that were recorded; where the clocks change an hour counts 0 or 2",),
        ),
        method=result.method,
        alt=f"Line chart of mean spasms per hour at each hour of the day, one line per visit ({visits}). {said}",
    )
    return Part(items=(drawn,), answer=(said,))


def raster(material: Material) -> Part:
    """Every recorded spasm of a few participants; the first who recorded most days, one of each arm in turn."""
    study = material.study
    events, recorded = derive.spasm_events(study), derive.recorded_days(study)
    if recorded.empty:
        raise MethodError("the study has no timestamped spasms.")
    chosen = _recorders(study.participants, recorded)
    axes = plot.raster(events, recorded, participants=chosen)
    shown = events[events["participant"].isin(chosen)]
    title = f"Every recorded spasm of {plural(len(chosen), 'participant')}"
    drawn = figure(
        axes,
        name="spasm_raster",
        title=title,
        data=shown,
        caption=(
            f"{title}: one row per recorded day, from noon to noon of the local clock, night shaded, days without "
            "recording hatched. Chosen as those with most recorded days, one of each arm in turn; they illustrate and "
            "do not represent."
        ),
        alt=f"Raster of {plural(len(shown), 'spasm')} of {plural(len(chosen), 'participant')} by local time of day, "
        "one row per recorded day.",
    )
    return Part(items=(drawn,))


def _recorders(people: pd.DataFrame, recorded: pd.DataFrame) -> list[str]:
    days = recorded.groupby("participant").size().rename("days").reset_index()
    ranked = days.merge(people[["participant", "arm"]], on="participant")
    ranked = ranked.sort_values(["days", "participant"], ascending=[False, True])
    turn = ranked.groupby(ranked["arm"].fillna("")).cumcount()
    return ranked.assign(turn=turn).sort_values(["turn"], kind="stable")["participant"].head(RASTER_PEOPLE).tolist()


def grades(material: Material) -> Part:
    """Grades of the index muscle by visit and arm."""
    index = derive.index_muscle(material.study)
    if index.empty:
        raise MethodError("the study has no graded examinations.")
    by = ("arm", "visit") if index["arm"].notna().any() else ("visit",)
    result = stats.shares(index.dropna(subset=["grade"]), "grade", by=by)
    drawn = figure(
        plot.grade_stacks(result, scale="modified Ashworth grade"),
        name="grade_stacks",
        title="Grades of the index muscle",
        data=result.frame,
        caption=caption(
            "Modified Ashworth grade, by visit, of each participant's index muscle: the one with the worst at baseline",
            result,
            more=(
                "The worst muscle at baseline tends to be better later by regression to the mean, so arms are "
                "compared, not visits",
            ),
        ),
        method=result.method,
        alt="Stacked bars of the share of participants at each modified Ashworth grade, for each arm and visit.",
    )
    return Part(items=(drawn,))


def before_after(material: Material) -> Part:
    """Tone of each participant at baseline and at the primary visit."""
    protocol = material.study.protocol
    rows = material.of_outcome("llmt6")
    first, last = protocol.baseline_visit, protocol.primary_visit
    by = "arm" if rows["arm"].notna().any() else None
    result = stats.paired(rows, "llmt6", first=first, last=last, by=by)
    drawn = figure(
        plot.paired_slopes(result, visits=(first, last), styles=material.styles),
        name="paired_tone",
        title=f"{measure('llmt6').label}: each participant at {first} and {last}",
        data={"estimates": result.frame, "pairs": result.pairs},
        caption=caption(
            f"{measure('llmt6').axis_label} at {first} and {last}, a line per participant and the mean change",
            result,
            outcome="llmt6",
        ),
        method=result.method,
        alt=f"A line per participant from {first} to {last} in {label_of('llmt6')}, with the mean change of each arm.",
    )
    return Part(items=(drawn,))


def doses(material: Material) -> Part:
    """The recorded daily dose of each participant, one figure per drug and route. Describes data; gives no advice."""
    daily = derive.dose_per_day(material.study)
    if daily.empty:
        raise MethodError("the study has no doses.")
    pairs = daily[["drug", "route"]].drop_duplicates().sort_values(["drug", "route"]).itertuples(index=False)
    return Part(items=tuple(_dose_figure(daily, str(drug), str(route)) for drug, route in pairs))


def _dose_figure(daily: pd.DataFrame, drug: str, route: str) -> Figure:
    rows = daily[daily["drug"].eq(drug) & daily["route"].astype(str).eq(route)]
    amount = "dose_ug_per_day" if route == "intrathecal" else "dose_mg_per_day"
    typical = stats.describe(rows.dropna(subset=[amount]), by="day", value=amount, statistic="median")
    name = f"doses_{drug}_{route}".replace(" ", "_")
    people = rows["participant"].nunique()
    highest = number(typical.frame["estimate"].max(), 0)
    return figure(
        plot.dose_trajectories(daily, drug=drug, route=route, typical=typical),
        name=name,
        title=f"Recorded dose: {drug}, {route}",
        data=typical.frame,
        caption=(
            f"Recorded daily dose of {drug} ({route}), a line for each of {plural(people, 'participant')} and the "
            "median of those with a known dose on the day. An unknown dose is a gap, a documented zero lies at 0. This "
            "describes the log and is not advice."
        ),
        alt=(
            f"Step lines of the daily dose of {drug} over study days, one per participant, with the median in bold; "
            f"the highest median is {highest} {'µg' if route == 'intrathecal' else 'mg'} per day."
        ),
    )
