"""Medicines that depress the central nervous system, as classes of ATC codes. A list for data, not advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugClass:
    """Medicines counted together.

    Parameters
    ----------
    atc : tuple of str
        Beginnings of ATC codes, old ones too; a longer beginning of another class goes first.
    names : tuple of str
        Names, in lower case, of what has no code.
    """

    atc: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


# [proposal] of the project's domain dossier, section 3.2, built on the wording of labels; N02BF was N03AX12 and
# N03AX16 before.
DEPRESSANTS: Mapping[str, DrugClass] = {
    "opioids": DrugClass(atc=("N02A", "N07BC01", "N07BC02", "R05DA")),
    "benzodiazepines": DrugClass(atc=("N05BA", "N05CD", "N03AE01")),
    "Z-drugs": DrugClass(atc=("N05CF",)),
    "barbiturates": DrugClass(atc=("N05CA", "N03AA")),
    "other sedatives": DrugClass(atc=("N05CM",)),
    "gabapentinoids": DrugClass(atc=("N02BF", "N03AX12", "N03AX16")),
    "sedating antihistamines": DrugClass(atc=("R06AA", "R06AD", "R06AE05", "N05BB01")),
    "antipsychotics": DrugClass(atc=("N05A",)),
    "sedating antidepressants": DrugClass(atc=("N06AA", "N06AX05", "N06AX11")),
    "muscle relaxants": DrugClass(atc=("M03B", "M03CA01")),
    "central alpha-2 agonists": DrugClass(atc=("C02AC01", "N05CM18")),
    "cannabinoids": DrugClass(atc=("N02BG10",)),
    "alcohol": DrugClass(names=("alcohol",)),  # as people say of themselves; drinks have no usable code
}
STUDY_DRUGS: Mapping[str, str] = {"baclofen": "M03BX01", "cyclobenzaprine": "M03BX08"}  # S126


def classes_of(medicines: pd.DataFrame, classes: Mapping[str, DrugClass] = DEPRESSANTS) -> pd.Series:
    """The class of each medicine by the longest beginning of its ATC code, else by its name.

    Parameters
    ----------
    medicines : DataFrame
        `medicine, atc`.
    classes : mapping of str to DrugClass
        Leave some out of `DEPRESSANTS` to switch them off.

    Returns
    -------
    Series of str
        Missing for what is in no class.
    """
    known = medicines[["medicine", "atc"]].astype(object).fillna("").astype(str)
    code = known["atc"].str.strip().str.upper()
    name = known["medicine"].str.strip().str.lower()
    beginnings = sorted(((start, label) for label, each in classes.items() for start in each.atc), key=_length)
    found = pd.Series(None, index=medicines.index, dtype=object)
    for label, each in classes.items():
        found = found.mask(name.isin(each.names), label)
    for start, label in beginnings:
        found = found.mask(code.str.startswith(start), label)
    # A longer beginning of a class that is switched off still takes its medicines out of the shorter one.
    off = [start for label, each in DEPRESSANTS.items() if label not in classes for start in each.atc]
    for start in off:
        shorter = max((len(other) for other, _ in beginnings if start.startswith(other)), default=len(start))
        if shorter < len(start):
            found = found.mask(code.str.startswith(start), np.nan)
    return found.where(found.notna(), None)


def _length(pair: tuple[str, str]) -> int:
    return len(pair[0])
