"""Finding what may tell who a person is, and taking it out: facts about places and counts, never the value."""

from spasticity.privacy.kinds import KINDS, Finding, findings_frame
from spasticity.privacy.screening import is_free_text, screen_column, screen_file_name, screen_header
from spasticity.privacy.texts import redacted, spans

__all__ = [
    "KINDS",
    "Finding",
    "findings_frame",
    "is_free_text",
    "redacted",
    "screen_column",
    "screen_file_name",
    "screen_header",
    "spans",
]
