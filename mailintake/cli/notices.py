"""`mailintake notices`: the letters we write, and what they look like."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli.common import ConfigOption, load, print_table, shown
from mailintake.errors import UsageError

if TYPE_CHECKING:
    from mailintake.notices.compose import Composer

app = typer.Typer(help="The letters we write, with made-up words.")


@app.command("list")
def list_(config: ConfigOption) -> None:
    """List the letters, the languages they are written in, and the situations they can be previewed in."""
    from mailintake.notices import samples

    languages: dict[str, list[str]] = {}
    for language, name in _composer(config).names():
        languages.setdefault(name, []).append(language)
    rows = (
        (name, " ".join(languages[name]), [each.situation for each in samples.SAMPLES if each.template == name])
        for name in sorted(languages)
    )
    print_table(("letter", "languages", "situations"), rows, empty="There are no templates.")


@app.command()
def preview(
    config: ConfigOption,
    name: Annotated[str, typer.Argument(help="A letter or one of its situations, as `notices list` shows them.")],
    language: Annotated[str, typer.Option(help="The reader's language.")] = "en",
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the HTML twin to this file as well.", show_default=False)
    ] = None,
) -> None:
    """Show a letter with made-up words: its subject and its plain text.

    A letter is shown in the first of its situations.
    """
    from dataclasses import replace

    from mailintake.notices import samples

    composer = _composer(config)
    letters = {letter for _, letter in composer.names()}
    situations = {each.situation: each for each in samples.SAMPLES}
    if name in letters:
        draft = replace(samples.of(name)[0].draft(language), template=name)
    elif name in situations:
        draft = situations[name].draft(language)
    else:
        raise UsageError(_unknown("letter", name, letters | situations.keys()))
    spoken = {known for known, _ in composer.names()}
    if not spoken & {language.lower(), language.lower().partition("-")[0]}:
        raise UsageError(_unknown("language", language, spoken))
    words = composer.words(draft)
    if html is not None:
        try:
            html.write_text(words.html or "", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {html}: {error.strerror}") from error
    text = f"Subject: {shown(words.subject)}\n\n{words.text}"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))


def _composer(directory: Path) -> "Composer":
    """With the templates of the configuration where there is one; ours can be read without."""
    from mailintake import resources
    from mailintake.notices.compose import Composer

    if directory.is_dir():
        return Composer(resources.templates(load(directory).host))
    return Composer([resources.shipped("templates")])


def _unknown(kind: str, name: str, known: set[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, sorted(known), 1, cutoff=0.3)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no {kind} {shown(name)!r}{hint}"
