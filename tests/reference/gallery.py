"""The gallery: each figure with what it is for, and the lines that draw it from the sample study.

    python -m tests.reference.gallery

runs every piece of code and writes docs/gallery.md and docs/pictures/gallery/. A test checks that each figure of
`spasticity.plot` is there and that its code can be read; pictures are made again by this command alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "pictures" / "gallery"
DPI = 80
BEGIN = dedent(
    """
    from spasticity import derive, load, plot, stats

    study = load.sample_study()
    outcomes = derive.outcomes(study)
    styles = plot.arm_styles(study.protocol.arms, study.protocol.reference_arm)
    """
).strip()
#: What `spasticity.plot` offers besides figures.
NO_FIGURES = {
    "PRESETS", "MarkStyle", "Preset", "arm_styles", "cohort_styles", "find", "grade_ramp", "rc", "style",
    "visit_styles",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure of the gallery.

    Parameters
    ----------
    name : str
        The function of `plot`.
    purpose : str
        What it is for, in one sentence.
    code : str
        Lines after `BEGIN`; the last one draws.
    """

    name: str
    purpose: str
    code: str


def _entry(name: str, purpose: str, code: str) -> Entry:
    return Entry(name, purpose, dedent(code).strip())


CHAPTERS: dict[str, tuple[Entry, ...]] = {
    "Who took part, and what is there": (
        _entry(
            "participant_flow",
            "Who took part and who came to each visit; every box adds up to its arm.",
            "plot.participant_flow(derive.flow(study))",
        ),
        _entry(
            "completeness",
            "How much of what was expected is there; what was not expected is hatched, not 0.",
            """
            share = stats.describe(derive.completeness(study), by=("kind", "visit"), value="share")
            plot.completeness(share)
            """,
        ),
        _entry(
            "dropout",
            "The share present at each visit, why the others are absent, and how many of them come back.",
            """
            pattern = derive.missing_pattern(derive.completeness(study), "tone", by="arm")
            plot.dropout(pattern, arm="oral baclofen")
            """,
        ),
        _entry(
            "diary_calendar",
            "Each day of each diary; a day without a diary is hatched.",
            """
            some = study.participants.groupby("arm", observed=True)["participant"].head(6)
            plot.diary_calendar(study.diary, "spasms", participants=some)
            """,
        ),
        _entry(
            "participant",
            "Everything that was recorded of one person.",
            'plot.participant(derive.person(study, "P044"))',
        ),
    ),
    "Did it change, and for whom": (
        _entry(
            "change_by_visit",
            "Adjusted mean change of each arm with its interval, and n under each visit.",
            """
            trend = stats.ancova_by_visit(outcomes, outcome="spasticity_nrs", reference="placebo")
            plot.change_by_visit(trend, term="adjusted mean", styles=styles)
            """,
        ),
        _entry(
            "rating_by_day",
            "The rating of each arm over the days of the trial, with the mean of the last seven days.",
            """
            arms, value = study.participants[["participant", "arm"]], "spasticity_nrs"
            weeks = derive.trailing_means(study.diary, value)
            daily = stats.describe(study.diary.merge(arms), by=("arm", "day"), value=value)
            weekly = stats.describe(weeks.merge(arms), by=("arm", "day"), value=value)
            phases = {"baseline": (-14, 0), "treatment": (0, 168), "taper": (168, 196)}
            plot.rating_by_day(daily, weekly, phases=phases, styles=styles)
            """,
        ),
        _entry(
            "forest",
            "Differences between arms, overall and by subgroup, with the test of interaction.",
            """
            effect = stats.subgroups(outcomes, "cohort", outcome="spasticity_nrs", visit="week 12", reference="placebo")
            plot.forest(effect, styles=styles)
            """,
        ),
        _entry(
            "responder_curve",
            "The share that improved by at least each threshold, so that no single cut decides.",
            """
            found = stats.responders(outcomes, "spasticity_nrs", visit="week 12", reference="placebo")
            plot.responder_curve(found, styles=styles)
            """,
        ),
        _entry(
            "waterfall",
            "How much each participant improved, arm by arm.",
            """
            found = stats.responders(outcomes, "spasticity_nrs", visit="week 12", reference="placebo")
            plot.waterfall(found, styles=styles)
            """,
        ),
        _entry(
            "paired_slopes",
            "A line for each participant from before to after, and the mean change.",
            """
            pairs = stats.paired(outcomes, "llmt6", first="baseline", last="week 12", by="arm")
            plot.paired_slopes(pairs, visits=("baseline", "week 12"), styles=styles)
            """,
        ),
        _entry(
            "single_case",
            "One person in two phases ordered by lot: each day, the mean of each phase, the test (invented days).",
            """
            import numpy as np
            import pandas as pd

            days = pd.DataFrame({"participant": "P1", "day": range(84)}).assign(block=lambda rows: rows["day"] // 14)
            treated = (days["day"] // 7 % 2 == 0) != days["block"].isin([1, 4])
            days["phase"] = treated.map({True: "drug", False: "placebo"})
            days["spasms_per_day"] = np.random.default_rng(4).poisson(treated.map({True: 5, False: 9}))
            case = stats.n_of_1(days, "spasms_per_day", reference="placebo", design="blocks", block="block")
            plot.single_case(case, days, "spasms_per_day")
            """,
        ),
        _entry(
            "pooled_forest",
            "Published trials with their weights, what they say together, and where a new one would lie.",
            """
            trials = load.published_trials().query("outcome == 'stopped for adverse events' and design == 'parallel'")
            pooled = stats.meta_analysis(stats.study_effects(trials, "risk difference"))
            plot.pooled_forest(pooled, label="Risk difference: stopped for adverse events")
            """,
        ),
        _entry(
            "facets",
            "Any of these figures by stratum, with the same limits.",
            """
            found = {
                cohort: stats.ancova_by_visit(rows, outcome="spasticity_nrs", reference="placebo")
                for cohort, rows in outcomes.groupby("cohort", observed=True)
            }
            plot.facets(plot.change_by_visit, found, term="adjusted mean", styles=styles)
            """,
        ),
    ),
    "Spasms": (
        _entry(
            "raster",
            "Every spasm at its local time; days that were not recorded are hatched.",
            """
            events, recorded = derive.spasm_events(study), derive.recorded_days(study)
            plot.raster(events, recorded, participants=recorded["participant"].unique()[:2])
            """,
        ),
        _entry(
            "time_of_day",
            "Spasms per hour over the local day; right where the clocks change.",
            """
            hourly = stats.describe(derive.spasms_by_hour(study), by=("visit", "hour"), value="spasms_per_hour")
            plot.time_of_day(hourly, by="visit")
            """,
        ),
        _entry(
            "count_distribution",
            "How many people have each count, and how many a fitted model expects.",
            """
            counts = stats.as_counts(outcomes, "spasms_per_day", baseline_visit="baseline").query("visit == 'week 12'")
            fit = stats.counts(counts, "count ~ log_baseline + arm", exposure="observed_days", reference="placebo")
            plot.count_distribution(fit.distribution(), label="Spasms in a week")
            """,
        ),
    ),
    "Tone, walking, joints": (
        _entry(
            "grade_stacks",
            "Grades are counted, not averaged.",
            """
            graded = derive.index_muscle(study).dropna(subset=["grade"])
            plot.grade_stacks(stats.shares(graded, "grade", by=("arm", "visit")), scale="modified Ashworth grade")
            """,
        ),
        _entry(
            "diverging_grades",
            "Mild grades to the left and severe ones to the right of the middle of the scale.",
            """
            graded = derive.index_muscle(study).dropna(subset=["grade"]).query("visit in ['baseline', 'week 12']")
            plot.diverging_grades(stats.shares(graded, "grade", by=("arm", "visit")), middle="1+")
            """,
        ),
        _entry(
            "walking_by_visit",
            "Each walker's line, the geometric mean, and a row for everybody who was unable.",
            """
            walked = derive.with_unable(derive.walking(study)).query("outcome == 't25fw_s'")
            plot.walking_by_visit(walked, stats.two_part(walked, "t25fw_s", by="visit"))
            """,
        ),
        _entry(
            "transition_matrix",
            "Who went from which walking device to which.",
            """
            moves = stats.transitions(derive.walk_states(study, test="t25fw"), "aid", first="baseline", last="week 12")
            plot.transition_matrix(moves, visits=("baseline", "week 12"))
            """,
        ),
        _entry(
            "joint_ranges",
            "Joint angles left and right before the band of the normal range.",
            """
            by = ("visit", "joint", "motion", "side")
            joints = stats.describe(derive.joint_angles(study), by=by, value="angle_deg")
            plot.joint_ranges(joints, visit="baseline")
            """,
        ),
        _entry(
            "correlation_matrix",
            "Each correlation with its own n.",
            """
            rows = outcomes.query("visit == 'baseline'")
            wide = rows.pivot(index="participant", columns="outcome", values="value").reset_index()
            names = ["spasticity_nrs", "llmt6", "dorsiflexion_deg", "t25fw_m_per_s", "participation"]
            plot.correlation_matrix(stats.correlations(wide, names))
            """,
        ),
        _entry(
            "bland_altman",
            "Two ways of measuring, with limits of agreement; it draws what the statistic computed.",
            """
            trials = study.walks.query("test == 't25fw' and not unable")
            pairs = trials.pivot(index=["participant", "visit"], columns="trial", values="time_s").add_prefix("trial ")
            twice = stats.agreement(pairs.reset_index(), first="trial 1", second="trial 2", scale="ratio")
            plot.bland_altman(twice, unit="s")
            """,
        ),
    ),
    "Sleep": (
        _entry(
            "actogram",
            "Activity, spasms and unworn time on the local clock, each day drawn twice.",
            """
            scored = derive.sleep_wake(derive.non_wear(study.epochs))
            local, spasms = derive.local_clock(scored, study), derive.spasm_events(study)
            plot.actogram(local, participant="P053", spasms=spasms, ceiling=4000)
            """,
        ),
        _entry(
            "sleep_timeline",
            "Each night by the recording and by the diary.",
            """
            scored = derive.sleep_wake(derive.non_wear(study.epochs))
            spans, spasms = derive.night_spans(scored, study), derive.spasm_events(study)
            worn = spans.merge(spans.query("source == 'recording'")[["participant", "day"]].drop_duplicates())
            plot.sleep_timeline(worn, participant="P053", spasms=spasms)
            """,
        ),
        _entry(
            "peri_awakening",
            "Spasms in the minutes around awakenings, and where chance would put them.",
            """
            import numpy as np

            scored = derive.sleep_wake(derive.non_wear(study.epochs))
            around = derive.around_by_chance(scored, study, rng=np.random.default_rng(1))
            plot.peri_awakening(around)
            """,
        ),
        _entry(
            "activity_profile",
            "The mean day of a person, the quietest and the busiest hours, and the cosinor.",
            """
            scored = derive.sleep_wake(derive.non_wear(study.epochs))
            hours, rhythm = derive.activity_by_hour(scored), derive.rhythm(scored)
            plot.activity_profile(hours, rhythm, participant="P053")
            """,
        ),
        _entry(
            "rhythm_by_week",
            "One measure of the rest-activity rhythm in each week.",
            """
            scored = derive.local_clock(derive.sleep_wake(derive.non_wear(study.epochs)), study)
            weeks = scored.assign(week=scored["day"] // 7)
            plot.rhythm_by_week(derive.rhythm(weeks, by=("participant", "week")))
            """,
        ),
        _entry(
            "efficiency_by_visit",
            "Sleep efficiency by visit; the axis says what it is a share of.",
            """
            sleep = stats.describe(derive.sleep(study), by=("outcome", "arm", "visit"))
            plot.efficiency_by_visit(sleep, styles=styles)
            """,
        ),
    ),
    "Doses and what came with them": (
        _entry(
            "dose_trajectories",
            "The recorded daily dose of each participant. Describes data; no advice.",
            """
            daily = derive.dose_per_day(study).query("drug == 'baclofen' and route == 'oral'")
            median = stats.describe(daily, by="day", value="dose_mg_per_day", statistic="median")
            plot.dose_trajectories(daily, drug="baclofen", route="oral", typical=median)
            """,
        ),
        _entry(
            "infusion_doses",
            "Infused doses over months, with device events.",
            """
            daily = derive.dose_per_day(study)
            devices = derive.device_events(study, daily)
            pumps = devices.loc[devices["may_interrupt"], "participant"].unique()[:4]
            plot.infusion_doses(daily, participants=pumps, events=devices)
            """,
        ),
        _entry(
            "swimmer",
            "Phases of dosing, a lane each, with stops and what followed them.",
            """
            daily = derive.dose_per_day(study)
            stops = derive.stops(daily)
            marks = derive.dosing_marks(stops, derive.symptom_clusters(stops, study))
            marked = marks.query("drug == 'baclofen' and route == 'oral'")["participant"].unique()
            phases = derive.dose_phases(daily)
            plot.swimmer(phases, drug="baclofen", route="oral", marks=marks, participants=marked)
            """,
        ),
        _entry(
            "co_medication",
            "A study drug and the depressants taken beside it, with the days they share.",
            """
            spans = derive.coexposure_spans(derive.dose_per_day(study), study.medications)
            plot.co_medication(spans, derive.depressant_courses(study.medications), participant="P012")
            """,
        ),
        _entry(
            "dose_response",
            "Change on dose, within persons and between them; exposure is not randomised.",
            """
            dosed = derive.dose_at_visits(outcomes, study, drug="baclofen", route="oral")
            plot.dose_response(stats.dose_response(dosed, "spasticity_nrs", dose="dose_mg_per_day"))
            """,
        ),
        _entry(
            "event_dots",
            "Adverse events by arm, and the differences with their intervals.",
            """
            harms = stats.harms(study.events, derive.time_at_risk(study), reference="placebo")
            plot.event_dots(harms, styles=styles)
            """,
        ),
        _entry(
            "event_butterfly",
            "Adverse events of two arms, back to back.",
            """
            harms = stats.harms(study.events, derive.time_at_risk(study), reference="placebo")
            plot.event_butterfly(harms, arms=("placebo", "oral baclofen"), styles=styles)
            """,
        ),
        _entry(
            "onset_timing",
            "When events began after the last change of dose.",
            "plot.onset_timing(derive.onset(study))",
        ),
        _entry(
            "kaplan_meier",
            "Time to an event, with who is at risk under the axis.",
            """
            lasted = derive.time_to_stopping(derive.dose_per_day(study), planned_end_day=168)
            course = lasted.query("drug == 'baclofen' and route == 'oral'")
            curve = stats.survival(course, time="days", event="event", by="cohort")
            plot.kaplan_meier(curve, event="stopping", styles=plot.cohort_styles(["MS", "SCI"]))
            """,
        ),
        _entry(
            "incidence",
            "The share that has had one of several events.",
            """
            lasted = derive.time_to_stopping(derive.dose_per_day(study), planned_end_day=168)
            course = lasted.query("drug == 'baclofen' and route == 'oral'")
            course = course.assign(cause=course["event"].map({True: "stopped", False: "still taken"}))
            curves = stats.cumulative_incidence(course, time="days", cause="cause", censored="still taken", by="cohort")
            plot.incidence(curves, cause="stopped", styles=plot.cohort_styles(["MS", "SCI"]))
            """,
        ),
    ),
    "Can the model be trusted": tuple(
        _entry(
            name,
            purpose,
            f"""
            rows = outcomes.query("outcome == 'spasticity_nrs' and visit != 'baseline'").dropna(subset=["baseline"])
            fit = stats.mmrm(rows, "change ~ baseline*visit + arm*visit + cohort", reference={{"arm": "placebo"}})
            {call}
            """,
        )
        for name, purpose, call in (
            (
                "observed_and_fitted",
                "What was observed and what the model says.",
                "plot.observed_and_fitted(fit, styles=styles)",
            ),
            ("quantiles", "Residuals against a normal distribution, with the band it stays in.", "plot.quantiles(fit)"),
            ("residuals", "Residuals against fitted values.", "plot.residuals(fit)"),
            ("covariance", "How the visits of a participant go together.", 'plot.covariance(fit, kind="correlation")'),
            ("likelihood_profile", "The likelihood along one coefficient.", 'plot.likelihood_profile(fit, "baseline")'),
        )
    ),
}


