"""What an outcome is: its words, unit, range, direction of benefit and thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from spasticity.errors import MethodError, listed
from spasticity.schema import Better

if TYPE_CHECKING:
    import pandas as pd

ThresholdKind = Literal["percent", "points", "grades", "level"]
Role = Literal["responder", "mcid", "mdc", "band"]
Compare = Literal[">=", ">", "<=", "<"]
ScaleType = Literal["ordinal", "count", "interval", "ratio", "time", "proportion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A cut that somebody published.

    Parameters
    ----------
    value : float
        Size of the change towards benefit, without sign; or the level itself when `kind` is `level`.
    kind : str
        `percent` of baseline, `points` on the scale, `grades`, or a `level` reached.
    meaning : str
        What a person who passes it is called, such as `responder`.
    source : str
        Where it comes from, with the population it was found in.
    confirmed : bool
        False when the number is from memory or a proposal; it is printed with a mark then.
    compare : str
        How a change or a level is held against `value`: `>=`, `>`, `<=` or `<`.
    roles : tuple of str
        What it may be used as: `responder` rule, `mcid`, `mdc` (measurement error), or the edge of a `band`.
    """

    value: float
    kind: ThresholdKind
    meaning: str
    source: str
    confirmed: bool
    compare: Compare = ">="
    roles: tuple[Role, ...] = ("responder",)

    @property
    def rule(self) -> str:
        """The cut in words, such as `change >= 30 %` or `value <= 5`."""
        unit = {"percent": " %", "points": " points", "grades": " grades", "level": ""}[self.kind]
        unit = unit.removesuffix("s") if self.value == 1 else unit
        return f"{'value' if self.kind == 'level' else 'change'} {self.compare} {self.value:g}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How many days a daily rating is averaged over.

    Parameters
    ----------
    days : int
        Length of the window.
    at_least : int
        Days with an entry that a mean needs.
    source : str
        Where the rule comes from.
    """

    days: int
    at_least: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number per participant and visit that a study can report.

    Parameters
    ----------
    id : str
        Its name in `OUTCOMES.outcome`.
    label : str
        Words for axes and sentences, without the unit.
    unit : str, optional
        Unit as printed.
    better : str, optional
        `lower` or `higher`; None when it has no direction.
    scale : str
        `ordinal`, `count`, `interval`, `ratio`, `time` or `proportion`.
    low, high : float, optional
        Range of possible values.
    digits : int
        Decimals worth printing.
    thresholds : tuple of Threshold
        The first responder rule among them is the default.
    window : Window, optional
        For daily entries: the days a visit's value is the mean of.
    unknown : str
        What is not known about it, in words; asked-for thresholds that do not exist answer with this.
    """

    id: str
    label: str
    unit: str | None = None
    better: Better | None = None
    scale: ScaleType = "ratio"
    low: float | None = None
    high: float | None = None
    digits: int = 1
    thresholds: tuple[Threshold, ...] = ()
    window: Window | None = None
    unknown: str = ""

    @property
    def axis_label(self) -> str:
        """Label with the unit in parentheses."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def benefit(self) -> str:
        """The direction of benefit in words, empty when there is none."""
        return f"{self.better} is better" if self.better else ""

    def percent_of_range(self, values: pd.Series) -> pd.Series:
        """Scores as a percentage of the range, 0 at its low end.

        Parameters
        ----------
        values : Series of float, shape (n,)
            Scores of this measure.

        Returns
        -------
        Series of float, shape (n,)
            100 (value - low) / (high - low).

        Raises
        ------
        MethodError
            When the measure has no closed range.
        """
        if self.low is None or self.high is None:
            raise MethodError(f"{self.id}: it has no closed range, so there is no percentage of it.")
        return 100 * (values - self.low) / (self.high - self.low)

    def cuts(self, role: Role) -> tuple[Threshold, ...]:
        """Thresholds that may be used in one way.

        Parameters
        ----------
        role : str
            `responder`, `mcid`, `mdc` or `band`.

        Returns
        -------
        tuple of Threshold
        """
        return tuple(threshold for threshold in self.thresholds if role in threshold.roles)

    def responder(self) -> Threshold:
        """The default responder rule; of kind `level` only where the scale itself is a change (PGIC).

        Returns
        -------
        Threshold

        Raises
        ------
        MethodError
            When nobody has established one; says what is known.
        """
        if rules := self.cuts("responder"):
            return rules[0]
        why = self.unknown or "no threshold is on record"
        raise MethodError(f"{self.id}: no responder threshold to use by default: {why}. Pass `threshold=` and say why.")


def unknown_measure(name: str) -> Measure:
    """A measure that the registry does not know: its name as label, no unit, no direction.

    Parameters
    ----------
    name : str
        Id of an outcome.

    Returns
    -------
    Measure
    """
    return Measure(id=name, label=name.replace("_", " "), unknown="the outcome is not in the registry")


def refuse_unknown(name: str, known: list[str]) -> MethodError:
    """The error for an id that is not in the registry.

    Parameters
    ----------
    name : str
        What was asked for.
    known : list of str
        What there is.

    Returns
    -------
    MethodError
    """
    return MethodError(f"`{name}` is not in the registry; there are {listed(sorted(known), 'and')}.")
