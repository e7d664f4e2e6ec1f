"""What a document shows beside its claims: derivations, tables and pictures, in fenced blocks.

``reading`` reads a block into what it shows (``shown``), line by line; ``wording`` finds the clauses of a
line, ``numbers`` reads and writes values, and ``measures`` knows what can be counted. ``derivations``,
``tables`` and ``pictures`` make the three kinds. ``drawing`` draws pictures, and is the only module that
imports matplotlib, when one is asked for.
"""
