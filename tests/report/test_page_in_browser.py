"""The page in a real browser: pictures load, links lead somewhere, nothing overflows a phone, words can be read.

Needs Chromium on the path; skips where there is none.
"""

import json
import re
import shutil
import subprocess
from html import unescape
from itertools import pairwise

import pytest

from spasticity import load, report, simulate

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on the path: the page is looked at by hand then"),
    pytest.mark.slow,
]
#: Looks at the page inside a frame of a given width, and writes what it sees where --dump-dom shows it.
LOOK = """
<!doctype html><meta charset="utf-8"><iframe id="frame" src="index.html" style="width:WIDTHpx;height:844px"></iframe>
<pre id="seen"></pre><script>
const frame = document.getElementById("frame"), errors = [];
function luminance(colour) {
  const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const part = colour.match(/[\\d.]+/g).slice(0, 3).map(v => linear(v / 255));
  return .2126 * part[0] + .7152 * part[1] + .0722 * part[2];
}
function behind(element, view) {
  for (let e = element; e; e = e.parentElement) {
    const colour = view.getComputedStyle(e).backgroundColor;
    if (!/rgba\\(.*, 0\\)|transparent/.test(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
}
frame.addEventListener("load", () => {
  const page = frame.contentDocument, view = frame.contentWindow;
  view.addEventListener("error", e => errors.push(String(e.message)));
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const texts = [...page.body.querySelectorAll("*")].filter(own);
  const contrast = texts.map(e => {
    const [a, b] = [luminance(view.getComputedStyle(e).color), luminance(behind(e, view))];
    return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.tagName + "." + e.className];
  });
  const acting = [...page.querySelectorAll("a[href], summary")];
  const reached = acting.map(e => { e.focus(); return page.activeElement === e; });
  const inside = [...page.querySelectorAll("a[href^='#']")];
  const first = page.querySelector("details");
  if (first) first.querySelector("summary").click();
  document.getElementById("seen").textContent = JSON.stringify({
    pictures: [...page.images].map(i => [i.naturalWidth, i.complete, i.alt.length]),
    dead: inside.filter(a => !page.getElementById(a.getAttribute("href").slice(1))).length,
    reached: reached.every(Boolean), focusable: reached.length,
    overflow: page.documentElement.scrollWidth - frame.clientWidth,
    contrast: contrast.sort((a, b) => a[0] - b[0])[0],
    small: Math.min(...texts.map(e => parseFloat(view.getComputedStyle(e).fontSize))),
    opened: first ? first.open : null, errors: errors,
    language: page.documentElement.lang, headings: [...page.querySelectorAll("h1,h2,h3")].map(h => +h.tagName[1]),
  });
});
</script>
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("browser")
    study = load.study(simulate.write(root / "study", simulate.SMALL_DESIGN))
    return report.build(study, root / "report", formats=("svg",))


@pytest.fixture(scope="module", params=[390, 1280], ids=["phone", "screen"])
def seen(request, folder, tmp_path_factory):
    """What a browser sees of the page at some width."""
    place = tmp_path_factory.mktemp("look")
    shutil.copy(folder / "index.html", place)
    (place / "look.html").write_text(LOOK.replace("WIDTH", str(request.param)), encoding="utf-8")
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom",
        f"--user-data-dir={place / 'profile'}", "--virtual-time-budget=20000", (place / "look.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(unescape(re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)[1]))


def test_every_picture_loads_and_has_an_alt_text(seen):
    assert len(seen["pictures"]) >= 10
    assert all(width > 0 and complete and alt > 40 for width, complete, alt in seen["pictures"])


def test_every_link_of_the_navigation_leads_somewhere_and_no_script_fails(seen):
    assert seen["dead"] == 0
    assert seen["errors"] == []


def test_everything_that_acts_is_reached_by_the_keyboard_and_opens(seen):
    assert seen["focusable"] > 20
    assert seen["reached"] is True
    assert seen["opened"] is True


def test_nothing_is_wider_than_the_window(seen):
    assert seen["overflow"] <= 0


def test_words_stand_out_from_their_ground_and_are_large_enough(seen):
    assert seen["contrast"][0] >= 4.5, seen["contrast"]
    assert seen["small"] >= 12


def test_a_screen_reader_knows_the_language_and_no_level_of_heading_is_left_out(seen):
    assert seen["language"] == "en"
    levels = seen["headings"]
    assert levels[0] == 1
    assert all(later - before <= 1 for before, later in pairwise(levels))
