"""The three treatments as declarations: use, administration, dosing, mechanism, side effects, each with its source.

A description of what labels and studies say. It is not advice, and a fact that has no source here is listed as unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from spasticity.errors import one_of
from spasticity.instruments import treatment_cards
from spasticity.instruments.measures import refuse_unknown
from spasticity.instruments.treatment_sources import SOURCES

#: What is said of every treatment, in this order.
ASPECTS = ("use", "evidence", "administration", "dosing", "stopping", "mechanism", "side_effects")


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence and where it comes from.

    Parameters
    ----------
    words : str
        The fact.
    sources : tuple of str
        Keys of `SOURCES`.
    confirmed : bool
        False when it is from memory; it is printed with a mark then.
    """

    words: str
    sources: tuple[str, ...]
    confirmed: bool = True

    def __str__(self) -> str:
        mark = "" if self.confirmed else " [from memory]"
        return f"{self.words}{mark} [{', '.join(self.sources)}]"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Treatment:
    """Everything that is on record about a treatment; prints as a card. Describes; gives no advice.

    Parameters
    ----------
    id : str
        Its name, and that of its arm in the sample study.
    drug, route, unit : str
        As in the doses table; the unit of its daily dose.
    atc : str
        Code of the drug.
    use, evidence, administration, dosing, stopping, mechanism, side_effects : tuple of Fact
        What is known.
    unknown : str
        What the sources of this package do not say.
    """

    id: str
    drug: str
    route: str
    unit: str
    atc: str
    use: tuple[Fact, ...]
    evidence: tuple[Fact, ...]
    administration: tuple[Fact, ...]
    dosing: tuple[Fact, ...]
    stopping: tuple[Fact, ...]
    mechanism: tuple[Fact, ...]
    side_effects: tuple[Fact, ...]
    unknown: str

    def facts(self, aspect: str) -> tuple[Fact, ...]:
        """The facts of one aspect.

        Parameters
        ----------
        aspect : str
            Among `ASPECTS`.

        Returns
        -------
        tuple of Fact

        Raises
        ------
        MethodError
        """
        one_of("aspect", aspect, ASPECTS)
        facts: tuple[Fact, ...] = getattr(self, aspect)
        return facts

    def __repr__(self) -> str:
        return treatment_cards.card_text(self)

    def _repr_html_(self) -> str:
        return treatment_cards.card_html(self)


#: What the sources do not say of any of the three.
NO_RECEPTOR = "the receptor or pathway it acts on is not in the sources of this package"
#: Label warning on baclofen by either route.
ADDS_UP = Fact("depresses the central nervous system: adds to alcohol, opioids and other depressants", ("S119",))

ORAL_BACLOFEN = Treatment(
    id="oral baclofen",
    drug="baclofen",
    route="oral",
    unit="mg/day",
    atc="M03BX01",
    use=(Fact("spasticity in MS and in spinal lesions, studied since the 1970s", ("S63", "S65", "S66", "S67")),),
    evidence=(
        Fact("MS, 5 weeks against placebo, 106 analysed: flexor spasms, stiffness, resistance improved", ("S65",)),
        Fact("MS crossover: spasticity reduced, p < 0.001", ("S67",)),
        Fact("MS, open then placebo: spasticity helped in 16 of 35, spasms relieved in 13 of 21", ("S63",)),
        Fact(
            "Cochrane MS, several drugs: of 15 trials with Ashworth 3 of 8 against placebo and 0 of 7 comparative were "
            "significant; no meta-analysis possible",
            ("S69",),
        ),
    ),
    administration=(Fact("by mouth, in three or four doses a day", ("S68", "S119")),),
    dosing=(
        Fact(
            "label start 5 mg three times a day; 5 mg more per dose every 3 days: 15, 30, 45, 60 mg/day",
            ("S68", "S118"),
        ),
        Fact("usually 40 to 80 mg/day, at most 80 mg/day; higher doses are used in practice", ("S68", "S119", "S51")),
        Fact("lower in renal impairment; encephalopathy in chronic kidney disease from 20 mg/day", ("S118", "S117")),
    ),
    stopping=(
        Fact("label forbids an abrupt stop; UK wording: over 1 to 2 weeks, longer if symptoms occur", ("S118", "S119")),
        Fact(
            "abrupt stop: hallucinations, seizures, high fever, altered mental status, rebound spasticity, rigidity; "
            "rarely rhabdomyolysis, multi-organ failure, death",
            ("S119",),
        ),
    ),
    mechanism=(ADDS_UP,),
    side_effects=(
        Fact("any adverse event in 25 to 75 %", ("S72",)),
        Fact("drowsiness 10 to 63 % (63 against 36 % in a label trial of 175)", ("S68",)),
        Fact("dizziness 5 to 15 %, weakness 5 to 15 %, fatigue 2 to 4 %, confusion 1 to 11 %", ("S68",)),
        Fact("nausea 4 to 12 %, headache 4 to 8 %, insomnia 2 to 7 %, constipation 2 to 6 %", ("S68",)),
        Fact("hypotension 0 to 9 %, urinary frequency 2 to 6 %; dry mouth rare", ("S68",)),
        Fact("kidney disease: encephalopathy 108 of 9,707 from 20 mg/day, 26 of 6,235 below", ("S117",)),
    ),
    unknown=f"{NO_RECEPTOR}; numeric results of the early trials",
)

