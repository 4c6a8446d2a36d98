"""Finding what may tell who a person is, and taking it out: facts about places and counts, never the value."""

from spasticity.privacy.column_names import kind_by_name
from spasticity.privacy.kinds import KINDS, Finding, findings_frame
from spasticity.privacy.screening import (
    file_name_spans,
    is_free_text,
    screen_column,
    screen_file_name,
    screen_header,
    stays_in_file,
)
from spasticity.privacy.texts import Span, redacted, spans

__all__ = [
    "KINDS",
    "Finding",
    "Span",
    "file_name_spans",
    "findings_frame",
    "is_free_text",
    "kind_by_name",
    "redacted",
    "screen_column",
    "screen_file_name",
    "screen_header",
    "spans",
    "stays_in_file",
]
