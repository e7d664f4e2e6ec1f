"""Random tests: of identities, of claims that have no proof yet, and of code that uses layers and networks.

``check_random`` draws sizes and arrays, ``claim`` makes a test of a statement, and ``strategies`` holds the
strategies for Hypothesis. A test never proves: what it says is how often a claim held.
"""
