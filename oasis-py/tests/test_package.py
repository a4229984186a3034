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


def test_the_first_line_of_each_stub_s_text_is_the_native_one() -> None:
    stub = ast.parse(files("oasis").joinpath("_oasis.pyi").read_text())
    compared = 0
    for node in stub.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            compared += same_first_line(node, getattr(_oasis, node.name))
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("__"):
                    native = getattr(getattr(_oasis, node.name), member.name)
                    compared += same_first_line(member, native)
    assert compared > 40


def same_first_line(node: ast.FunctionDef, native: object) -> int:
    shown = (native.__doc__ or "").replace("`", "").split("\n")[0].rstrip(".")
    stubbed = (ast.get_docstring(node) or "").replace("`", "").split("\n")[0]
    assert stubbed.startswith(shown) and shown, node.name
    return 1


def test_what_the_package_names_is_there() -> None:
    assert sorted(oasis.__all__, key=str.lower) == sorted(set(oasis.__all__), key=str.lower)
    assert all(hasattr(oasis, name) for name in oasis.__all__)
