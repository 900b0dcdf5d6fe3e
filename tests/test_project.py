"""What stands around the package: its description on an index, forms, citations, the set-up."""

import re
import runpy
import sys
from pathlib import Path
from types import ModuleType

import pytest

import imblearn_gan
from imblearn_gan import classifiers, over_sampling

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(
    not (ROOT / "CITATION.cff").exists(), reason="installed without the files of the project"
)


@pytest.fixture
def for_an_index(monkeypatch):
    """What the hook of the build does to a page; the builder itself need not be there."""
    interface = ModuleType("hatchling.metadata.plugin.interface")
    interface.MetadataHookInterface = object
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    for name in ("hatchling", "hatchling.metadata", "hatchling.metadata.plugin"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    return runpy.run_path(str(ROOT / "hatch_build.py"))["for_an_index"]


def test_links_on_an_index(for_an_index):
    page = "![a](docs/a.png) [b](docs/b.md#c), [d](https://e.org/f), [g](#h)"
    assert for_an_index(page, None) == " b, [d](https://e.org/f), [g](#h)"
    there = for_an_index(page, "https://e.org/blob/main/")
    assert there.startswith("![a](https://e.org/blob/main/docs/a.png) [b](https://e.org/blob/")


def test_no_link_of_the_description_depends_on_where_it_stands(for_an_index):
    page = for_an_index((ROOT / "README.md").read_text(encoding="utf-8"), None)
    prose = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)]+)\)", prose)
    assert [target for target in targets if not re.match(r"https?://|#", target)] == []


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib is new in Python 3.11")
def test_what_pyproject_says():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [c.rsplit(" ", 1)[1] for c in project["classifiers"] if "Python :: 3." in c]
    assert project["requires-python"] == f">={versions[0]}"
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    names = {
        re.match(r"[\w-]+", requirement)[0]
        for extra in ("test", "docs", "dev")
        for requirement in project["optional-dependencies"][extra]
    }
    missing = {name for name in names if not re.search(rf"^{name}==", pinned, re.MULTILINE)}
    assert missing == {"imblearn-gan"}  # its own extras


def test_citations():
    cff = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {imblearn_gan.__version__}" in cff
    assert cff.count("  - type: ") == 5
    page = (ROOT / "docs/citing.md").read_text(encoding="utf-8")
    names = {*over_sampling.__all__, *classifiers.__all__} - {"ResNetClassifier"}
    assert {name for name in names if f"`{name}`" not in page} == set()
    keys = set(re.findall(r"^@\w+\{(\w+),", page, re.MULTILINE)) - {"imblearn_gan"}
    table = page[page.index("## By method") : page.index("```bibtex\n@inproceedings")]
    assert set(re.findall(r"`(\w+\d{4}\w+)`", table)) == keys
    flat = re.sub(r"\s+", " ", re.sub(r"[{}]", "", page))
    titles = re.findall(r'  - type: .*\n    title: "(.+)"', cff)
    assert [title for title in titles if title not in flat] == []


@pytest.mark.parametrize(
    ("name", "page", "key"),
    [
        ("GAMOOversampler", "gamo", "mullick2019gamo"),
        ("GAMOClassifier", "gamo", "mullick2019gamo"),
        ("BAGANOversampler", "bagan", "mariani2018bagan"),
        ("BAGANGPOversampler", "bagan_gp", "huang2021enhanced"),
        ("CAPGANOversampler", "capgan", "yao2022capgan"),
        ("GANDAOversampler", "ganda", "lee2020ganda"),
    ],
)
def test_authors_are_named_where_a_method_is_introduced(name, page, key):
    citing = (ROOT / "docs/citing.md").read_text(encoding="utf-8")
    authors = re.search(rf"{key},.*?author\s*= \{{(.*?)\}}", citing, re.DOTALL)[1].split(" and")
    families = [author.split(",")[0].strip() for author in authors]
    assert len(families) >= 2
    head = (ROOT / f"docs/methods/{page}.md").read_text(encoding="utf-8").split("\n## ")[0]
    reference = getattr(imblearn_gan, name).__doc__.split(".. [1]")[1].split("Examples")[0]
    for text in (head, reference):
        assert [family for family in families if family not in text] == []


def test_the_changelog_begins_with_this_version():
    page = (ROOT / "docs/changelog.md").read_text(encoding="utf-8")
    assert re.search(r"^## (.+)$", page, re.MULTILINE)[1].startswith(imblearn_gan.__version__)


def test_forms_and_hooks_are_complete():
    yaml = pytest.importorskip("yaml")
    forms = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    bodies = [yaml.safe_load(form.read_text(encoding="utf-8")) for form in forms]
    for form in (body for body in bodies if "blank_issues_enabled" not in body):
        assert {"name", "description", "body"} <= set(form)
        ids = [part["id"] for part in form["body"] if "id" in part]
        assert len(ids) == len(set(ids)) > 0
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
    assert all(hook["language"] == "system" for hook in hooks["repos"][0]["hooks"])
