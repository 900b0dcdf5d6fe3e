"""Sphinx: ``python -m sphinx -W docs build/docs``."""

import imblearn_gan

project = "imblearn-gan"
author = "The imblearn-gan developers"
release = version = imblearn_gan.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "myst_parser"]
autosummary_generate = True
numpydoc_show_class_members = False
myst_heading_anchors = 3
exclude_patterns = ["results"]
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "fixed_sidebar": True}


def plain_text(app, env, node, contnode):
    """Text, not a link, where a docstring inherited from scikit-learn names its user guide."""
    return contnode if node["reftarget"] == "accuracy_score" else None


def setup(app):
    """Have Sphinx ask for labels that it does not find."""
    app.connect("missing-reference", plain_text)