CYCLOBENZAPRINE = Treatment(
    id="cyclobenzaprine",
    drug="cyclobenzaprine",
    route="oral",
    unit="mg/day",
    atc="M03BX08",
    use=(Fact("acute musculoskeletal spasm, up to 2 to 3 weeks; not an antispastic", ("S123", "S93")),),
    evidence=(
        Fact(
            "the one controlled trial in spasticity that was found: crossover, 2 weeks, n = 15, 60 mg/day, not "
            "different from placebo; one patient at 150 mg/day had a small effect",
            ("S93",),
        ),
    ),
    administration=(
        Fact("by mouth; immediate release three times a day", ("S123",)),
        Fact("extended release once a day", ("S124",)),
    ),
    dosing=(
        Fact("immediate release 5 mg, then 10 mg three times a day; at most 30 mg/day", ("S123",)),
        Fact("extended release 15 mg, then 30 mg once a day; at most 30 mg/day", ("S124",)),
        Fact("not beyond 2 to 3 weeks", ("S123", "S124")),
        Fact("5 mg in older people and mild hepatic impairment; not in moderate or severe", ("S123",)),
        Fact("contraindicated within 14 days of an MAO inhibitor", ("S123",)),
    ),
    stopping=(Fact("after long use: nausea, headache, malaise, not life-threatening", ("S125",)),),
    mechanism=(),
    side_effects=(
        Fact("drowsiness 29 % (5 mg), 38 % (10 mg), 10 % (placebo)", ("S103",)),
        Fact("dry mouth 21 % (5 mg), 32 % (10 mg), 7 % (placebo)", ("S103",)),
        Fact("fatigue 6 %, 6 %, 3 %; headache 5 %, 5 %, 8 %", ("S103",)),
        Fact("dizziness 11 % in older trials of 10 mg", ("S103b",)),
        Fact("rash in one of 15 in the spasticity trial", ("S93",)),
    ),
    unknown=f"{NO_RECEPTOR}; any controlled trial that shows benefit in spasticity",
)

