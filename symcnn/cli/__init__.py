"""The command line: commands, their options, exit codes.

Modules with commands import nothing but click at the top, so that ``--help`` answers at once; what a
command needs is imported when it runs.
"""

from symcnn.cli.program import main

__all__ = ["main"]
