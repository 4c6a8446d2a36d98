"""How an instrument is declared: its items, its scores, and what is known about it. Keys and rules, never wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from spasticity.errors import MethodError, listed, one_of
from spasticity.instruments import cards
from spasticity.instruments.measures import Measure, Role, Threshold
from spasticity.instruments.questions import Item

How = Literal["sum", "mean", "rule"]
#: Answers by item key, as numbers: missing and refused ones are not a number. Clock times are minutes since midnight.
Answers = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One score: its measure, its items, and how they become a number.

    Parameters
    ----------
    measure : Measure
        What the number is.
    items : tuple of str
        Keys of the items it rests on.
    how : str
        `sum`, `mean`, or `rule`: the form's own function.
    at_least : int, optional
        Items that must be answered; the others then count as the person's own mean. All of them when left out.
    span : tuple of float, optional
        Lowest and highest possible sum, when the score is printed as 0 to 100.
    """

    measure: Measure
    items: tuple[str, ...]
    how: How = "sum"
    at_least: int | None = None
    span: tuple[float, float] | None = None

    @property
    def needed(self) -> int:
        """Items that must be answered."""
        return len(self.items) if self.at_least is None else self.at_least


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a form's own function gives for one scale.

    Parameters
    ----------
    value : array of float, shape (n,)
        The score, not a number where there is none.
    reasons : mapping of str to array of bool, shape (n,)
        Words for the flag, and where they apply.
    """

    value: np.ndarray
    reasons: Mapping[str, np.ndarray] = field(default_factory=dict)


Rule = Callable[..., Mapping[str, Ruled]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One version of an instrument: the items that are asked and the scores they give.

    Parameters
    ----------
    items : tuple of Item
        In the order of the form.
    scales : tuple of Scale
        The total first, where there is one.
    version : str
        Its name; empty for an instrument that has one form.
    about : str
        How it differs from the others.
    rule : callable, optional
        Takes the answers and the options, gives a `Ruled` for each scale with `how="rule"`, by measure id.
    options : mapping of str to tuple of str
        Choices that change the number, the default first.
    unknown : str
        Why this form cannot be scored here.
    """

    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    version: str = ""
    about: str = ""
    rule: Rule | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: str = ""

    @property
    def keys(self) -> list[str]:
        """Item keys in order."""
        return [item.key for item in self.items]


def single(measure: Measure, item: Item | None = None) -> tuple[Form, ...]:
    """The forms of an instrument with one item whose answer is the score.

    Parameters
    ----------
    measure : Measure
        The score.
    item : Item, optional
        The item; when left out it has the measure's id and range and takes whole numbers.

    Returns
    -------
    tuple of Form
        One form.
    """
    item = item or Item(key=measure.id, low=measure.low, high=measure.high)
    return (Form(items=(item,), scales=(Scale(measure=measure, items=(item.key,)),)),)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Instrument:
    """Everything that is known about an instrument; prints as a card.

    Parameters
    ----------
    id : str
        Its name in `ANSWERS.instrument`.
    name : str
        Full name, with the year of its publication where known.
    what : str
        What it is about.
    who : str
        Who answers or examines.
    recall : str
        The time an answer is about.
    population : str
        Whom it is used in.
    missing : str
        The rule for missing answers, in words.
    forms : tuple of Form
        Its versions; one form with an empty version when there is only one.
    thresholds : tuple of Threshold
        Published cuts that belong to no single score here.
    limits : str
        Floor and ceiling.
    notes : tuple of str
        What a user must know.
    unknown : str
        What nobody has established, in words.
    sources : tuple of str
        Publications.
    licence : str
        What may be shipped.
    answered_as : str
        Id under which its answers are stored when it is a composite of another instrument.
    daily : bool
        Whether it is answered once a day, so that the day tells two answers apart.
    """

    id: str
    name: str
    what: str
    who: str
    recall: str
    population: str
    missing: str
    forms: tuple[Form, ...]
    thresholds: tuple[Threshold, ...] = ()
    limits: str = "unknown"
    notes: tuple[str, ...] = ()
    unknown: str = ""
    sources: tuple[str, ...] = ()
    licence: str = ""
    answered_as: str = ""
    daily: bool = False

    @property
    def versions(self) -> list[str]:
        """Names of its versions; empty when it has one form only."""
        return [form.version for form in self.forms if form.version]

    @property
    def measures(self) -> list[Measure]:
        """The scores of all its forms, each once."""
        return list({scale.measure.id: scale.measure for form in self.forms for scale in form.scales}.values())

    @property
    def stored_as(self) -> str:
        """The id its answers carry in `ANSWERS.instrument`."""
        return self.answered_as or self.id

    @property
    def mcid(self) -> tuple[Threshold, ...]:
        """Minimal clinically important differences, each with its population and source.

        Raises
        ------
        MethodError
            When none is established.
        """
        return self._known("mcid", "minimal clinically important difference")

    @property
    def mdc(self) -> tuple[Threshold, ...]:
        """Minimal detectable changes, which say nothing about importance.

        Raises
        ------
        MethodError
            When none is established.
        """
        return self._known("mdc", "minimal detectable change")

    def _known(self, role: Role, words: str) -> tuple[Threshold, ...]:
        cuts = [cut for measure in self.measures for cut in measure.cuts(role)]
        cuts += [cut for cut in self.thresholds if role in cut.roles]
        if not cuts:
            why = self.unknown or "none is on record here"
            raise MethodError(f"{self.id}: no {words} ({role.upper()}) is known: {why}. Pass a threshold and say why.")
        return tuple(cuts)

    def form(self, version: str | None = None) -> Form:
        """One version of the instrument.

        Parameters
        ----------
        version : str, optional
            Its name; required when there are several.

        Returns
        -------
        Form

        Raises
        ------
        MethodError
            When a version is needed and not given, is not known, or cannot be scored here.
        """
        if not self.versions:
            if version is not None:
                raise MethodError(f"{self.id}: it has one version only; leave out version={version!r}.")
            version = ""
        elif version is None:
            raise MethodError(f"{self.id}: the version changes the number; pass version={listed(self.versions)}.")
        else:
            one_of("version", str(version), self.versions)
        form = next(form for form in self.forms if form.version == str(version))
        if form.unknown:
            raise MethodError(f"{self.id} {form.version}".strip() + f" cannot be scored: {form.unknown}.")
        return form

    def keys(self, version: str | None = None) -> list[str]:
        """Item keys of one version, which are the columns of a wide table of answers.

        Parameters
        ----------
        version : str, optional
            Its name; required when there are several.

        Returns
        -------
        list of str
        """
        return self.form(version).keys

    def __repr__(self) -> str:
        return cards.card_text(self)

    def _repr_html_(self) -> str:
        return cards.card_html(self)
