"""The code of the pages on text, workbooks, REDCap, events and doses runs on the sample as it arrived."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "formats"
NAMES = {"delimited": "diary", "excel": "tone", "redcap": "study", "event_log": "spasms", "doses": "doses"}


@pytest.mark.parametrize("page", NAMES)
def test_the_code_of_a_page_runs_in_ten_lines_or_so(page, capsys):
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, flags=re.DOTALL)[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= 14
    names = {}
    exec(compile(code, page, "exec"), names)
    made = names[NAMES[page]]
    assert len(made.rejects) > 0
    assert len(made.repairs) > 0
    assert capsys.readouterr().out
