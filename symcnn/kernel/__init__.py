"""The trusted core: exact polynomial arithmetic in standard-library Python.

Nothing in this folder imports anything else of the project or any installed package.
"""
