"""Columns that say by their name that they hold identifiers."""

from __future__ import annotations

import re

WHO = (
    r"(?:patient|pt|subject|participant|person|carer|caregiver|next of kin|nok|kin|gp|physician|doctor|dr|nurse"
    r"|clinician|assessor|examiner|rater|technician|therapist|spouse|partner|wife|husband|mother|father|parent|guardian|contact"
    r"|emergency contact|employer|author|user|staff|investigator|consultant)"
)
# Each is matched with the whole name, written in words: `HomePhone_2` is `home phone`.
NAMES: dict[str, str] = {
    "name": rf"(?:{WHO} )?(?:name|names|initials)|{WHO} (?:first|last|full|family|given) names?|"
    r"(?:first|last|middle|given|family|full|maiden|birth|preferred|fore|sur|nick|legal)? ?names? ?"
    r"(?:first|last|middle|given|family|full)?|surname|forename|initials|name (?:first|last|middle)|fname|lname|"
    r"(?:patient|mother|mothers|father|fathers) (?:maiden )?name|next of kin|nok|signature|signed by|seen by|employer",
    "address": r"(?:home |street |postal |mailing |residential |work )?address(?: line)?|street(?: name)?|city|town|"
    r"village|county|district|precinct|parish|suburb|place of (?:birth|residence)|birth ?place|hometown|locality",
    "postcode": r"(?:home )?(?:zip|zip ?code|post ?code|postal code|plz|eircode)(?: of residence)?",
    "coordinates": r"gps|(?:gps |home )?(?:latitude|longitude|lat|lon|lng|lat ?lon|geo ?code|coordinates|easting|"
    r"northing)",
    "date": r"dob|d o b|(?:date of )?birth(?: ?date| ?day)?|date (?:of )?birth|birth(?: dt| dtc| year)|brthdtc|born|"
    r"date of death|death ?date|dod|dthdtc|(?:date of )?(?:admission|discharge)(?: date)?|admission ?date|"
    r"discharge ?date|injury date|date of injury|relapse date|date of relapse",
    "phone number": r"(?:home |work |mobile |cell |day |evening |carer |nok |contact |emergency )*"
    r"(?:tele)?(?:phone|mobile|cell|tel|handy)(?: ?(?:no|nr|num|number))?|contact number|whatsapp",
    "fax number": r"(?:tele)?fax(?: ?(?:no|nr|num|number))?",
    "email address": r"(?:home |work |carer |contact )?e ?mail(?: ?(?:address|addr|id))?|redcap survey identifier|"
    r"survey identifier",
    "social security number": r"ssn(?: ?(?:last ?)?4)?|last ?4(?: ssn)?|(?:social security|soc sec|national insurance"
    r"|nin|nino|national id|national identity|tax id|personal id)(?: ?(?:no|nr|num|number))?|codice fiscale|bsn|"
    r"personnummer",
    "medical record number": r"mrn|emrn|nhs(?: ?(?:no|nr|num|number|id))?|chi(?: ?(?:no|num|number))?|"
    r"(?:medical record|hospital|chart|patient record|health ?care|clinic|pas|case ?notes?)"
    r"(?: ?(?:no|nr|num|number|id))|medical record",
    "health plan number": r"(?:medicare|medicaid|insurance|policy|member|health plan|beneficiary|subscriber|mbi|payer)"
    r"(?: ?(?:no|nr|num|number|id))?",
    "account number": r"(?:account|acct|bank|invoice|billing)(?: ?(?:no|nr|num|number|id))|iban|sort ?code|"
    r"(?:credit )?card (?:no|num|number)",
    "licence number": r"(?:driving |driver'?s? |medical )?(?:licen[cs]e|certificate|passport|gmc|npi|dea)"
    r"(?: ?(?:no|nr|num|number|id))?",
    "vehicle number": r"(?:vehicle|car|van|number|licen[cs]e) ?(?:reg|registration|plate|id|vin)|vin|"
    r"reg(?:istration)? ?plate",
    "device serial number": r"(?:device |pump |catheter |actigraph |sensor |watch |unit |implant )?"
    r"serial(?: ?(?:no|nr|num|number|id))?|(?:device|pump|actigraph|sensor|watch|implant) (?:sn|udi|imei|mac)|udi|imei|"
    r"mac(?: address)?|(?:pump|device) (?:no|num|number)",
    "web address": r"url|web ?site|web ?page|home ?page|(?:facebook|twitter|instagram|linkedin)(?: ?(?:name|id|url))?",
    "network address": r"ip|ip ?address|ip ?addr|host ?name",
    "biometric": r"finger ?prints?|voice ?(?:print|recording)|retina(?: scan)?|iris(?: scan)?|biometrics?|dna|genome|"
    r"gait video|video(?: file)?",
    "photograph": r"(?:patient |face |full face )?photo(?:graph)?s?|facial image|face image|"
    r"face ?(?:photo|picture)|selfie|picture of (?:patient|participant|face)|mugshot",
    "age over 89": r"(?!)",
}
WHOLE = {kind: re.compile(rf"(?:{pattern})") for kind, pattern in NAMES.items()}
# Dates that a study has of right are declared as dates and made into study days; only these lives' dates are refused.
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def kind_by_name(name: str) -> str:
    """The kind of identifier that the name of a column speaks of.

    Parameters
    ----------
    name : str
        As in the source.

    Returns
    -------
    str
        One of `KINDS`; empty when the name says nothing.
    """
    words = _words(name)
    return next((kind for kind, pattern in WHOLE.items() if words and pattern.fullmatch(words)), "")


def _words(name: str) -> str:
    """`HomePhone_2` as `home phone`: words in small letters, without a number at the end."""
    words = re.findall(r"[a-z0-9']+", CAMEL.sub(" ", name).lower())
    while len(words) > 1 and words[-1].isdigit() and words[-2] != "last":
        words.pop()
    return " ".join(words)
