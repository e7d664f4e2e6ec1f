"""Mutation testing: whether the tests notice when the project is changed. See ``docs/mutation.md``.

targets     what is changed, and what it is put to
mutators    the changes
swapped     a mutant in a process that has collected the tests: only the code of one function is put in
fresh       a mutant in a process that has imported nothing of the project yet
running     both, in turn
report      the table, and the survivors that are known
"""
