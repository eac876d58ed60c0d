"""`mailintake schema`: what editors complete and check the configuration by."""

from pathlib import Path
from typing import Annotated

import typer

from mailintake.errors import UsageError


def schema(
    name: Annotated[str, typer.Argument(help="mailintake, desk, accounts or rules; all four if left out.")] = "",
    write: Annotated[Path | None, typer.Option(help="Write DIRECTORY/NAME.schema.json instead.")] = None,
) -> None:
    """Print the JSON Schema of a file."""
    import json

    from mailintake.config import schema as schemas

    if name and name not in schemas.FILES:
        raise UsageError(f"there is no schema `{name}`; there is {', '.join(schemas.FILES)}")
    if not (name or write):
        raise UsageError(f"which one? There is {', '.join(schemas.FILES)}; `--write DIRECTORY` writes them all")
    if write:
        write.mkdir(parents=True, exist_ok=True)
    for each in [name] if name else schemas.FILES:
        text = json.dumps(schemas.schema(each), indent=2, ensure_ascii=False) + "\n"
        if write:
            (write / f"{each}.schema.json").write_text(text, encoding="utf-8")
            print(f"wrote {write / f'{each}.schema.json'}")
        else:
            print(text, end="")
