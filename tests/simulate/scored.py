"""Outcomes and effects of a study, worked out plainly: not with the rooms above `simulate`, so that both can be wrong
only independently of each other."""

import numpy as np
import pandas as pd
from scipy import stats

KEYS = ["participant", "visit"]
LLMT4 = ["knee flexors", "knee extensors"]
LLMT6 = [*LLMT4, "plantar flexors"]


def long(frame, values):
    """Columns of a frame as rows of outcomes."""
    rows = [frame[KEYS].assign(outcome=name, value=found.astype(float)) for name, found in values.items()]
    return pd.concat(rows, ignore_index=True).dropna(subset="value")


def windows(study, days=7):
    """The days before each attended visit, before day 0 at baseline."""
    seen = study.visits.loc[study.visits["status"] == "attended", [*KEYS, "day"]]
    parts = [seen[KEYS].assign(day=seen["day"].clip(lower=0) - back) for back in range(1, days + 1)]
    return pd.concat(parts, ignore_index=True)


def window_means(study, table, names, days=7, at_least=4):
    joined = windows(study, days).merge(table[["participant", "day", *names]], on=["participant", "day"])
    groups = joined.groupby(KEYS)[names]
    return groups.mean().where(groups.count() >= at_least).reset_index()


def diary(study):
    names = {"spasms": "spasms_per_day", "spasticity_nrs": None, "pain_nrs": None, "drowsiness_nrs": None}
    means = window_means(study, study.diary, list(names))
    return long(means, {names[name] or name: means[name] for name in names})


def local_times(events):
    """The wall clock at each event."""
    parts = [rows["start_utc"].dt.tz_convert(zone).dt.tz_localize(None) for zone, rows in events.groupby("zone")]
    return pd.concat(parts).reindex(events.index)


def recordings(study, night=(22, 6)):
    events = study.spasms.merge(study.participants[["participant", "first_dose_date"]], on="participant")
    local = local_times(events)
    events["day"] = (local.dt.normalize() - events["first_dose_date"]).dt.days
    hour = local.dt.hour
    at_night = (hour >= night[0]) | (hour < night[1])
    days = study.recording[["participant", "day"]]
    for name, which in {"at_night": at_night, "by_day": ~at_night}.items():
        counts = events[which].groupby(["participant", "day"]).size().rename(name).reset_index()
        days = days.merge(counts, how="left", on=["participant", "day"]).fillna({name: 0})
    means = window_means(study, days, ["at_night", "by_day"])
    return long(means, {"spasms_per_hour_night": means["at_night"] / 8, "spasms_per_hour_day": means["by_day"] / 16})


def minutes(clock):
    return pd.to_timedelta(clock + ":00").dt.total_seconds() / 60


def nights(study):
    table = study.nights.copy()
    spell = (minutes(table["final_awakening"]) - minutes(table["attempt"])) % 1440
    in_bed = (minutes(table["out_of_bed"]) - minutes(table["into_bed"])) % 1440
    table["tst_min"] = spell - table["sol_min"] - table["waso_min"]
    table["sleep_efficiency_tib"] = 100 * table["tst_min"] / in_bed
    table["sleep_efficiency_dse"] = 100 * table["tst_min"] / spell
    names = ["tst_min", "sol_min", "waso_min", "awakenings", "spasm_awakenings"]
    names += ["sleep_efficiency_tib", "sleep_efficiency_dse"]
    means = window_means(study, table, names)
    return long(means, {name: means[name] for name in names})


def answers(study):
    wide = study.answers.pivot_table(index=KEYS, columns=["instrument", "item"], values="response", aggfunc="first")
    frame = wide.index.to_frame(index=False)
    one = {"psfs_frequency": wide[("psfs", "frequency")], "pgic": wide[("pgic", "pgic")]}
    values = {name: pd.Series(pd.to_numeric(found).to_numpy(dtype=float)) for name, found in one.items()}
    return long(frame, {**values, "psqi": psqi(wide["psqi"].reset_index(drop=True))})


def psqi(items):
    in_bed = (minutes(items["getup"]) - minutes(items["bedtime"])) % 1440
    number = items.drop(columns=["bedtime", "getup", "5j_comment"], errors="ignore").apply(pd.to_numeric).astype(float)
    hours = number["hours_sleep"]
    efficiency = 6000 * hours / in_bed
    disturbed = number[[f"5{letter}" for letter in "bcdefghi"]].sum(axis=1, skipna=False) + number["5j"].fillna(0)
    commented = items["5j_comment"].notna() if "5j_comment" in items else False
    disturbed -= number["5j"].fillna(0).where(~commented, 0)
    latency = banded(number["latency_min"], [15, 30, 60], right=True) + number["5a"]
    parts = [
        3 - banded(hours, [5, 6, 7], right=False),
        np.ceil(disturbed / 9),
        np.ceil(latency / 2),
        np.ceil((number["staying_awake"] + number["enthusiasm"]) / 2),
        3 - banded(efficiency, [65, 75, 85], right=False),
        number["quality"],
        number["medicine"],
    ]
    return sum(parts)


def banded(values, edges, *, right):
    found = np.searchsorted(edges, values.to_numpy(dtype=float), side="left" if right else "right").astype(float)
    return pd.Series(found, index=values.index).where(values.notna())


