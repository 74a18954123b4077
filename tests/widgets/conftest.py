"""A real IPython shell for each test."""

from tests.shell import bare_notebook, notebook, sent

__all__ = ["bare_notebook", "notebook", "sent"]
