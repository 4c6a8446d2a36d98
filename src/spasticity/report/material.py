"""What every section of a report is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from spasticity import derive, plot
from spasticity.errors import MethodError
from spasticity.report.artefacts import Figure, Section, Table
from spasticity.study import Study


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Material:
    """A study, its outcomes, and what is the same in all figures.

    Parameters
    ----------
    study : Study
    outcomes : DataFrame
        Canonical outcomes of the study.
    styles : mapping of str to MarkStyle
        How each arm looks.
    days : mapping of str to int
        Planned day of each visit.
    """

    study: Study
    outcomes: pd.DataFrame
    styles: Mapping[str, plot.MarkStyle]
    days: Mapping[str, int]

    @classmethod
    def of(cls, study: Study) -> Material:
        """The material of a study.

        Parameters
        ----------
        study : Study

        Returns
        -------
        Material
        """
        protocol = study.protocol
        return cls(
            study=study,
            outcomes=derive.outcomes(study),
            styles=plot.arm_styles(protocol.arms, protocol.reference_arm),
            days={visit.name: visit.day for visit in protocol.visits},
        )

    @property
    def has_comparison(self) -> bool:
        """Whether there are arms to compare."""
        return len(self.study.protocol.arms) > 1

    @property
    def reference(self) -> str:
        """The arm others are compared with: the protocol's, or its first.

        Raises
        ------
        MethodError
            When the study has fewer than two arms.
        """
        if not self.has_comparison:
            raise MethodError("the study has fewer than two arms, so there is nothing to compare.")
        return self.study.protocol.reference_arm or self.study.protocol.arms[0]

    def of_outcome(self, outcome: str) -> pd.DataFrame:
        """Rows of one outcome.

        Parameters
        ----------
        outcome : str
            Id of a measure.

        Returns
        -------
        DataFrame

        Raises
        ------
        MethodError
            When the study has none.
        """
        rows = self.outcomes[self.outcomes["outcome"].eq(outcome)]
        if rows["value"].notna().sum() == 0:
            raise MethodError(f"the study has no values of {outcome}.")
        return rows


@dataclass(frozen=True, slots=True)
class Part:
    """What one maker adds to a section."""

    items: tuple[Figure | Table, ...] = ()
    answer: tuple[str, ...] = ()


Maker = Callable[[Material], Part]


def section(material: Material, title: str, makers: Sequence[tuple[str, Maker]]) -> Section:
    """A section from its makers; what the study cannot feed is named with the reason, never passed over.

    Parameters
    ----------
    material : Material
    title : str
        The question.
    makers : sequence of (str, callable)
        What each makes, in words, and how.

    Returns
    -------
    Section
    """
    items: list[Figure | Table] = []
    answer: list[str] = []
    left_out = []
    for what, maker in makers:
        try:
            part = maker(material)
        except MethodError as error:
            left_out.append(f"{what}: {error}")
            continue
        items += part.items
        answer += part.answer
    return Section(title=title, answer=tuple(answer), items=tuple(items), left_out=tuple(left_out))
