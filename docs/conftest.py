"""The examples of the reference are those of the docstrings, which are run where they stand."""

collect_ignore = ["reference.md"]
