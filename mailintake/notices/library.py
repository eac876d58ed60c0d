"""The templates: read once, found by name and language, rendered in a sandbox.

    <directory>/<language>/<name>.txt.j2      first line `Subject: …`, an empty line, the body
    <directory>/<language>/_<part>.txt.j2     a part that others include or import
    <directory>/layout.html.j2                the page around the HTML twin of every letter

Templates come from the admin's directories only. What a mail says reaches them as values, never as a template, and
whatever a template prints stays on one line unless it went through a filter that says otherwise (SECURITY T11).
"""

import difflib
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from babel import UnknownLocaleError
from jinja2 import StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailintake import errors
from mailintake.notices import plain, wording

SUFFIX = ".txt.j2"
LAYOUT = "layout.html.j2"
FALLBACK_LANGUAGE = "en"
LONGEST_OUTPUT = 64 * 1024  # characters
LONGEST_PAGE = 16 * LONGEST_OUTPUT
LONGEST_VALUE = 1000

_OF_JINJA = frozenset({"loop", "self", "caller", "varargs", "kwargs"})


class Broken(errors.TemplateError):
    """A template does not render; `problem` says where and why."""

    def __init__(self, problem: errors.Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Source:
    """A template as read."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words, and the language they are in, which is not always the one that was asked for."""

    subject: str
    body: str
    language: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The templates of one language, under their file names."""

    language: str
    sources: Mapping[str, Source]
    environment: ImmutableSandboxedEnvironment
    compiled: dict[str, "Compiled"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template ready to be rendered, and the words it reads with their lines, but for those it sets itself."""

    template: Template
    words: tuple[tuple[str, int], ...]


class _Content(str):
    """Markup of our own making, the only one that is printed as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class Library:
    """All templates of some directories; of two with one name and language, the earlier directory's counts.

    `problems` lists the files that could not be read.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        sources: dict[str, dict[str, Source]] = {}
        problems: list[errors.Problem] = []
        for path in (path for directory in directories for path in sorted(directory.glob(f"*/*{SUFFIX}"))):
            language = path.parent.name
            try:
                wording.locale(language)
                text = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeError) as error:
                problems.append(errors.Problem(str(path), 1, 1, f"cannot be read: {error}"))
            except (ValueError, UnknownLocaleError):
                problems.append(errors.Problem(str(path), 1, 1, f"nothing is known of a language {language!r}"))
            else:
                sources.setdefault(language.lower(), {}).setdefault(path.name, Source(str(path), text))
        self._shelves = {language: _shelf(language, found) for language, found in sources.items()}
        self._layout = _shelf(FALLBACK_LANGUAGE, _layouts(directories, problems))
        self.problems = tuple(problems)

    def names(self) -> Iterator[tuple[str, str, str]]:
        """Language, name and file of every template but the parts."""
        for language, shelf in sorted(self._shelves.items()):
            for filename, source in sorted(shelf.sources.items()):
                if not filename.startswith("_"):
                    yield language, filename.removesuffix(SUFFIX), source.file

    def unknown_words(self, language: str, name: str, known: Collection[str]) -> Iterator[errors.Problem]:
        """Warnings about words that nobody fills in, also where no sample leads. Raises as `render` does."""
        shelf = self._shelf_with(name + SUFFIX, language)
        source = shelf.sources[name + SUFFIX]
        for word, line in _template(shelf, name + SUFFIX).words:
            if word not in known:
                near = difflib.get_close_matches(word, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                text = f"this letter has no word {word!r}{hint}"
                yield errors.Problem(source.file, line, 1, text, is_warning=True)

    def render(self, name: str, language: str, context: Mapping[str, object]) -> Rendered:
        """Subject and body, in the language if it has the template, else in its parent ("sl" for "sl-SI"),
        else in English.

        Raises errors.TemplateError, which names file and line.
        """
        shelf = self._shelf_with(name + SUFFIX, language)
        given = sum(len(value) for value in context.values() if isinstance(value, str))
        limit = LONGEST_OUTPUT + 2 * given  # an answer may be as long as its author likes
        first, _, rest = _rendered(shelf, name + SUFFIX, context, limit=limit).partition("\n")
        label, _, subject = first.partition(":")
        empty, _, body = rest.partition("\n")
        if label != "Subject" or empty.strip() or not body.strip():
            shape = "a template begins with a line `Subject: …` and an empty line; then comes the letter"
            raise Broken(errors.Problem(shelf.sources[name + SUFFIX].file, 1, 1, shape))
        return Rendered(subject.strip(), body.rstrip("\n"), shelf.language)

    def page(self, *, subject: str, content: str, language: str) -> str:
        """The HTML page around `content`, which is markup already. Raises errors.TemplateError."""
        if LAYOUT not in self._layout.sources:
            raise Broken(errors.Problem(LAYOUT, 1, 1, "there is no such template"))
        words = {"subject": plain.one_line(subject), "content": _Content(content), "language": language}
        return _rendered(self._layout, LAYOUT, words, limit=LONGEST_PAGE + len(content))

    def _shelf_with(self, filename: str, language: str) -> Shelf:
        wanted = language.replace("_", "-").lower()
        for candidate in (wanted, wanted.partition("-")[0], FALLBACK_LANGUAGE):
            shelf = self._shelves.get(candidate)
            if shelf and filename in shelf.sources:
                return shelf
        raise Broken(errors.Problem(f"{FALLBACK_LANGUAGE}/{filename}", 1, 1, "there is no such template"))


def _layouts(directories: Sequence[Path], problems: list[errors.Problem]) -> dict[str, Source]:
    for path in (directory / LAYOUT for directory in directories):
        try:
            return {LAYOUT: Source(str(path), path.read_text(encoding="utf-8-sig"))}
        except FileNotFoundError:
            continue
        except (OSError, UnicodeError) as error:
            problems.append(errors.Problem(str(path), 1, 1, f"cannot be read: {error}"))
    return {}


def _rendered(shelf: Shelf, filename: str, context: Mapping[str, object], *, limit: int) -> str:
    source = shelf.sources[filename]
    try:
        return "".join(_up_to(limit, _template(shelf, filename).template.generate(context)))
    except Broken:
        raise
    except Exception as error:
        raise Broken(_problem(error, source, shelf)) from error


def _template(shelf: Shelf, filename: str) -> Compiled:
    """The template, parsed and compiled at its first use: the words are found on the way."""
    if found := shelf.compiled.get(filename):
        return found
    source, environment = shelf.sources[filename], shelf.environment
    try:
        tree = environment.parse(source.text, filename, source.file)
        names = list(tree.find_all(nodes.Name))
        own = _OF_JINJA | environment.globals.keys() | {each.name for each in names if each.ctx != "load"}
        own |= {each.target for each in tree.find_all(nodes.Import)}
        own |= {each.name for each in tree.find_all(nodes.Macro)}
        words = tuple((each.name, each.lineno) for each in names if each.ctx == "load" and each.name not in own)
        code = environment.compile(tree, filename, source.file)
    except TemplateSyntaxError as error:
        raise Broken(_problem(error, source, shelf)) from error
    template = Template.from_code(environment, code, environment.make_globals(None))
    return shelf.compiled.setdefault(filename, Compiled(template, words))


def _shelf(language: str, sources: Mapping[str, Source]) -> Shelf:
    """An environment for each language, so that its filters speak it."""

    def load(filename: str) -> tuple[str, str, None] | None:
        source = sources.get(filename)
        return (source.text, source.file, None) if source else None

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=lambda filename: filename == LAYOUT,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        optimized=False,  # folds constants, of which templates have few, at a fifth of the time that a start takes
        auto_reload=False,
        cache_size=-1,
    )
    for filter_ in (
        wording.one_line,
        wording.lines,
        wording.quoted,
        wording.excerpt,
        wording.as_written,
        wording.linked,
        wording.in_reply,
    ):
        environment.filters[filter_.__name__] = filter_
    environment.filters["zone"] = wording.zone_name
    for spoken in (wording.instant, wording.day, wording.duration, wording.plural, wording.hours, wording.speech):
        environment.filters[spoken.__name__] = partial(spoken, language=language)
    return Shelf(language, sources, environment)


def _printed(value: object) -> str:
    """What a template prints for a value."""
    if isinstance(value, wording.Block | _Content):
        return value
    if value is None:
        raise ValueError("a word without a value; ask `if` before you print it")
    return plain.flat(str(value), LONGEST_VALUE)


def _up_to(limit: int, pieces: Iterable[str]) -> Iterator[str]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > limit:
            raise ValueError(f"more than {limit} characters")
        yield piece


def _problem(error: Exception, source: Source, shelf: Shelf) -> errors.Problem:
    """Where in a template an error arose: Jinja writes the template's own lines into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        return errors.Problem(error.filename or source.file, error.lineno, 1, error.message or "a syntax error")
    files = {each.file for each in shelf.sources.values()}
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename in files
    ]
    file, line = places[-1] if places else (source.file, 1)
    if isinstance(error, TemplateNotFound):
        return errors.Problem(file, line, 1, f"there is no part {error.name!r} to include")
    return errors.Problem(file, line, 1, str(error) or type(error).__name__)
