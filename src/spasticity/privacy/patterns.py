"""The shapes of identifiers in text: a pattern, and a check of what it caught.

No pattern can take long: repetitions are bounded and the alternatives of each begin differently. The order is the
order of precedence: what an earlier pattern took, a later one does not see.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from spasticity.privacy import checksums
from spasticity.privacy.clinical_terms import NO_NAMES

LEFT, RIGHT = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
TOKEN = r"(?P<it>(?=[A-Za-z/-]{0,12}\d)[A-Za-z0-9][A-Za-z0-9/-]{2,24})"  # a code with a digit near its start
GAP = r"[ .:#=]{0,4}(?:(?:no|nr|number|num|id|code|is|was)\b[ .:#=]{0,4}){0,2}"
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\.?"
)
PLATE = (
    r"(?P<it>(?=[A-Za-z0-9-]{0,12}\d)(?=[0-9-]{0,12}[A-Za-z])[A-Za-z0-9][A-Za-z0-9-]{2,16}"
    rf"(?: [A-Z]{{3}}{RIGHT})?)"  # the second half of a plate
)
UNIT_FOLLOWS = r"(?! ?(?:\d|mg|mcg|ug|\u00b5g|\u03bcg|ml|mL|min|h\b|hours|%|days|weeks|tablets?))"
CAPITAL = r"[A-Z\u00c0-\u00de][a-z\u00df-\u00ff]*(?:['\u2019-][A-Z\u00c0-\u00de]?[a-z\u00df-\u00ff]+)*"
NAME = rf"(?P<it>(?:[A-Z](?:\.| ) ?){{0,3}}(?=[^ \n]{{2}}){CAPITAL}(?: {CAPITAL}){{0,2}})"
STREET = r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Close|Court|Boulevard|Blvd|Terrace|Crescent|Square)"
STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|"
    "PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"  # Mississippi is left out: MS is the disease
)
TITLES = r"Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sister|Sir|Dame|Rev|Herr|Frau|Mme|Monsieur|Se\u00f1ora?"
RELATIONS = (
    "wife|husband|son|daughter|mother|father|mum|mom|dad|sister|brother|partner|carer|caregiver|spouse|friend|neighbour"
    "|neighbor|aunt|uncle|nurse|therapist|physio|doctor|consultant|surgeon|physician|grandson|granddaughter|niece"
    "|nephew|cousin|girlfriend|boyfriend|physiotherapist|psychologist|urologist|neurologist|keyworker"
)
LABELS = (
    r"[Ss]een by|[Ss]igned(?: by)?|[Rr]eviewed by|[Aa]ssessed by|[Ee]xamined by|[Rr]eported by|[Ee]ntered by|"
    r"[Cc]ompleted by|[Aa]ccompanied by|[Ss]poke (?:to|with)|[Nn]ame:|[Nn]ame is|[Pp]atient:|[Cc]ontact:|[Cc]arer:|"
    r"Dear|[Cc]alled|[Dd]r:|[Nn]urse:|[Tt]echnician:|[Ii]nvestigator:"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The shape of one kind of identifier.

    Parameters
    ----------
    kind : str
    shape : compiled pattern
        Its group `it`, when it has one, is the identifier; the rest is what tells that it is one.
    holds : callable, optional
        Whether what was caught is one.
    hint : str
        A character without which the shape cannot be there; empty when there is none.
    """

    kind: str
    shape: re.Pattern[str]
    holds: Callable[[str], bool] | None = None
    hint: str = ""


def _said(words: str) -> re.Pattern[str]:
    """A code after words that say what it is."""
    return re.compile(rf"{LEFT}(?:{words}){RIGHT}{GAP}{TOKEN}", re.IGNORECASE)


def _names_somebody(text: str) -> bool:
    return not NO_NAMES.fullmatch(text.split(" ")[0].split("'")[0])


def _has_three_digits(text: str) -> bool:
    return len(checksums.digits_of(text)) >= 3 and not _looks_like_a_date(text)


def _looks_like_a_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4}", text))


def _is_phone(text: str) -> bool:
    return 7 <= len(checksums.digits_of(text)) <= 15


def _is_long_address(text: str) -> bool:
    return sum(character not in ":" for character in text) >= 4 and checksums.is_network_address(text)


NUMBER_LEFT, NUMBER_RIGHT = r"(?<![\w.,-])", r"(?![\w-]|[.,]\d)"
PHONE = r"(?P<it>\+?\(?\d[\d ().-]{5,18}\d)"

