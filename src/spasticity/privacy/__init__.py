"""Finding what may tell who a person is, and taking it out: facts about places and counts, never the value."""

from spasticity.privacy.calendar import (
    birth_year_or_missing,
    date_shifts,
    implies_top_age,
    shifted,
    study_days,
    top_coded,
)
from spasticity.privacy.column_names import kind_by_name
from spasticity.privacy.keys import canonical_codes, key_id, new_key, read_key
from spasticity.privacy.kinds import KINDS, Finding, findings_frame
from spasticity.privacy.pseudonyms import keyed_pseudonyms, random_pseudonyms
from spasticity.privacy.screening import (
    file_name_spans,
    is_free_text,
    screen_column,
    screen_file_name,
    screen_header,
    stays_in_file,
)
from spasticity.privacy.small_cells import PROFILES, Profile, SafeTable, midpoint6, percentage_is_safe, suppress
from spasticity.privacy.texts import Span, redacted, spans
from spasticity.privacy.zip_codes import zip3

__all__ = [
    "KINDS",
    "PROFILES",
    "Finding",
    "Profile",
    "SafeTable",
    "Span",
    "birth_year_or_missing",
    "canonical_codes",
    "date_shifts",
    "file_name_spans",
    "findings_frame",
    "implies_top_age",
    "is_free_text",
    "key_id",
    "keyed_pseudonyms",
    "kind_by_name",
    "midpoint6",
    "new_key",
    "percentage_is_safe",
    "random_pseudonyms",
    "read_key",
    "redacted",
    "screen_column",
    "screen_file_name",
    "screen_header",
    "shifted",
    "spans",
    "stays_in_file",
    "study_days",
    "suppress",
    "top_coded",
    "zip3",
]