def entries() -> list[Entry]:
    """Every figure in the order of the page."""
    return [entry for chapter in CHAPTERS.values() for entry in chapter]


def page() -> str:
    """The page in Markdown."""
    lines = ["# Gallery", ""]
    lines += [
        "Every figure, drawn from the sample study by the lines under it. Made by `python -m tests.reference.gallery`.",
        "All of them begin with:",
        "",
        "```python",
        BEGIN,
        "```",
        "",
        'They take `ax=` to be drawn in your own panels, and `with plot.style("nature"):` around them for the widths',
        "and sizes of a journal; `report.figure` and `report.save` write them with numbers, caption and alt text.",
        "",
    ]
    for title, chapter in CHAPTERS.items():
        lines += [f"## {title}", ""]
        for entry in chapter:
            lines += [f"### `plot.{entry.name}`", "", entry.purpose, ""]
            lines += [f"![{entry.purpose}](pictures/gallery/{entry.name}.png)", ""]
            lines += ["```python", entry.code, "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Run every piece of code, and write the page and its pictures."""
    import matplotlib.pyplot as plt
    from tqdm import tqdm

    PICTURES.mkdir(parents=True, exist_ok=True)
    shared: dict[str, object] = {}
    exec(BEGIN, shared)
    for entry in tqdm(entries(), unit="figure"):
        scope = dict(shared)
        *before, last = entry.code.splitlines()
        exec("\n".join([*before, f"drawn = {last}"]), scope)
        scope["drawn"].figure.savefig(PICTURES / f"{entry.name}.png", dpi=DPI, metadata={"Software": None})
        plt.close("all")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
