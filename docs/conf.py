"""Sphinx: ``python -m sphinx docs build/docs``."""

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
