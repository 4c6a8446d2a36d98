"""One style at printed sizes."""

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import change

MM = 25.4


@pytest.mark.parametrize(
    ("name", "wide", "width"),
    [
        ("report", False, 120),
        ("report", True, 174),
        ("single", False, 85),
        ("one-and-half", False, 120),
        ("double", False, 174),
        ("nature", False, 89),
        ("nature", True, 183),
        ("lancet", False, 75),
        ("lancet", True, 154),
    ],
)
def test_a_figure_has_the_width_of_its_preset_to_a_tenth_of_a_millimetre(name, wide, width):
    with plot.style(name, wide=wide):
        ax = plot.change_by_visit(change())
        buffer = io.BytesIO()
        ax.figure.savefig(buffer, format="svg", metadata={"Date": None})
    head = buffer.getvalue().decode()[:1500]
    points = float(head.split('width="')[1].split("pt")[0])
    assert points * MM / 72 == pytest.approx(width, abs=0.1)


def test_an_unknown_style_names_the_nearest():
    with pytest.raises(MethodError, match=r"style='singel' is not known: .*did you mean `single`"):
        plot.style("singel")


@pytest.mark.parametrize("name", list(plot.PRESETS))
def test_no_text_is_smaller_than_5_points_and_no_line_thinner_than_half_a_point(name):
    settings = plot.rc(name)
    sizes = [value for key, value in settings.items() if key.endswith(("font.size", "labelsize", "fontsize"))]
    widths = [value for key, value in settings.items() if key.endswith(("linewidth", ".width"))]
    assert min(sizes) >= 5
    assert min(widths) >= 0.5
    if name != "slides":
        assert max(sizes) == 7


def test_slides_are_the_same_figure_only_larger():
    small, large = plot.rc("report"), plot.rc("slides")
    for key in ("lines.linewidth", "lines.markersize", "axes.linewidth", "xtick.labelsize"):
        assert large[key] / small[key] == pytest.approx(16 / 7)


def test_files_keep_their_text_as_text_and_need_no_latex():
    settings = plot.rc()
    assert settings["svg.fonttype"] == "none"
    assert settings["pdf.fonttype"] == settings["ps.fonttype"] == 42
    assert settings["text.usetex"] is False
    assert settings["savefig.bbox"] is None


def test_the_font_is_one_that_matplotlib_brings():
    [font] = plot.rc()["font.sans-serif"]
    path = mpl.font_manager.findfont(font, fallback_to_default=False)
    assert path.startswith(mpl.get_data_path())


def test_a_style_starts_from_the_defaults_and_leaves_nothing_behind():
    before = dict(mpl.rcParams)
    with mpl.rc_context({"axes.grid": True, "axes.facecolor": "red", "font.size": 30}):
        ax = plot.change_by_visit(change())
    assert ax.get_facecolor() == (1, 1, 1, 1)
    assert ax.yaxis.label.get_fontsize() == 7
    assert not ax.xaxis.get_gridlines()[0].get_visible()
    assert dict(mpl.rcParams) == before


def test_a_figure_follows_the_style_it_is_drawn_in():
    with plot.style("slides"):
        large = plot.change_by_visit(change())
    assert large.yaxis.label.get_fontsize() == 16
    assert large.figure.get_figwidth() * MM == pytest.approx(254)


def test_the_settings_can_be_made_those_of_a_whole_notebook():
    with mpl.rc_context():
        mpl.rcParams.update(plot.rc("single"))
        assert plot.change_by_visit(change()).figure.get_figwidth() * MM == pytest.approx(85)


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_the_same_figure_has_the_same_bytes(ending):
    def drawn():
        with plot.style("single"):
            ax = plot.change_by_visit(change())
            buffer = io.BytesIO()
            ax.figure.savefig(
                buffer, format=ending, metadata={"Date": None} if ending == "svg" else {"CreationDate": None}
            )
            plt.close(ax.figure)
        return buffer.getvalue()

    assert drawn() == drawn()


def test_svg_names_each_artist_once_and_keeps_words():
    with plot.style("single"):
        ax = plot.change_by_visit(change())
        buffer = io.BytesIO()
        ax.figure.savefig(buffer, format="svg")
    text = buffer.getvalue().decode()
    assert "oral baclofen</text>" in text
    assert text.count('id="estimate.oral-baclofen"') == 1
    ids = [part.split('"')[0] for part in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    assert not [name for name in ids if " " in name]


def test_a_backend_that_becomes_interactive_inside_a_style_stays_so():
    # The first figure of a notebook does this; otherwise it would not be shown.
    before = mpl.is_interactive()
    try:
        mpl.interactive(False)
        with plot.style("single"):
            mpl.interactive(True)
        assert mpl.is_interactive()
    finally:
        mpl.interactive(before)
