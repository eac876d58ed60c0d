"""`mailintake init`: a working configuration to start from."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from mailintake.errors import UsageError


def init(directory: Annotated[Path, typer.Argument(help="A directory, empty or not there yet.")]) -> None:
    """Write a starter configuration.

    It is commented and runs as it stands. Under /etc its state is kept in /var/lib/mailintake, elsewhere beside it.
    """
    from mailintake import resources

    if directory.exists() and any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty: nothing is overwritten")
    directory.mkdir(parents=True, exist_ok=True)
    for path in sorted(resources.shipped("config").glob("*.yaml")):
        text = path.read_text().replace("../var", str(_state(directory)))
        (directory / path.name).write_text(text)
        print(f"wrote {directory / path.name}")
    shutil.copytree(resources.shipped("config") / "schema", directory / "schema")  # which the files name in line 1
    print(f"Start it with: mailintake serve --config {directory}")


def _state(directory: Path) -> Path:
    # the service may not write under /etc, and has a state directory of its own
    return Path("/var/lib/mailintake") if directory.resolve().is_relative_to("/etc") else Path("var")
