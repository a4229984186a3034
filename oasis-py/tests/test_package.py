"""The package as it is installed: typed, versioned, and its stubs complete."""

import ast
from importlib import metadata
from importlib.resources import files

import oasis
from oasis import _oasis


def test_the_version_is_the_distribution_s() -> None:
    assert oasis.__version__ == metadata.version("oasis-events")


def test_the_package_says_that_it_is_typed() -> None:
    assert files("oasis").joinpath("py.typed").is_file()


def test_stubs_package_and_native_module_name_the_same_things() -> None:
    stub = ast.parse(files("oasis").joinpath("_oasis.pyi").read_text())
    stubbed = {
        node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else node.target.id
        for node in stub.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AnnAssign)
    }
    native = {name for name in vars(_oasis) if not name.startswith("_")} | {"__version__"}
    assert stubbed == native == set(oasis.__all__)


def test_stubbed_arguments_are_the_native_ones() -> None:
    stub = ast.parse(files("oasis").joinpath("_oasis.pyi").read_text())
    for node in stub.body:
        if isinstance(node, ast.FunctionDef):
            shown = getattr(_oasis, node.name).__text_signature__
            names = [part.split("=")[0].strip() for part in shown.strip("()").split(",")]
            assert names == [argument.arg for argument in node.args.args]
