"""Words of this field that look like identifiers and are none; they are set aside before anything is looked for."""

from __future__ import annotations

import re

# T25FW is also the shape of a UK postcode without its space (T2 5FW).
TESTS = ("T25FW", "25FW", "6MWT", "2MWT", "10MWT", "9HPT", "MAS", "TUG", "PSFS", "PSQI", "NRS", "EDSS", "MSWS-12")
# Spinal levels and pairs of them: L5/S1, C5-C6, T10.
LEVELS = r"[CTLS]\d{1,2}(?:\s?[-/]\s?[CTLS]?\d{1,2})?"
GRADES = r"AIS[ -]?[A-E]|ASIA[ -]?[A-E]"
# ATC groups such as M03BX, also the shape of a postcode without its space; no district of a postcode begins with 0.
MEDICINES = r"(?:[ABCDGHJLMNPRSV]0[1-9]|[ACDV](?:1\d|20))[A-Z]{1,2}(?:\d{2})?"
SET_ASIDE = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, TESTS))}|{GRADES}|{LEVELS}|{MEDICINES})(?![A-Za-z0-9])", re.ASCII
)
FILLER = "~"

#: Capitalised words that follow a title or a relation and name nobody.
NO_NAMES = re.compile(
    r"Ashworth|Baclofen|Baseline|Botulinum|Bilateral|Both|Clinic|Cyclobenzaprine|Day|Dantrolene|Diazepam|Did"
    r"|Discharge|Dose|Friday|Gabapentin|Grade|Had|Has|Hospital|Increased|Is|Left|Lioresal|Lower|Modified|Monday"
    r"|Morning|Night|No|Not|None|Now|Nurse|Off|On|Oral|Pain|Patient|Penn|Placebo|Pregabalin|Physio"
    r"|Physiotherapist|Pump|Reduced|Reported|Reports|Right|Saturday|Said|Says|Score|Spasm|Spasms|Spasticity"
    r"|Study|Sunday|Tardieu|Team|The|Therapist|Therapy|Thursday|Tizanidine|Treatment|Tuesday|Unit|Unknown|Upper"
    r"|Visit|Ward|Was|Wednesday|Week|Went|Will|With|Withdrew|Yes"
)


def set_aside(text: str) -> str:
    """The text with clinical terms blotted out, as long as before.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return SET_ASIDE.sub(lambda found: FILLER * len(found[0]), text)
