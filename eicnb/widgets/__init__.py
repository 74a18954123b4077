"""Forms, previews and progress in the notebook."""
