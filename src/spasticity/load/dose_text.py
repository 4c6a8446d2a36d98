"""Typed doses such as `10mg bid + 20mg nocte` as a dose per day with its unit, or a question to whoever typed it.

It describes what was written down; it gives no advice on dosing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from spasticity.errors import DataError, one_of

Route = Literal["oral", "intrathecal"]
Status = Literal["taken", "zero documented", "unknown", "as before"]

# [proposal] per day, mg by mouth and µg intrathecally; beyond them a text is refused, and inside the second pair a
# dose is usual. 240 mg baclofen by mouth: called reasonable at 200 by one source (S132); 60 mg cyclobenzaprine.
POSSIBLE: dict[tuple[str, str], tuple[float, float]] = {
    ("baclofen", "oral"): (0.5, 240),
    ("cyclobenzaprine", "oral"): (0.5, 60),
    ("baclofen", "intrathecal"): (1, 3000),
}
USUAL: dict[tuple[str, str], tuple[float, float]] = {
    ("baclofen", "oral"): (5, 80),
    ("cyclobenzaprine", "oral"): (5, 30),
    ("baclofen", "intrathecal"): (12, 2000),
}
TABLETS = 2  # a schedule without a unit and with no part above it, such as 1-0-1, may count tablets [proposal]

COMMA = "decimal comma"
UNIT_ASSUMED = "unit assumed"
UNIT_CONVERTED = "mg converted to µg"
DAILY_ASSUMED = "taken as the dose of a day"
AS_NEEDED = "as needed"
AS_BEFORE = "as before"
UNUSUAL = "outside the usual range"

ZERO_WORDS = frozenset(
    {"stopped", "stop", "nil", "none", "off", "zero", "discontinued", "ceased", "paused", "held", "on hold", "withheld"}
    | {"pump off", "pump stopped", "not taken", "not taking"}
)
UNKNOWN_WORDS = frozenset({"", "unknown", "not known", "not recorded", "?"})
SAME_WORDS = frozenset({"as before", "as above", "same", "same dose", "unchanged", "no change", "ditto"})

LONGEST = 100  # characters; a longer text is a remark, not a dose
NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
AMOUNT = rf"({NUMBER}) ?(mg|ug)"
SCHEDULE = re.compile(rf"(?:{AMOUNT},? )?({NUMBER}(?:([-/]){NUMBER})(?:\4{NUMBER}){{1,2}}) ?(mg|ug)?")
PAIR = re.compile(rf"{NUMBER} ?(?:mg|ug)? ?(?:[-/]|to) ?{NUMBER} ?(?:mg|ug)?.*")
TABLET = re.compile(rf"({NUMBER}|\d+ ?\d/\d|\d/\d) ?(?:tablets?|tabs?)(?: ?\(| of)? ?{AMOUNT} ?\)?(.*)")
TABLET_ALONE = re.compile(rf"(?:{NUMBER}|\d/\d) ?(?:tablets?|tabs?)\b.*")
TIMES = re.compile(rf"({NUMBER}) ?x ?{AMOUNT}(.*)")
TERM = re.compile(rf"{AMOUNT}(.*)")
DAILY = r"(?:(?:/|per|a) ?(?:d|day)|daily)"
DIVIDED = re.compile(
    rf"{AMOUNT} ?(?:{DAILY},? ?in (?:\d )?doses|(?:{DAILY})?,? ?in (?:\d )?(?:divided|split) doses|"
    rf"(?:{DAILY})?,? ?(?:divided|split)(?:,? (?:bid|bd|tid|tds|qid|qds|(?:in|into) \d(?: doses)?))?)"
)
NEEDED = re.compile(
    r"(.*?),? ?\b(?:prn|as needed|if needed|when needed|as required|if required|when required)\b,? ?(.*)"
)
MOST = re.compile(rf"(?:max|maximum|up to) ?(?:({NUMBER}) ?mg|(\d+) ?x?) ?(?:(?:/|per|a|in a)? ?(?:d|day|daily))")
HOURLY = re.compile(r"(?:/|per) ?(?:h|hr|hour)")
PER_DAY = re.compile(r"(?:(?:/|per|a) ?(?:d|day)|daily|qd|od|once (?:a day|per day|daily)|q24h)")
ONCE = frozenset(
    {"nocte", "qhs", "hs", "at night", "night", "at bedtime", "mane", "in the morning", "morning", "am", "pm"}
    | {"noon", "at noon", "midday", "at midday", "in the evening", "evening", "in the afternoon", "afternoon"}
)
LATIN = {"bid": 2, "bd": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4}
WORDS = {"twice": 2, "two times": 2, "three times": 3, "four times": 4}
COUNTED = re.compile(rf"(?:(\d) ?(?:x|times) ?|x ?(\d) ?|({'|'.join(WORDS)}) ?)(?:/|per|a)? ?(?:d|day|daily)")
EVERY = re.compile(r"(?:q ?(\d+) ?h|every (\d+) ?(?:h|hours)|(\d+) ?-?hourly)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """What a text says about the dose of a day.

    Parameters
    ----------
    route : str
        `oral` or `intrathecal`.
    status : str
        `taken`, `zero documented`, `unknown`, or `as before`.
    low, high : float, optional
        Per day, in `unit`; equal unless the dose is as needed, and missing where it is not known.
    flags : tuple of str
        What was assumed or is unusual.
    """

    route: Route
    status: Status
    low: float | None = None
    high: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """`mg/day` by mouth, `µg/day` intrathecally; the two are never added."""
        return "mg/day" if self.route == "oral" else "µg/day"

    @property
    def per_day(self) -> float | None:
        """The dose of a day in `unit`, when it is one number."""
        return self.low if self.low == self.high else None

    def __str__(self) -> str:
        if self.per_day is not None:
            return f"{self.per_day:.12g} {self.unit}"
        return self.status


def parse(text: str | None, route: Route, drug: str = "baclofen") -> Dose:
    """The dose of a day that a text means.

    Parameters
    ----------
    text : str or None
        As typed; nothing is `unknown`, never zero.
    route : str
        `oral` or `intrathecal`.
    drug : str
        Sets what is possible; a drug without limits here is not judged.

    Returns
    -------
    Dose
        In mg per day by mouth, µg per day intrathecally.

    Raises
    ------
    DataError
        When the text has more than one meaning, none, or an impossible one; says what to ask. Never holds the text.

    Notes
    -----
    The cases are those of the project's domain dossier, section 5.4. It describes records and gives no advice.
    """
    one_of("route", route, ("oral", "intrathecal"))
    clean, flags = _plain(text or "")
    if clean in UNKNOWN_WORDS:
        return Dose(route=route, status="unknown")
    if clean in SAME_WORDS:
        return Dose(route=route, status="as before", flags=(AS_BEFORE,))
    if clean in ZERO_WORDS or re.fullmatch(r"0+(?:\.0+)? ?(?:mg|ug)?(?: ?/ ?d(?:ay)?)?", clean):
        return Dose(route=route, status="zero documented", low=0.0, high=0.0)
    dose = _oral(clean) if route == "oral" else _intrathecal(clean)
    return _judged(replace(dose, flags=(*flags, *dose.flags)), drug)


def _plain(text: str) -> tuple[str, list[str]]:
    """The text in lower case with plain letters, one kind of µ, a decimal point and single spaces."""
    clean = re.sub(r"\s+", " ", text.strip().lower())
    clean = clean.replace("½", " 1/2").replace("¼", " 1/4").replace("¾", " 3/4").replace("×", "x")
    clean = re.sub(r"(?:\b|(?<=\d))(?:mcg|[µμu]g|micrograms?)\b", "ug", clean)
    clean = re.sub(r"(?:\b|(?<=\d))(?:mgs|milligrams?)\b", "mg", clean)
    clean = re.sub(r"(?<=[a-z])\.", "", clean).strip()
    clean = re.sub(r"(?:/|\bper) ?24 ?(?:h|hrs?|hours?)\b", "/d", clean)
    clean = re.sub(r"(?<=\d) ?([-/]) ?(?=\d)", r"\1", clean.replace("–", "-"))
    if not clean.isascii() or len(clean) > LONGEST:
        raise _not_understood()
    if re.search(r"\d,\d{3}(?!\d)", clean):
        raise DataError("dose: a comma before three digits has two meanings; ask whether it marks decimals.")
    comma = re.search(r"\d,\d", clean)
    return re.sub(r"(?<=\d),(?=\d)", ".", clean), [COMMA] if comma else []


def _oral(clean: str) -> Dose:
    for form in (_as_needed, _schedule, _divided):
        dose = form(clean)
        if dose is not None:
            return dose
    if re.search(r"\dug|\d ug", clean):
        raise DataError("dose: a dose by mouth is given in µg; ask for its unit and its route.")
    terms = [term.strip() for term in re.split(r" ?(?:\+|&|;|, | and ) ?", clean)]
    parts = [_term(term, alone=len(terms) == 1) for term in terms]
    flags = tuple(dict.fromkeys(flag for _, found in parts for flag in found))
    return _taken("oral", sum((amount for amount, _ in parts), Fraction(0)), flags)


def _taken(route: Route, amount: Fraction, flags: tuple[str, ...] = ()) -> Dose:
    return Dose(route=route, status="taken", low=float(amount), high=float(amount), flags=flags)


def _as_needed(clean: str) -> Dose | None:
    """A dose that may be taken: from nothing to its limit, when there is one."""
    found = NEEDED.fullmatch(clean)
    if found is None:
        return None
    each, flags = _term(found[1], alone=True)
    most = MOST.fullmatch(found[2].strip()) if found[2] else None
    if found[2] and most is None:
        raise _not_understood()
    limit: Fraction | None = None
    if most:
        limit = Fraction(most[1]) if most[1] else each * int(most[2])
    elif DAILY_ASSUMED not in flags:
        limit = each
    return Dose(
        route="oral",
        status="unknown",
        low=0.0,
        high=None if limit is None else float(limit),
        flags=(AS_NEEDED,),
    )


def _schedule(clean: str) -> Dose | None:
    """Three or four doses of a day, such as 5-5-10."""
    found = SCHEDULE.fullmatch(clean)
    if found is None:
        return None
    strength, strength_unit, parts, mark, unit = found.groups()
    counts = [Fraction(part) for part in parts.split(mark)]
    if "ug" in (strength_unit, unit) or (strength and unit):
        raise _not_understood()
    if strength:
        return _taken("oral", Fraction(strength) * sum(counts, Fraction(0)))
    if unit is None and max(counts) <= TABLETS:
        raise DataError("dose: a schedule of small numbers has no unit; ask whether it counts tablets or mg.")
    return _taken("oral", sum(counts, Fraction(0)), () if unit else (UNIT_ASSUMED,))


def _divided(clean: str) -> Dose | None:
    """The dose of a day that is taken in parts, such as 30 mg/day in 3 doses; how many parts does not change it."""
    found = DIVIDED.fullmatch(clean)
    if found is None or found[2] == "ug":
        return None
    return _taken("oral", Fraction(found[1]))


def _term(term: str, *, alone: bool) -> tuple[Fraction, tuple[str, ...]]:
    """One amount and how often it is taken: mg in a day."""
    each, rest, counted = _amount(term)
    rest = rest.strip()
    times = _frequency(rest)
    if times is None:
        raise _not_understood()
    if counted and (not rest or PER_DAY.fullmatch(rest)):
        raise DataError("dose: several tablets are counted, but not how often; ask how many are taken in a day.")
    if not rest and not alone:
        raise DataError("dose: one of several amounts has no time of day; ask how often each is taken.")
    return each * times, () if rest else (DAILY_ASSUMED,)


def _amount(term: str) -> tuple[Fraction, str, bool]:
    """The mg taken at once, the words after them, and whether they were counted as in 2 x 10 mg."""
    tablet = TABLET.fullmatch(term)
    if tablet:
        return _fraction(tablet[1]) * Fraction(tablet[2]), tablet[4], False
    if TABLET_ALONE.fullmatch(term):
        raise DataError("dose: tablets are counted without their strength; ask how many mg a tablet has.")
    times = TIMES.fullmatch(term)
    if times:
        return Fraction(times[1]) * Fraction(times[2]), times[4], True
    if PAIR.fullmatch(term):
        raise DataError("dose: two numbers may be a range or two doses of a day; ask which dose was taken.")
    if re.fullmatch(NUMBER, term):
        raise DataError("dose: a number without a unit; ask for the unit and how often it is taken.")
    plain = TERM.fullmatch(term)
    if plain is None:
        raise _not_understood()
    return Fraction(plain[1]), plain[3], False


def _fraction(words: str) -> Fraction:
    """`2`, `1/2` or `1 1/2`."""
    return sum((Fraction(part) for part in words.split()), Fraction(0))


def _frequency(words: str) -> int | None:
    """How often in a day; 1 when nothing is said, None when it cannot be told."""
    if not words or words in ONCE or PER_DAY.fullmatch(words):
        return 1
    if words in LATIN:
        return LATIN[words]
    counted = COUNTED.fullmatch(words)
    if counted:
        return int(counted[1] or counted[2] or WORDS[counted[3]])
    every = EVERY.fullmatch(words)
    hours = int(every[1] or every[2] or every[3]) if every else 0
    return 24 // hours if hours and 24 % hours == 0 else None


def _intrathecal(clean: str) -> Dose:
    """An infusion: an amount per day or per hour."""
    if re.fullmatch(NUMBER, clean):
        return _taken("intrathecal", Fraction(clean), (UNIT_ASSUMED,))
    if PAIR.fullmatch(clean):
        raise DataError("dose: two numbers may be a range; ask which daily dose was infused, and in which unit.")
    found = TERM.fullmatch(clean)
    if found is None:
        raise _not_understood()
    amount, rest = Fraction(found[1]), found[3].strip()
    flags = [UNIT_CONVERTED] if found[2] == "mg" else []
    amount *= 1000 if found[2] == "mg" else 1
    if HOURLY.fullmatch(rest):
        return _taken("intrathecal", 24 * amount, tuple(flags))
    if rest and not PER_DAY.fullmatch(rest):
        raise DataError("dose: an infusion is given per day or per hour; ask for the dose of a day.")
    return _taken("intrathecal", amount, (*flags, *([] if rest else [DAILY_ASSUMED])))


def _judged(dose: Dose, drug: str) -> Dose:
    """The dose, flagged when unusual."""
    if dose.high is None:
        return dose
    key = (drug.strip().lower(), dose.route)
    low, high = POSSIBLE.get(key, (0, float("inf")))
    if not (dose.high == 0 or low <= dose.high <= high):
        raise DataError(
            f"dose: it is outside {low:g} to {high:g} {dose.unit} and cannot be true for this drug and route; "
            "ask for the dose and its unit."
        )
    low, high = USUAL.get(key, (0, float("inf")))
    return dose if low <= dose.high <= high else replace(dose, flags=(*dose.flags, UNUSUAL))


def _not_understood() -> DataError:
    return DataError("dose: the text is not understood; ask for the dose of a day, written such as `10 mg tid`.")
