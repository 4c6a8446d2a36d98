"""Who is in the study: clinics, cohorts, arms, and how people are randomised to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError
from spasticity.simulate.constants import Given, Knots
from spasticity.simulate.regimens import Oral, Pump
from spasticity.simulate.streams import Draw

CERVICAL = tuple(f"C{number}" for number in range(4, 9))
THORACIC = tuple(f"T{number}" for number in range(1, 13))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm.

    Parameters
    ----------
    name : str
    onset : tuple
        Day and fraction of the full effect; straight lines between them.
    leaves_for_harm : Given
        Probability of leaving the study because of an adverse event.
    regimen : Oral or Pump, optional
        None for an arm without active drug.
    """

    name: str
    onset: Knots
    leaves_for_harm: Given
    regimen: Oral | Pump | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """One condition and its people.

    Parameters
    ----------
    name : str
    size : int
        Participants.
    female : Given
        Share of women.
    age_mean, age_sd, years_mean : Given
        Age, and mean time since onset or injury, in years.
    edss_mean, edss_sd, walks_to_edss : Given, optional
        EDSS, and the highest at which people walk; None when the condition has none.
    ais : tuple
        AIS grade, its share, and the share of its people who walk.
    cervical : Given, optional
        Share of injuries above T1.
    """

    name: str
    size: int
    female: Given
    age_mean: Given
    age_sd: Given
    years_mean: Given
    edss_mean: Given | None = None
    edss_sd: Given | None = None
    walks_to_edss: Given | None = None
    ais: tuple[tuple[str, Given, Given], ...] = ()
    cervical: Given | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One clinic.

    Parameters
    ----------
    name : str
    zone : str
        IANA time zone.
    share : Given
        Of the participants.
    """

    name: str
    zone: str
    share: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """When and where people join.

    Parameters
    ----------
    first_date : str
        Date of the first first dose.
    days : int
        First doses are spread evenly over so many days.
    sites : tuple of Site
    """

    first_date: str
    days: int
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class People:
    """Everybody, as arrays of one entry per person, in order of enrolment.

    Parameters
    ----------
    frame : DataFrame
        The participants table.
    arms, cohorts : tuple
        What the numbers in `arm` and `cohort` stand for.
    arm, cohort : ndarray of int
    zone : ndarray of str
    severity, responsiveness : ndarray
        Standard normal traits that all signals share.
    """

    frame: pd.DataFrame
    arms: tuple[Arm, ...]
    cohorts: tuple[Cohort, ...]
    arm: NDArray[np.int64]
    cohort: NDArray[np.int64]
    zone: NDArray[np.object_]
    severity: NDArray[np.float64]
    responsiveness: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.arm)

    @property
    def ids(self) -> NDArray[np.object_]:
        """Codes of the participants."""
        return self.frame["participant"].to_numpy(dtype=object)

    def flag(self, name: str) -> NDArray[np.bool_]:
        """A true-or-false column of the participants table."""
        return self.frame[name].to_numpy(dtype=bool)

    def in_arm(self, name: str) -> NDArray[np.bool_]:
        """Who is in an arm; nobody when the study has no such arm."""
        names = [arm.name for arm in self.arms]
        return self.arm == (names.index(name) if name in names else -1)

    def in_cohort(self, name: str) -> NDArray[np.bool_]:
        """Who is in a cohort; nobody when the study has no such cohort."""
        names = [cohort.name for cohort in self.cohorts]
        return self.cohort == (names.index(name) if name in names else -1)

    def by_arm(self, values: tuple[tuple[str, Given], ...]) -> NDArray[np.float64]:
        """The value of each person's arm; 0 where none is given."""
        return np.sum([value * self.in_arm(name) for name, value in values], axis=0) + np.zeros(len(self))

    def by_cohort(self, values: tuple[tuple[str, Given], ...]) -> NDArray[np.float64]:
        """The value of each person's cohort; 0 where none is given."""
        return np.sum([value * self.in_cohort(name) for name, value in values], axis=0) + np.zeros(len(self))

    def onset(self, days: NDArray[np.int64]) -> NDArray[np.float64]:
        """The fraction of the full effect of each person's arm, same shape as `days`: (people, d)."""
        fractions = np.empty(days.shape)
        for number, arm in enumerate(self.arms):
            here = self.arm == number
            fractions[here] = np.interp(days[here], [day for day, _ in arm.onset], [value for _, value in arm.onset])
        return fractions


