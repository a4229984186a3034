"""The examples of the README run."""

import re
from pathlib import Path


def test_the_python_blocks_of_the_readme_run() -> None:
    readme = Path(__file__).parents[1].joinpath("README.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