INTRATHECAL_BACLOFEN = Treatment(
    id="intrathecal baclofen",
    drug="baclofen",
    route="intrathecal",
    unit="µg/day",
    atc="M03BX01",
    use=(
        Fact("spasticity of spinal origin (MS, SCI), after a response to a screening dose", ("S11", "S12", "S120")),
        Fact("no response to 100 µg: not a candidate", ("S120",)),
    ),
    evidence=(
        Fact("crossover, 3-day infusion, n = 20: Ashworth (1-5 style) 4.0 to 1.2, spasm score 3.3 to 0.4", ("S11",)),
        Fact("screening of 93, 88 responded, 75 implanted: Ashworth 3.9 to 1.7, spasm score 3.1 to 1.0", ("S12",)),
        Fact("review of 8 studies without randomisation, 162 with SCI: 3.1 to 4.5 before, 1.0 to 2.0 after", ("S77",)),
        Fact("Cochrane SCI: an effect in 2 trials with 14 patients; no pooling", ("S70",)),
        Fact("before and after in 20: more sleep, better sleep efficiency, fewer periodic leg movements", ("S76",)),
    ),
    administration=(
        Fact(
            "screening bolus of 50 µg over at least 1 minute, 4 to 8 hours of observation; then 75, 100 µg", ("S120",)
        ),
        Fact("then an implanted pump and catheter: continuous, flexible or bolus infusion", ("S121",)),
        Fact("concentrations 50 (screening), 500, 1,000 and 2,000 µg/mL", ("S121",)),
    ),
    dosing=(
        Fact(
            "first pump dose twice the screening dose over 24 hours; equal to it if the effect lasted over 8 hours",
            ("S120",),
        ),
        Fact(
            "titration of spinal origin 10 to 30 % per 24 hours; at refills 10 to 40 % more or 10 to 20 % less",
            ("S121",),
        ),
        Fact("usually 300 to 800 µg/day, up to about 1,000 µg/day; 2,000 µg/day reported", ("S121", "S122")),
        Fact("in the review 57 to 187 µg/day at first, 218.7 to 535.9 µg/day after 2 to 41 months", ("S77",)),
    ),
    stopping=(
        Fact("label: never abrupt; withdrawal in 1 to 3 days, progression over 24 to 72 hours", ("S121", "S110")),
        Fact("withdrawal 8 times in 160.4 pump-years (7 catheter, 1 pump); severe in 3 to 5 %", ("S109", "S110")),
        Fact("special attention: SCI at T6 or above, difficulty to communicate, earlier withdrawal", ("S120",)),
    ),
    mechanism=(Fact("the same drug as by mouth, infused intrathecally: µg in place of mg", ("S11", "S121")), ADDS_UP),
    side_effects=(
        Fact("drowsiness 5.3 % of 244 at screening, 5.1 % of 214 in titration, 8.4 % of 214 in maintenance", ("S104",)),
        Fact("558 complications in 1,362 implants: 0.41 per implant, most of the catheter", ("S105",)),
        Fact("11 years: 29 of 116 had 32 events (5 procedure, 4 pump, 23 catheter)", ("S107",)),
        Fact("newer catheter: 9 events in 7 of 126 adults, mean 43 months", ("S106",)),
    ),
    unknown=f"{NO_RECEPTOR}; label rates beyond drowsiness",
)

TREATMENTS = {one.id: one for one in (ORAL_BACLOFEN, CYCLOBENZAPRINE, INTRATHECAL_BACLOFEN)}


def treatment(name: str) -> Treatment:
    """A treatment of the registry. Describes; gives no advice.

    Parameters
    ----------
    name : str
        `oral baclofen`, `cyclobenzaprine` or `intrathecal baclofen`.

    Returns
    -------
    Treatment

    Raises
    ------
    MethodError
    """
    if name not in TREATMENTS:
        raise refuse_unknown(name, list(TREATMENTS))
    return TREATMENTS[name]


def treatment_facts() -> pd.DataFrame:
    """Every fact about the treatments, one row each, with its source.

    Returns
    -------
    DataFrame
        `treatment, aspect, fact, source` (a row per source), `citation`, `confirmed`.
    """
    rows = [
        {"treatment": one.id, "aspect": aspect, "fact": fact.words, "source": key, "citation": SOURCES[key],
         "confirmed": fact.confirmed}
        for one in TREATMENTS.values()
        for aspect in ASPECTS
        for fact in one.facts(aspect)
        for key in fact.sources
    ]  # fmt: skip
    return pd.DataFrame(rows)


def treatment_table(names: Sequence[str] = tuple(TREATMENTS)) -> pd.DataFrame:
    """The treatments side by side: an aspect in each row, a treatment in each column. Describes; gives no advice.

    Parameters
    ----------
    names : sequence of str
        Which treatments.

    Returns
    -------
    DataFrame
        Of text; sources in square brackets, as in `treatment_facts`.
    """
    chosen = [treatment(name) for name in names]
    rows = [
        {"Aspect": aspect.replace("_", " ").capitalize()}
        | {one.id: "; ".join(map(str, one.facts(aspect))) or f"unknown: {NO_RECEPTOR}" for one in chosen}
        for aspect in ASPECTS
    ]
    return pd.DataFrame([*rows, {"Aspect": "Unknown"} | {one.id: one.unknown for one in chosen}])


def write_treatments(path: Path | str) -> Path:
    """Write the page of the treatments, over the one that is there.

    Parameters
    ----------
    path : Path or str
        Where.

    Returns
    -------
    Path
    """
    return treatment_cards.write_page(path, list(TREATMENTS.values()), SOURCES)
