"""A module that is loaded from other code than that of its file."""

from __future__ import annotations

from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType

from tests.mutation.mutators import Module


class Changed(SourceFileLoader):
    """Loads one module from other code than that of its file."""

    def __init__(self, module: Module, code: CodeType) -> None:
        super().__init__(module.imported, str(module.path))
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        return self.code

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None
