"""`mailintake init`: a working configuration to start from."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from mailintake.errors import UsageError


def init(directory: Annotated[Path, typer.Argument(help="A directory that does not exist yet.")]) -> None:
    """Write the commented starter configuration; it runs as it stands."""
    from mailintake import resources

    if directory.exists() and any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty: nothing is overwritten")
    directory.mkdir(parents=True, exist_ok=True)
    for path in sorted(resources.shipped("config").glob("*.yaml")):
        shutil.copyfile(path, directory / path.name)
        print(f"wrote {directory / path.name}")
    print(f"Start it with: mailintake serve --config {directory}")
