"""Symptoms after a drug was stopped fast, and what else may explain them. Describes data; gives no advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from spasticity.derive.depressants import DEPRESSANTS, classes_of
from spasticity.derive.dose_runs import reasons
from spasticity.errors import MethodError
from spasticity.study import Study

FAST = ("complete abrupt", "complete rapid", "partial abrupt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A kind of symptom.

    Parameters
    ----------
    terms : tuple of str
        Parts of terms of events, in lower case.
    severe : tuple of str
        Those that alone make a cluster.
    """

    terms: tuple[str, ...]
    severe: tuple[str, ...] = ()


# The lists of the project's domain dossier, section 3.3c; names of events [from memory], onsets S110-S112, S127.
DOMAINS: Mapping[str, Domain] = {
    "spasticity rebound": Domain(
        terms=("increased spasticity", "spasticity increased", "rigidity", "spasms increased", "clonus"),
        severe=("rigidity",),
    ),
    "neuropsychiatric": Domain(
        terms=(
            "hallucination",
            "confusion",
            "delirium",
            "agitation",
            "anxiety",
            "insomnia",
            "delusion",
            "psychosis",
            "disorientation",
        ),
        severe=("hallucination", "delirium", "psychosis"),
    ),
    "seizure": Domain(
        terms=("seizure", "convulsion", "status epilepticus"), severe=("seizure", "convulsion", "status epilepticus")
    ),
    "autonomic": Domain(
        terms=(
            "fever",
            "hyperthermia",
            "tachycardia",
            "labile blood pressure",
            "hypotension",
            "hypertension",
            "sweating",
            "piloerection",
        ),
        severe=("hyperthermia", "labile blood pressure"),
    ),
    "sensory": Domain(terms=("pruritus", "paraesthesia", "paresthesia", "itching")),
    "systemic": Domain(
        terms=("rhabdomyolysis", "creatine kinase", "renal failure", "intravascular coagulation", "organ failure"),
        severe=("rhabdomyolysis", "creatine kinase", "renal failure", "intravascular coagulation", "organ failure"),
    ),
}
# What looks alike, S128; the words are [proposal].
INFECTION = ("infection", "sepsis", "pneumonia", "septic")
DYSREFLEXIA = ("dysreflexia",)
NEAR_DAYS = 7  # an infection, a new medicine or another stop so near may explain the symptoms [proposal]


def symptom_clusters(
    falls: pd.DataFrame,
    study: Study,
    *,
    window_days: int = 3,
    min_domains: int = 2,
    look_back_days: int = 30,
    domains: Mapping[str, Domain] = DOMAINS,
    min_ratio: float = 1.5,
    min_rise: float = 2.0,
    near_days: int = NEAR_DAYS,
) -> pd.DataFrame:
    """Symptoms in the days after each fast stop, and what else may explain them. Describes data; gives no advice.

    A cluster is symptoms of at least `min_domains` domains, or one severe symptom, that begin from the first day
    below the whole dose to `window_days` after the stop and were not there as badly in the days before. That a
    cluster follows a stop does not say that the stop caused it.

    Parameters
    ----------
    falls : DataFrame
        As `derive.stops` gives them; only rows that count, and are abrupt, rapid or partial, are looked at.
    study : Study
        Gives events, diaries and other medicines.
    window_days : int
        3 for the first look, 7 for sensitivity; days, because events have no time.
    min_domains, look_back_days : int
    domains : mapping of str to Domain
    min_ratio, min_rise : float
        A rebound in the diary: spasms a day in the three days from the stop over the seven days up to the last whole
        dose at least so high, with an exact 95 % limit above 1 (Poisson; daily counts vary more, so the limit is
        too sure); or a rise of the mean spasticity rating so high.
    near_days : int
        Days before the fall in which an infection, a new medicine or the end of another one counts as near.

    Returns
    -------
    DataFrame
        One row per stop looked at: `participant, drug, route, class, stop_day, domains, n_domains, symptoms, severe,
        first_day` (of a symptom), `lag_days` after the stop, `spasm_ratio, spasm_ratio_low, rating_rise, rebound`,
        `cluster`, `explanations` (others than the stop, in words, missing when none is recorded), `followed`
        (whether events could be recorded to the end of the window: a diary day or a dose at or after it).

    Raises
    ------
    MethodError
        Windows that are not positive.
    """
    if window_days < 0 or min_domains < 1 or look_back_days < 0 or near_days < 0:
        raise MethodError("symptom_clusters: windows are 0 or more days and min_domains 1 or more.")
    names = ["participant", "drug", "route", "class", "last_whole_day", "stop_day"]
    looked = falls[falls["class"].isin(FAST) & falls["flag"].isna()]
    rows = looked[names].astype({"participant": object}).reset_index(drop=True)
    rows["fall"] = np.arange(len(rows))
    symptoms = _symptoms(rows, study.events, window_days, look_back_days, domains)
    rows = rows.merge(_summed(symptoms, domains), how="left", left_on="fall", right_index=True)
    rows["n_domains"] = rows["n_domains"].fillna(0).astype("int64")
    rows["lag_days"] = (rows["first_day"] - rows["stop_day"]).astype("Int64")
    rows = rows.join(_rebound(rows, study.diary, min_ratio, min_rise))
    rows["cluster"] = (rows["n_domains"] >= min_domains) | rows["severe"].notna()
    rows["explanations"] = _explanations(rows, study, window_days, near_days)
    rows["followed"] = _followed(rows, study) >= rows["stop_day"] + window_days
    return rows.drop(columns=["fall", "last_whole_day"])