def tone(study):
    ranks = study.tone.assign(rank=study.tone["grade"].cat.codes.where(study.tone["grade"].notna()))
    parts = []
    for outcome, muscles in {"llmt6": LLMT6, "llmt4": LLMT4}.items():
        rows = ranks[ranks["muscle"].isin(muscles)]
        groups = rows.groupby(KEYS)["rank"]
        means = groups.mean().where(groups.count() == 2 * len(muscles)).reset_index()
        parts.append(long(means, {outcome: means["rank"]}))
    return pd.concat(parts)


def walks(study):
    means = study.walks.pivot_table(index=KEYS, columns="test", values="time_s", observed=True).reset_index()
    values = {}
    if "t25fw" in means:
        values |= {"t25fw_s": means["t25fw"], "t25fw_m_per_s": 7.62 / means["t25fw"]}
    return long(means, {**values, "walk_10m_m_per_s": 10 / means["10mwt"]})


def rehabilitation(study):
    table = study.range_of_motion
    angle = table[table["motion"] == "dorsiflexion"].groupby(KEYS)["angle_deg"].mean().reset_index()
    sessions = window_means(study, study.therapy, ["participation"], days=14, at_least=1)
    return pd.concat(
        [
            long(angle, {"dorsiflexion_deg": angle["angle_deg"]}),
            long(sessions, {"participation": sessions["participation"]}),
        ]
    )


PARTS = (diary, recordings, nights, answers, tone, walks, rehabilitation)


def outcomes(study, parts=PARTS):
    """`participant, cohort, arm, visit, outcome, value, baseline`."""
    rows = pd.concat([part(study) for part in parts], ignore_index=True)
    first = rows[rows["visit"] == study.protocol.baseline_visit]
    first = first[["participant", "outcome", "value"]].rename(columns={"value": "baseline"})
    rows = rows.merge(first, how="left", on=["participant", "outcome"])
    return rows.merge(study.participants[["participant", "cohort", "arm"]], on="participant")


def design_matrix(rows, reference, covariate):
    arms = [arm for arm in sorted(rows["arm"].unique()) if arm != reference]
    columns = [np.ones(len(rows)), *[(rows["arm"] == arm).to_numpy(dtype=float) for arm in arms]]
    if covariate is not None:
        columns.append(covariate.to_numpy(dtype=float))
    if len(set(rows["cohort"])) > 1:
        columns.append((rows["cohort"] == "SCI").to_numpy(dtype=float))
    return arms, np.column_stack(columns)


def robust(design, residuals, weights, bread):
    """HC3 covariance."""
    leverage = np.einsum("ij,jk,ik->i", design, bread, design) * weights
    scores = design * (residuals / (1 - leverage))[:, None]
    return bread @ (scores.T @ scores) @ bread


def differences(rows, reference, level):
    """Difference in mean change from the reference arm, adjusted for baseline and cohort; HC3 and t."""
    with_baseline = rows["baseline"].notna().any()
    rows = rows.dropna(subset="baseline") if with_baseline else rows
    arms, design = design_matrix(rows, reference, rows["baseline"] if with_baseline else None)
    bread = np.linalg.inv(design.T @ design)
    values = rows["value"].to_numpy(dtype=float)
    fitted = bread @ design.T @ values
    covariance = robust(design, values - design @ fitted, np.ones(len(values)), bread)
    return intervals(arms, fitted, covariance, len(values) - design.shape[1], level)


def ratios(rows, reference, level):
    """Ratio of means to the reference arm: log link, variance proportional to the mean, HC3."""
    rows = rows.dropna(subset="baseline")
    arms, design = design_matrix(rows, reference, np.log(rows["baseline"] + 0.1))
    values = rows["value"].to_numpy(dtype=float)
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(values.mean())
    for _ in range(50):
        mean = np.exp(design @ beta)
        bread = np.linalg.inv(design.T @ (design * mean[:, None]))
        step = bread @ design.T @ (values - mean)
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    mean = np.exp(design @ beta)
    covariance = robust(design, values - mean, mean, bread)
    return intervals(arms, beta, covariance, len(values) - design.shape[1], level).assign(
        **{name: lambda frame, name=name: np.exp(frame[name]) for name in ("estimate", "low", "high")}
    )


def intervals(arms, fitted, covariance, df, level):
    error = np.sqrt(np.diag(covariance))[1 : 1 + len(arms)]
    reach = stats.t.ppf((1 + level) / 2, df) * error
    estimate = fitted[1 : 1 + len(arms)]
    return pd.DataFrame(
        {"arm": arms, "estimate": estimate, "std_error": error, "low": estimate - reach, "high": estimate + reach}
    )


def estimates(found, truth, reference, level=0.95):
    """Every planted comparison beside its estimate and interval."""
    wanted = truth[truth["quantity"].str.endswith(f"vs {reference}")]
    parts = []
    for (outcome, cohort, visit, quantity), planted in wanted.groupby(["outcome", "cohort", "visit", "quantity"]):
        rows = found[(found["outcome"] == outcome) & (found["visit"] == visit)]
        rows = rows if cohort == "all" else rows[rows["cohort"] == cohort]
        method = ratios if quantity.startswith("rate ratio") else differences
        if "improvement" in quantity:
            rows = rows.assign(value=(rows["value"] <= 0.7 * rows["baseline"] + 1e-9).astype(float))
        parts.append(planted.merge(method(rows, reference, level), on="arm"))
    return pd.concat(parts, ignore_index=True)
