"""A drawing as a file: exact size, live text, no alpha where a format knows none, the same bytes twice."""

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from spasticity import plot, report
from spasticity.errors import MethodError


@pytest.fixture
def drawing():
    with plot.style("single"):
        fig, ax = plt.subplots(layout="constrained")
        ax.plot([0, 1], [0, 1], color="#0072b2", alpha=0.5)
        ax.fill_between([0, 1], [0, 0], [1, 2], color="#e69f00", alpha=0.25)
        ax.bar([0], [1], facecolor=(0, 0, 0, 0.2), edgecolor="black")
        ax.set_xlabel("Week")
        made = report.figure(ax, name="tiny", title="Tiny", data={}, caption="A line.", alt="A line that rises.")
    yield made
    plt.close(fig)


@pytest.mark.parametrize("ending", report.IMAGE_FORMATS)
def test_every_format_has_the_same_bytes_twice(drawing, ending):
    assert drawing.image(ending, dpi=100) == drawing.image(ending, dpi=100)


@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_pixels_have_the_asked_resolution_and_the_exact_width(drawing, ending):
    with Image.open(io.BytesIO(drawing.image(ending, dpi=600))) as image:
        assert image.size[0] == pytest.approx(85 / 25.4 * 600, abs=1)
        assert float(image.info["dpi"][0]) == pytest.approx(600, abs=0.1)


def test_a_tiff_has_no_alpha_is_packed_and_shows_what_the_png_shows(drawing):
    with (
        Image.open(io.BytesIO(drawing.image("tiff", dpi=100))) as tiff,
        Image.open(io.BytesIO(drawing.image("png", dpi=100))) as png,
    ):
        assert tiff.mode == "RGB"
        assert tiff.info["compression"] == "tiff_lzw"
        assert np.array_equal(np.asarray(tiff), np.asarray(png.convert("RGB")))


def test_an_eps_is_opaque_has_live_text_and_no_clock(drawing):
    before = drawing.image("png", dpi=100)
    content = drawing.image("eps")
    assert b"CreationDate" not in content
    assert b"/FontType 42" in content
    assert b"/Type3" not in content
    painted = {
        tuple(float(x) for x in line.split()[:3]) for line in re.findall(rb"[\d.]+ [\d.]+ [\d.]+ setrgbcolor", content)
    }
    on_white = 0.5 * np.array([0, 0x72, 0xB2]) / 255 + 0.5  # the half-translucent blue line
    assert any(np.allclose(colour, on_white, atol=0.002) for colour in painted)
    assert drawing.image("png", dpi=100) == before  # the drawing itself is as it was


def test_a_pdf_has_fonts_that_publishers_take_and_the_width_of_the_column(drawing):
    content = drawing.image("pdf")
    assert b"/Type3" not in content
    width = float(re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", content)[1])
    assert width == pytest.approx(85 / 25.4 * 72, abs=0.1)


def test_an_unknown_format_is_refused_with_those_there_are(drawing):
    with pytest.raises(MethodError, match="format"):
        drawing.image("jpg")
