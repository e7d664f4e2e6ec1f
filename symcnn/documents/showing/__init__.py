"""What a document shows beside its claims: derivations, tables and pictures, in fenced blocks.

``reading`` reads a block into what it shows (``shown``), line by line; ``wording`` finds the clauses of a
line, ``settings`` reads values of letters, and ``measures`` knows what can be counted. ``derivations``,
``tables`` and ``pictures`` make the three kinds, with the help of ``numbers`` and ``layout``. ``drawing``
draws pictures, and is the only module that imports matplotlib, when one is asked for.
"""
