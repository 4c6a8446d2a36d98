"""The section on harms: who had which event, and how arms differ in it. Describes data; gives no advice."""

from __future__ import annotations

import pandas as pd

from spasticity import derive, plot, stats
from spasticity.errors import MethodError
from spasticity.report.artefacts import Figure, Section, Table, figure
from spasticity.report.material import Maker, Material, Part, section
from spasticity.report.words import caption, sentence
from spasticity.stats import Harms
from spasticity.wording import interval, level, number, percent, plural

#: Events in the figure: had by at least this share of some arm, as the field draws them. [proposal of the dossier]
AT_LEAST = 0.05
ALL = "all"


def harms(material: Material) -> Section:
    """Section: which adverse events were there, and did arms differ in them.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Section
    """
    makers: list[tuple[str, Maker]] = [("adverse events", events), ("device events", devices)]
    return section(material, "Which adverse events were recorded, and did the arms differ in them?", makers)


def counted(material: Material) -> Harms:
    """Harms of the study: compared between arms where there are several.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Harms

    Raises
    ------
    MethodError
        When the study has no events.
    """
    study = material.study
    if study.events.empty:
        raise MethodError("the study has no adverse events on record.")
    at_risk = derive.time_at_risk(study)
    if material.has_comparison:
        return stats.harms(study.events, at_risk[at_risk["arm"].notna()], reference=material.reference)
    return stats.harms(study.events, at_risk.assign(arm=ALL), factor=None, by="arm")


def events(material: Material) -> Part:
    """Participants with each event and their number of events, by arm, and the dot plot where arms are compared.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Part
    """
    result = counted(material)
    some = result.counts[result.counts["kind"].eq("any")]
    said = "; ".join(
        f"{row['arm']} {row['with_event']} of {row['n']} ({percent(row['with_event'], row['n'])})"
        for _, row in some.iterrows()
    )
    drawn = (_differences(material, result),) if material.has_comparison else ()
    return Part(
        items=(_table(result), *drawn),
        answer=(f"Participants with any adverse event: {said}.", *_uncounted(material, some)),
    )


def _uncounted(material: Material, some: pd.DataFrame) -> tuple[str, ...]:
    """Events that no time at risk holds: many of them mean that the study lacks visits, not that nothing happened."""
    everything = len(material.study.events)
    lost = everything - int(some["events_all"].sum())
    if not lost:
        return ()
    return (
        f"Not counted: {lost:,} of {plural(everything, 'event')} on record, which began before the first dose or after "
        "the last day on which the participant is known to have been in the study, or of which this is not known.",
    )


def _table(result: Harms) -> Table:
    counts = result.counts
    sizes = counts.drop_duplicates("arm").set_index("arm")["n"]
    listed = counts[counts["kind"].ne("group")]
    lines = [
        {"Event": str(event)} | {f"{row['arm']} (n = {sizes[row['arm']]})": _cell(row) for _, row in rows.iterrows()}
        for (_, event), rows in listed.groupby(["kind", "event"], observed=True, sort=True)
    ]
    note = (
        "Participants with at least one such event (% of all in the arm), then the number of events; most frequent "
        "first; terms as recorded",
        *result.notes,
        "Rates per person-time, groups of events and every comparison are in the numbers behind the table",
    )
    return Table(
        name="adverse_events",
        title="Participants with an adverse event, by arm",
        note=" ".join(sentence(part) for part in note),
        method=result.method,
        frame=pd.DataFrame(lines),
        data=result.frame,
    )


def _cell(row: pd.Series) -> str:
    if not row["with_event"]:
        return "0"
    return f"{row['with_event']} ({percent(row['with_event'], row['n'])}), {row['events_all']}"


def _differences(material: Material, result: Harms) -> Figure:
    reference = material.reference
    return figure(
        plot.event_dots(result, styles=material.styles, at_least=AT_LEAST),
        name="adverse_event_dots",
        title=f"Adverse events and their differences from {reference}",
        data=result.frame[result.frame["kind"].eq("term")],
        caption=caption(
            f"Left: participants with each event, of events that at least {number(100 * AT_LEAST, 0)} % of some arm "
            f"had. Right: difference of each arm from {reference}; events with the largest difference first",
            result,
            more=("An interval that excludes 0 among so many events is expected by chance",),
        ),
        method=result.method,
        alt=_dots_alt(result, reference),
    )


def _dots_alt(result: Harms, reference: str) -> str:
    rows = result.frame[result.frame["term"].eq("risk difference") & result.frame["kind"].eq("term")]
    most = rows.sort_values("estimate", ascending=False, kind="stable").head(3)
    said = "; ".join(
        f"{row['event']}, {row['arm']}: {number(100 * row['estimate'], 1)} "
        f"({interval(100 * row['conf_low'], 100 * row['conf_high'], 1)})"
        for _, row in most.iterrows()
    )
    return (
        f"Dot plot of the share of participants with each adverse event by arm, and of differences from {reference} in "
        f"percentage points with {level(result.level)} confidence intervals. The largest differences: {said}."
    )


def devices(material: Material) -> Part:
    """Device events per person with an infusion and per patient-year.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Part
    """
    study = material.study
    found = derive.device_events(study, derive.dose_per_day(study)).rename(columns={"day": "start_day"})
    infused = study.doses.loc[study.doses["route"].eq("intrathecal"), ["participant", "start_day"]]
    if found.empty or infused.empty:
        raise MethodError("the study has no device events, or nobody with an intrathecal dose.")
    first = infused.groupby("participant")["start_day"].min()
    implants = derive.time_at_risk(study)
    implants = implants[implants["participant"].isin(first.index)]
    implants = implants.assign(start_day=implants["participant"].map(first).astype("Int64"))
    # Nobody was seen after a first dose that is itself not known: then the time is not known either.
    implants["end_day"] = implants["end_day"].mask(implants["end_day"].le(implants["start_day"]).fillna(False))
    kinds = dict(zip(found["term"].astype(str), found["kind"].astype(str), strict=True))
    result = stats.complications(found, implants, classes=kinds)
    terms = result.frame[result.frame["kind"].ne("term")]
    printed = result.table().loc[terms.index].drop(columns="Kind").rename(columns={"Term": "Rate"})
    events_of = terms["events"].astype(int).astype(str)
    table = Table(
        name="device_events",
        title="Device events",
        note=" ".join(
            sentence(part)
            for part in (
                result.method,
                "Kinds of events by the words in their terms",
                "An implant here is a person with an intrathecal dose, from the first such dose to the last contact; "
                "the day of implantation is not on record",
                *result.notes,
            )
        ),
        method=result.method,
        frame=printed.assign(Events=events_of.to_numpy())[["Rate", "Event", "Events", *printed.columns[2:]]],
        data=result.frame,
    )
    return Part(items=(table,))
