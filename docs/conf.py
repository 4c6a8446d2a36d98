"""How the pages of this folder become a site: `.ci/docs`, or `sphinx-build -W docs site` with the extra `docs`."""

import spasticity

project = "spasticity"
author = "The spasticity developers"
copyright = "the spasticity developers"  # noqa: A001 the name Sphinx wants
release = version = spasticity.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
html_theme = "furo"
html_title = "spasticity"
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None  # the same pages on every day
autodoc_member_order = "alphabetical"
autodoc_typehints = "none"  # the docstrings say the types, with their shapes and units
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