def dosing_marks(falls: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Fast stops and symptom clusters as marks for a figure of lanes. Describes data; gives no advice.

    Parameters
    ----------
    falls : DataFrame
        As `derive.stops` gives them; rows that do not count, and gradual ones, are left out.
    clusters : DataFrame
        As `symptom_clusters` gives them.

    Returns
    -------
    DataFrame
        `participant, drug, route, day, kind`.
    """
    fast = falls[falls["flag"].isna() & falls["class"].ne("gradual")]
    ill = clusters[clusters["cluster"]]
    names = ["participant", "drug", "route"]
    parts = [
        fast[names].assign(day=fast["stop_day"], kind=fast["class"].astype(object)),
        ill[names].assign(day=ill["first_day"], kind="symptom cluster"),
    ]
    return pd.concat([part.astype({"day": "Int64"}) for part in parts], ignore_index=True)


def _has(text: pd.Series, words: tuple[str, ...]) -> np.ndarray:
    return np.logical_or.reduce([text.str.contains(word, regex=False).to_numpy(dtype=bool) for word in words])


def _lower(values: pd.Series) -> pd.Series:
    return values.astype(object).fillna("").astype(str).str.lower()


def _symptoms(
    rows: pd.DataFrame, events: pd.DataFrame, window: int, back: int, domains: Mapping[str, Domain]
) -> pd.DataFrame:
    """Every symptom after a fall that was not there as badly before: `fall, term, day, domain, is_severe`."""
    text = _lower(events["term"])
    rank = pd.Series(events["severity"].cat.codes, index=events.index) if len(events) else pd.Series(dtype=int)
    events = events.assign(text=text, rank=rank, participant=events["participant"].astype(object))
    pairs = rows.merge(events.drop(columns="action"), on="participant")
    drop = pairs["last_whole_day"] + 1
    after = (pairs["start_day"] >= drop) & (pairs["start_day"] <= pairs["stop_day"] + window)
    there = (pairs["start_day"] < drop) & (pairs["end_day"].isna() | (pairs["end_day"] > drop - back))
    earlier = pairs[there.fillna(False)].groupby(["fall", "text"])["rank"].max().rename("earlier")
    found = pairs[after.fillna(False)].merge(earlier, how="left", on=["fall", "text"])
    found = found[~(found["earlier"] >= found["rank"])]
    parts = []
    for name, domain in domains.items():
        own = found[_has(found["text"], domain.terms)]
        severe = _has(own["text"], domain.severe) if domain.severe else np.zeros(len(own), dtype=bool)
        parts.append(own[["fall", "term", "start_day"]].assign(domain=name, is_severe=severe))
    return pd.concat(parts, ignore_index=True)


def _summed(symptoms: pd.DataFrame, domains: Mapping[str, Domain]) -> pd.DataFrame:
    order = {name: place for place, name in enumerate(domains)}
    symptoms = symptoms.sort_values("domain", key=lambda names: names.map(order), kind="stable")
    groups = symptoms.groupby("fall")
    severe = symptoms[symptoms["is_severe"]].groupby("fall")["term"]
    return pd.DataFrame(
        {
            "domains": groups["domain"].agg(_joined),
            "n_domains": groups["domain"].nunique(),
            "symptoms": groups["term"].agg(_joined),
            "severe": severe.agg(_joined),
            "first_day": groups["start_day"].min(),
        }
    )


def _joined(values: pd.Series) -> str:
    return "; ".join(dict.fromkeys(values.astype(str)))


def _rebound(rows: pd.DataFrame, diary: pd.DataFrame, min_ratio: float, min_rise: float) -> pd.DataFrame:
    """Spasms and ratings of the three days from the stop beside the seven days up to the last whole dose."""
    days = diary.assign(participant=diary["participant"].astype(object))
    days = rows[["participant", "fall", "last_whole_day", "stop_day"]].merge(days, on="participant")
    parts = {
        "post": days[days["day"].between(days["stop_day"], days["stop_day"] + 2)],
        "pre": days[days["day"].between(days["last_whole_day"] - 6, days["last_whole_day"])],
    }
    sums = {name: part.groupby("fall")["spasms"].agg(["sum", "count"]) for name, part in parts.items()}
    post, pre = (sums[name].reindex(rows["fall"]).astype("float64").fillna(0).to_numpy() for name in ("post", "pre"))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(pre[:, 0] > 0, post[:, 0] / post[:, 1] / (pre[:, 0] / pre[:, 1]), np.nan)
        share = betaincinv(post[:, 0], pre[:, 0] + 1, 0.025)  # Clopper & Pearson 1934, on the share of the counts
        low = np.where(post[:, 0] > 0, share / (1 - share) * pre[:, 1] / post[:, 1], 0.0)
    low = np.where(np.isnan(ratio), np.nan, low)
    means = {name: part.groupby("fall")["spasticity_nrs"].mean() for name, part in parts.items()}
    rise = (means["post"].reindex(rows["fall"]) - means["pre"].reindex(rows["fall"])).astype("float64").to_numpy()
    rebound = ((ratio >= min_ratio) & (low > 1)) | (rise >= min_rise - 1e-9)
    return pd.DataFrame(
        {"spasm_ratio": ratio, "spasm_ratio_low": low, "rating_rise": rise, "rebound": rebound}, index=rows.index
    )


def _explanations(rows: pd.DataFrame, study: Study, window: int, near: int) -> pd.Series:
    """What else was recorded near the fall."""
    events = study.events.assign(text=_lower(study.events["term"]) + " " + _lower(study.events["group"]))
    events = rows.merge(events.astype({"participant": object})[["participant", "text", "start_day", "end_day"]])
    on = (events["start_day"] <= events["stop_day"] + window) & (
        events["end_day"].isna() & (events["start_day"] >= events["last_whole_day"] - near)
        | (events["end_day"] > events["last_whole_day"] - near)
    )
    events = events[on.fillna(False).astype(bool)]
    medicines = study.medications.assign(kind=classes_of(study.medications, DEPRESSANTS))
    medicines = rows.merge(medicines.astype({"participant": object}), on="participant")
    first, last = medicines["last_whole_day"] - near, medicines["stop_day"] + window
    begun = medicines["start_day"].between(first, last).fillna(False)
    ended = medicines["end_day"].between(first, last).fillna(False)
    sedating = medicines["kind"].isin(["opioids", "benzodiazepines"])
    found = {
        "infection": events.loc[_has(events["text"], INFECTION), "fall"],
        "autonomic dysreflexia": events.loc[_has(events["text"], DYSREFLEXIA), "fall"],
        "new medicine": medicines.loc[begun, "fall"],
        "end of an opioid or benzodiazepine": medicines.loc[ended & sedating, "fall"],
    }
    return reasons({name: rows["fall"].isin(falls).to_numpy() for name, falls in found.items()})


def _followed(rows: pd.DataFrame, study: Study) -> pd.Series:
    """The last day on which something was recorded of each person."""
    doses = study.doses[study.doses["status"] != "unknown"]
    taken = doses[["participant"]].assign(day=doses["end_day"] - 1)
    seen = pd.concat([study.diary[["participant", "day"]], taken]).astype({"participant": object})
    last = seen.groupby("participant")["day"].max()
    return rows["participant"].map(last).astype("float64").fillna(-np.inf)