def population(cohorts: tuple[Cohort, ...], arms: tuple[Arm, ...], enrolment: Enrolment, draw: Draw) -> People:
    """People of each cohort, randomised to the arms in blocks of one per arm.

    Parameters
    ----------
    cohorts : tuple of Cohort
    arms : tuple of Arm
    enrolment : Enrolment
    draw : callable

    Returns
    -------
    People
    """
    cohort = np.repeat(np.arange(len(cohorts)), [cohort.size for cohort in cohorts])
    joined = _joined(cohorts, enrolment, draw)
    arm = np.concatenate([_blocks(cohort.size, len(arms), draw("arm", cohort.name)) for cohort in cohorts])
    order = np.argsort(joined, kind="stable")  # people are numbered in order of enrolment, blocks stay whole
    frame = pd.concat([_described(cohort, draw) for cohort in cohorts], ignore_index=True).iloc[order]
    site = draw("participants", "site").choice(len(enrolment.sites), len(order), p=_shares(enrolment.sites))
    frame.insert(0, "participant", [f"P{number:03d}" for number in range(1, len(order) + 1)])
    frame.insert(2, "arm", [arms[number].name for number in arm[order]])
    frame.insert(3, "site", [enrolment.sites[number].name for number in site])
    frame["first_dose_date"] = pd.Timestamp(enrolment.first_date) + pd.to_timedelta(joined[order], unit="D")
    return People(
        frame=frame.reset_index(drop=True),
        arms=arms,
        cohorts=cohorts,
        arm=arm[order],
        cohort=cohort[order],
        zone=np.array([enrolment.sites[number].zone for number in site], dtype=object),
        severity=draw("participants", "severity").standard_normal(len(order)),
        responsiveness=draw("participants", "responsiveness").standard_normal(len(order)),
    )


def _blocks(size: int, arms: int, rng: np.random.Generator) -> NDArray[np.int64]:
    blocks = np.tile(np.arange(arms), (-(-size // arms), 1))
    return rng.permuted(blocks, axis=1).ravel()[:size]


def _joined(cohorts: tuple[Cohort, ...], enrolment: Enrolment, draw: Draw) -> NDArray[np.int64]:
    """Days from the first enrolment, ascending within each cohort."""
    days = [np.sort(draw("enrolment", cohort.name).integers(0, enrolment.days, cohort.size)) for cohort in cohorts]
    return np.concatenate(days)


def _shares(sites: tuple[Site, ...]) -> NDArray[np.float64]:
    shares = np.array([site.share for site in sites], dtype=float)
    return shares / shares.sum()


def _described(cohort: Cohort, draw: Draw) -> pd.DataFrame:
    """What the participants table says about the people of one cohort."""
    n = cohort.size
    rng = draw("participants", cohort.name)
    age = np.clip(rng.normal(cohort.age_mean, cohort.age_sd, n), 18, 80).round(1)
    years = np.minimum(rng.gamma(2.0, cohort.years_mean / 2.0, n), age - 16).round(1)
    frame = pd.DataFrame(
        {
            "cohort": cohort.name,
            "sex": np.where(rng.random(n) < cohort.female, "female", "male"),
            "age_years": age,
            "condition_years": years,
        }
    )
    return frame.join(_injury(cohort, rng) if cohort.ais else _edss(cohort, rng))


def _edss(cohort: Cohort, rng: np.random.Generator) -> pd.DataFrame:
    if cohort.edss_mean is None or cohort.edss_sd is None or cohort.walks_to_edss is None:
        raise MethodError(f"cohort {cohort.name}: it needs an EDSS (mean, sd, walks_to_edss) or shares of AIS grades.")
    edss = np.clip(np.round(2 * rng.normal(cohort.edss_mean, cohort.edss_sd, cohort.size)) / 2, 2.0, 9.0)
    none = np.full(cohort.size, None, dtype=object)
    return pd.DataFrame({"edss": edss, "ais": none, "level": none, "walks": edss <= cohort.walks_to_edss})


def _injury(cohort: Cohort, rng: np.random.Generator) -> pd.DataFrame:
    shares = np.array([share for _, share, _ in cohort.ais], dtype=float)
    grade = rng.choice(len(cohort.ais), cohort.size, p=shares / shares.sum())
    walking = np.array([walks for _, _, walks in cohort.ais], dtype=float)[grade]
    cervical = rng.random(cohort.size) < (cohort.cervical or 0.0)
    level = np.where(cervical, rng.choice(CERVICAL, cohort.size), rng.choice(THORACIC, cohort.size))
    return pd.DataFrame(
        {
            "edss": np.nan,
            "ais": np.array([cohort.ais[number][0] for number in grade], dtype=object),
            "level": level.astype(object),
            "walks": rng.random(cohort.size) < walking,
        }
    )
