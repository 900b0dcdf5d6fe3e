"""The report: one page of what a sampler makes."""

import re
import sys
from html import unescape
from html.parser import HTMLParser

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import NotFittedError

import imblearn_gan
from imblearn_gan import CGANOversampler, GANOversampler
from tests.inspection.shown import X, Y

VOID = {"meta", "img", "br", "link"}


@pytest.fixture(autouse=True)
def _no_figures_left():
    matplotlib.use("Agg")
    settings = dict(matplotlib.rcParams)
    yield
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == settings


class Page(HTMLParser):
    """Tags, attributes and text of a page, whose tags are all closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text.append(data)


def customers(n=60):
    stream = np.random.RandomState(0)
    frame = pd.DataFrame(
        {
            "income": np.where(np.arange(n) % 5 == 0, np.nan, stream.lognormal(8, 1, n)),
            "<b>town</b>": stream.choice(np.array(["Bonn", "<img src=x>", None], dtype=object), n),
            "paid in $, not $^{": stream.normal(size=n),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(stream.randint(900, size=n), "D"),
        }
    )
    return frame, np.where(np.arange(n) % 5 == 1, "<script>alert('1')</script>", "a & b")


@pytest.fixture(scope="module")
def of_table():
    frame, y = customers()
    sampler = CGANOversampler(max_iter=3, random_state=0)
    sampler.fit_resample(frame, y)
    return sampler, imblearn_gan.report(sampler, frame, y)


def test_a_table(of_table):
    page = Page(of_table[1].html)
    headings = ["What was found", "Rows by class", "Columns", "Nearest real rows"]
    headings += ["In two dimensions", "Losses", "Figures"]
    assert [text for text in page.text if text in headings] == headings
    shown = " ".join(page.text)
    assert "60 rows with 4 columns" in shown
    assert "CGANOversampler(max_iter=3, random_state=0)" in shown
    cells = shown[shown.index("Rows by class") : shown.index("Bars")].split()
    assert cells[cells.index("<script>alert('1')</script>") + 1 :][:4] == ["12", "18", "18", "48"]


def test_what_comes_from_data_is_text(of_table):
    page = Page(of_table[1].html)
    assert not {"script", "iframe", "object", "b>"} & set(page.tags)
    assert {name for name, _ in page.attributes if name.startswith("on")} == set()
    sources = [value for name, value in page.attributes if name in ("src", "href")]
    assert sources
    assert all(value.startswith("data:image/png;base64,") for value in sources)
    assert "<script>alert('1')</script>" in " ".join(page.text)
    assert "<img src=x>" in " ".join(page.text)
    assert "http" not in of_table[1].html


def test_a_frame_of_its_own_in_a_notebook(of_table):
    report = of_table[1]
    shown = Page(report._repr_html_())
    attributes = dict(shown.attributes)
    assert shown.tags == ["iframe"]
    assert attributes["srcdoc"] == report.html
    assert "sandbox" in attributes
    assert unescape(attributes["title"]) == report.title
    assert re.fullmatch(r"Report\('CGANOversampler: .*', \d+ KiB: save\(path\) .*", repr(report))


def test_nothing_is_written_unasked(of_table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sampler = of_table[0]
    report = imblearn_gan.report(sampler, *customers(), title="Mine <3")
    assert list(tmp_path.iterdir()) == []
    assert report.save("report.html").read_text(encoding="utf-8") == report.html
    assert "<title>Mine &lt;3</title>" in report.html


@pytest.mark.slow
def test_looking_changes_nothing(of_table):
    sampler, report = of_table
    state = sampler._stream.get_state()[1].copy()
    again = imblearn_gan.report(sampler, *customers())
    assert again.html == report.html
    assert np.array_equal(sampler._stream.get_state()[1], state)


@pytest.mark.parametrize("channels", [1, 3])
def test_images(channels):
    images = (X * 15.9).astype(np.uint8)
    images = np.repeat(images[..., None], 3, axis=3) if channels == 3 else images
    report = imblearn_gan.report(CGANOversampler(max_iter=3, random_state=0), images, Y, n_images=3)
    shown = " ".join(Page(report.html).text)
    assert "65 images of 8 × 8" in shown
    assert "Nearest real images" in shown
    assert "5 real rows: too few" in shown  # of the class 'two'
    assert "Columns" not in shown


def test_an_untrained_sampler_is_cloned():
    sampler = CGANOversampler(max_iter=3, random_state=0)
    imblearn_gan.report(sampler, *customers())
    assert not hasattr(sampler, "networks_")


def test_a_sampler_from_a_file(of_table, tmp_path):
    sampler, report = of_table
    sampler.save(tmp_path / "sampler.safetensors")
    loaded = imblearn_gan.load(tmp_path / "sampler.safetensors")
    assert imblearn_gan.report(loaded, *customers()).html == report.html


def test_collapse_and_copies_are_found():
    class Copies(CGANOversampler):
        def _generate(self, networks, y):
            return super()._generate(networks, y) * 0 + 0.5

    rows, y = np.random.RandomState(0).normal(size=(60, 3)), np.repeat([0, 1], [45, 15])
    sampler = Copies(max_iter=3, random_state=0)
    shown = " ".join(Page(imblearn_gan.report(sampler, rows, y).html).text)
    assert "of the rows nearly repeat another one" in shown
    assert "No sign" not in shown


def test_copies_are_found():
    rows = np.random.RandomState(0).normal(size=(60, 30)).astype(np.float32)
    y = np.repeat([0, 1], [45, 15])

    class ByHeart(CGANOversampler):
        def _generate(self, networks, y):
            import torch

            real = torch.from_numpy(self.codec_.encode(rows[45:])).float()
            return real[torch.arange(len(y)) % 15]

    report = imblearn_gan.report(ByHeart(max_iter=3, random_state=0), rows, y)
    shown = " ".join(Page(report.html).text)
    assert "100% of the generated rows nearly copy a real one" in shown


@pytest.mark.slow
def test_many_classes():
    y = np.concatenate([np.zeros(20, dtype=int), np.repeat(np.arange(1, 15), 6)])
    rows = np.random.RandomState(0).normal(size=(len(y), 2)) + y[:, None]
    sampler = CGANOversampler(max_iter=3, random_state=0)
    report = imblearn_gan.report(sampler, rows, y, max_classes=2)
    shown = " ".join(Page(report.html).text)
    assert "The 2 classes with the fewest rows, of 14." in shown


@pytest.mark.slow
def test_sparse_rows():
    y = np.repeat([0, 1], [30, 10])
    rows = sparse.random(40, 20, density=0.2, format="csr", random_state=0)
    report = imblearn_gan.report(CGANOversampler(max_iter=3, random_state=0), rows, y)
    assert "The first nine of 20 columns" in " ".join(Page(report.html).text)


def test_what_is_refused(of_table, monkeypatch):
    frame, y = customers()
    with pytest.raises(TypeError, match="sampler must be a sampler"):
        imblearn_gan.report("cgan", frame, y)
    with pytest.raises(NotFittedError, match="not balanced"):
        imblearn_gan.report(GANOversampler(), [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    for name in ("n_images", "max_classes", "max_rows"):
        with pytest.raises(ValueError, match=name):
            imblearn_gan.report(of_table[0], frame, y, **{name: 0})
    with pytest.raises(ValueError, match="inconsistent"):
        imblearn_gan.report(of_table[0], frame, y[:3])

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="report requires matplotlib"):
        imblearn_gan.report(of_table[0], frame, y)
