"""Sphinx: ``python -m sphinx -W docs build/docs``.

The build needs no network, nor do the pages: formulas are text, so that MathJax is not loaded.
``-t online`` also links names of other projects to their documentation.
"""

import re
from pathlib import Path

from sphinx.pycode import ModuleAnalyzer

import imblearn_gan

project = "imblearn-gan"
author = "The imblearn-gan developers"
release = version = imblearn_gan.__version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["results", "gallery/*.py", "gallery/*.ipynb"]
templates_path = ["_templates"]

autosummary_generate = True
# the page of the guide that an API page names: that of a method begins with its class
GUIDES = {
    "BalancedBatches": "balanced_batches",
    "BaseGANOversampler": "add_a_method",
    "Checkpoint": "saving_and_loading",
    "CollapseWarning": "reliability",
    "GAMOClassifier": "methods/gamo",
    "GAMOOversampler": "methods/gamo",
    "ResNetClassifier": "balancing_images",
    "ResampledClassifier": "probabilities_after_resampling",
    "UtilityStopping": "watching_a_training",
    "WarmStart": "watching_a_training",
    "evaluate_sampler": "does_it_help_me",
    "load": "saving_and_loading",
    "load_image_folder": "image_folders",
    "report": "report",
    "save_image_folder": "image_folders",
    "shift_priors": "probabilities_after_resampling",
} | {
    match[1]: f"methods/{page.stem}"
    for page in (Path(__file__).parent / "methods").glob("*.md")
    if (match := re.match(r"# .*\n\n`(\w+)`\.", page.read_text()))
}
# what stands above data is found in the module that has them, not where they are listed
profiles = ModuleAnalyzer.for_module("imblearn_gan.datasets._profiles").find_attr_docs()
autosummary_context = {"guides": GUIDES, "above": {"PROFILES": profiles["", "PROFILES"]}}
toc_object_entries_show_parents = "hide"
autodoc_typehints = "none"  # numpydoc has them
numpydoc_show_class_members = False  # the templates list them
numpydoc_use_plots = True  # examples that import matplotlib are shown with their pictures
plot_include_source = True
plot_formats = [("png", 120)]
plot_html_show_formats = plot_html_show_source_link = False

myst_enable_extensions = ["colon_fence", "deflist", "substitution"]
myst_substitutions = {"version": version}
myst_heading_anchors = 3

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# those that take seconds are run; the others are shown, and run as tests
QUICK = ["quick_start", "own_method", "fraud_table"]
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": rf"plot_({'|'.join(QUICK)})\.py$",
    "ignore_pattern": r"benchmarks/",
    "within_subsection_order": "FileNameSortKey",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("imblearn_gan",),
    "default_thumb_file": str(Path(__file__).parent / "images/not_run.png"),
    "inspect_global_variables": False,
    "remove_config_comments": True,
    "show_memory": False,
    "write_computation_times": False,  # the page loads scripts from the network
    "min_reported_time": 1,
}

if tags.has("online"):  # noqa: F821, Sphinx puts it there
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "scipy": ("https://docs.scipy.org/doc/scipy", None),
        "pandas": ("https://pandas.pydata.org/docs", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
        "imblearn": ("https://imbalanced-learn.org/stable", None),
        "torch": ("https://docs.pytorch.org/docs/stable", None),
        "matplotlib": ("https://matplotlib.org/stable", None),
    }

html_theme = "pydata_sphinx_theme"
html_title = f"imblearn-gan {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "imblearn-gan"},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
}
html_sidebars = {"install": [], "faq": [], "changelog": []}


def plain_text(app, env, node, contnode):
    """Text, not a link, where a docstring inherited from scikit-learn names its user guide."""
    inherited = {"accuracy_score", "metadata_routing", "meta-estimator"}
    return contnode if node["reftarget"] in inherited else None


def setup(app):
    """Have Sphinx ask for labels that it does not find."""
    app.connect("missing-reference", plain_text)