PATTERNS: tuple[Pattern, ...] = (
    Pattern("photograph", re.compile(r"data:(?:image|video|audio)/[a-z]{2,10}"), hint=":"),
    Pattern(
        "email address",
        re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}"),
        hint="@",
    ),
    Pattern("web address", re.compile(r"(?:https?|ftp)://[^ \n]{1,400}", re.IGNORECASE), hint=":"),
    Pattern("web address", re.compile(rf"{LEFT}www\.[A-Za-z0-9-]{{1,63}}\.[A-Za-z]{{2,}}[^ \n]{{0,400}}"), hint="."),
    Pattern("device serial number", re.compile(rf"{LEFT}(?:[0-9A-Fa-f]{{2}}[:-]){{5}}[0-9A-Fa-f]{{2}}{RIGHT}")),
    Pattern("device serial number", re.compile(r"\(01\) ?\d{14}(?:\(\d\d\)[A-Za-z0-9]{1,20}){0,4}"), hint="("),
    Pattern(
        "network address",
        re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)"),
        checksums.is_network_address,
        hint=".",
    ),
    Pattern("network address", re.compile(r"(?<![\w:])[0-9A-Fa-f:]{4,39}(?![\w:])"), _is_long_address, hint=":"),
    Pattern(
        "device serial number",
        _said(r"serial|s/n|sn|udi|gtin|imei|device|lot|pump (?:serial|no|number|id)|watch (?:serial|no|id)|mac"),
        _has_three_digits,
    ),
    Pattern(
        "social security number",
        re.compile(rf"{NUMBER_LEFT}\d{{3}}([- .])\d{{2}}\1\d{{4}}{NUMBER_RIGHT}"),
        checksums.is_social_security_number,
    ),
    Pattern(
        "social security number",
        re.compile(rf"{LEFT}(?:ssn|social security){RIGHT}{GAP}(?P<it>\d{{9}}){RIGHT}", re.IGNORECASE),
        checksums.is_social_security_number,
    ),
    Pattern(
        "social security number",
        re.compile(rf"{LEFT}(?:ssn|social security)[a-z :#]{{1,20}}(?P<it>\d{{4}}){RIGHT}", re.IGNORECASE),
    ),
    Pattern(
        "social security number",
        re.compile(
            rf"{LEFT}(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d{{2}}){{3}} ?[A-D]{RIGHT}"
        ),
    ),
    Pattern(
        "medical record number",
        re.compile(rf"{NUMBER_LEFT}\d{{3}}([ -]?)\d{{3}}\1\d{{4}}{NUMBER_RIGHT}"),
        checksums.is_nhs_number,
    ),
    Pattern(
        "health plan number",
        re.compile(
            rf"{LEFT}[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?"
            rf"[AC-HJKMNP-RT-Y]{{2}}\d{{2}}{RIGHT}"
        ),
    ),
    Pattern(
        "licence number",
        re.compile(rf"{LEFT}NPI{RIGHT}{GAP}(?P<it>[12]\d{{9}}){RIGHT}", re.IGNORECASE),
        checksums.is_provider_number,
    ),
    Pattern("account number", re.compile(rf"{NUMBER_LEFT}\d(?:[ -]?\d){{12,18}}{NUMBER_RIGHT}"), checksums.is_card),
    Pattern(
        "medical record number",
        _said(
            r"mrn|medical record|chart|(?:hospital|patient|record|case)(?= ?(?:no|nr|number|id|#|:))|nhs|chi|"
            r"hosp\.? no|emrn|pas"
        ),
        _has_three_digits,
    ),
    Pattern(
        "health plan number",
        _said(r"policy|member(?:ship)?|health plan|insurance|insured|medicare|medicaid|beneficiary|subscriber"),
        _has_three_digits,
    ),
    Pattern("account number", _said(r"account|acct|a/c|iban|sort code|invoice|bank"), _has_three_digits),
    Pattern(
        "licence number",
        _said(r"licen[cs]e|driving licen[cs]e|certificate|gmc|nmc|dea|passport|npi"),
        _has_three_digits,
    ),
    Pattern(
        "vehicle number",
        re.compile(
            rf"{LEFT}(?:vehicle|van|car|registration|reg|plate|vin)\b[ .:#]{{0,3}}"
            rf"(?:(?:reg(?:istration)?|plate|no|number|is)\b[ .:#]{{0,3}}){{0,3}}{PLATE}",
            re.IGNORECASE,
        ),
        lambda text: len(checksums.digits_of(text)) >= 2,
    ),
    Pattern("date", re.compile(r"(?<!\d)\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)"), checksums.is_date),
    Pattern("date", re.compile(r"(?<![\d/.-])\d{1,2}([-/])\d{1,2}\1(?:19|20)\d{2}(?![\d/-])"), checksums.is_date),
    # With hyphens, two digits at the end are the evening dose more often than the year; 10/10/20 mg is a dose too.
    Pattern("date", re.compile(rf"(?<![\d/.-])\d{{1,2}}/\d{{1,2}}/\d{{2}}(?![\d/-]){UNIT_FOLLOWS}"), checksums.is_date),
    Pattern("date", re.compile(r"(?<![\d/.-])\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}(?!\d)"), checksums.is_date, hint="."),
    Pattern(
        "date",
        re.compile(
            rf"(?<![\d.])\d{{1,2}}(?:st|nd|rd|th)?[ -]{{0,2}}(?:of )?{MONTH}"
            rf"(?:,?[ -]{{1,2}}(?:\d{{4}}|\d{{2}})(?!\d))?{RIGHT}"
        ),
        checksums.is_date,
    ),
    Pattern(
        "date",
        re.compile(rf"{LEFT}{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?{RIGHT}{UNIT_FOLLOWS}"),
        checksums.is_date,
    ),
    Pattern("date", re.compile(rf"{LEFT}{MONTH},? (?:19|20)\d{{2}}{RIGHT}")),
    Pattern("coordinates", re.compile(r"(?<![\d.])-?\d{1,2}\.\d{4,12}[,;] ?-?\d{1,3}\.\d{4,12}(?![\d.])"), hint="."),
    Pattern("fax number", re.compile(rf"{LEFT}fax{RIGHT}{GAP}{PHONE}", re.IGNORECASE), _is_phone),
    Pattern(
        "phone number",
        re.compile(
            rf"{LEFT}(?:tel|telephone|phone|mobile|cell|ring|call|text|whatsapp){RIGHT}{GAP}{PHONE}", re.IGNORECASE
        ),
        _is_phone,
    ),
    Pattern("phone number", re.compile(r"(?<![\w+])\+\d{1,3}(?:[ .()-]{0,2}\d){6,13}(?!\d)"), _is_phone, hint="+"),
    Pattern("phone number", re.compile(r"(?<![\w.,-])00\d{2,3}[ -]\d{1,4}(?:[ -]?\d{2,4}){2,4}(?![\w-])"), _is_phone),
    Pattern(
        "phone number",
        re.compile(
            r"(?<![\w.,-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([ .-]))[2-9]\d{2}[ .-]\d{4}(?![\w-]|[.,]\d)"
        ),
        _is_phone,
    ),
    Pattern(
        "phone number",
        re.compile(r"(?<![\w.,-])\(?0\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}(?![\w-]|[.,]\d)"),
        lambda text: 10 <= len(checksums.digits_of(text)) <= 11,
    ),
    Pattern("phone number", re.compile(r"(?<![\w.,-])07\d{9}(?![\w-]|[.,]\d)")),
    Pattern(
        "address",
        re.compile(rf"{LEFT}\d{{1,5}}[A-Za-z]? (?:[A-Z][a-z']{{1,20}} ){{1,3}}{STREET}{RIGHT}"),
    ),
    Pattern(
        "postcode",
        re.compile(rf"{LEFT}[A-Z]{{1,2}}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}{RIGHT}"),
    ),
    Pattern("postcode", re.compile(rf"[A-Za-z],? (?:{STATES}) (?P<it>\d{{5}}(?:-\d{{4}})?)(?!\d)")),
    Pattern("postcode", re.compile(r", ?MS (?P<it>\d{5}(?:-\d{4})?)(?!\d)")),
    Pattern(
        "postcode", re.compile(rf"{LEFT}zip(?: code)?[ :]{{1,3}}(?P<it>\d{{5}}(?:-\d{{4}})?)(?!\d)", re.IGNORECASE)
    ),
    Pattern(
        "age over 89",
        re.compile(
            r"(?<![\d.])(?P<it>9\d|1[01]\d)(?:[ -]?(?:years?|yrs?)[ -]old|[ -]?y[/.]?o)(?![A-Za-z])|"
            r"(?<![A-Za-z])aged?[ :]{1,2}(?:of )?(?:9\d|1[01]\d)(?![\d.])",
            re.IGNORECASE,
        ),
    ),
    Pattern("personal code", re.compile(rf"{LEFT}[A-Z]{{2,3}}\d{{6}}{RIGHT}"), checksums.is_birth_code),
    Pattern(
        "name",
        re.compile(rf"{LEFT}(?:{TITLES})\.? {NAME}"),
        _names_somebody,
    ),
    Pattern(
        "name",
        re.compile(rf"{LEFT}(?:GP|(?i:{RELATIONS}))[,:]? (?:is |called |named |\()?{NAME}"),
        _names_somebody,
    ),
    Pattern("name", re.compile(rf"{LEFT}(?:{LABELS}) ?{NAME}"), _names_somebody),
)
