"""From a draft to the letter that leaves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from mailintake import errors
from mailintake.domain.letter import Draft, Enclosure, Letter
from mailintake.notices import blocks, enclosures, fallback, library, message, samples, twin
from mailintake.notices.library import FALLBACK_LANGUAGE, Library

_SAMPLE_DATE = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says: its plain text, its HTML page if it has one, and the language it is in."""

    subject: str
    text: str
    language: str
    html: str | None = None


class Composer:
    """Writes letters with the templates of `directories`, the admin's first, ours last.

    All templates are read here and now; a change on disk takes a new Composer.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        self._library = Library(directories)

    def names(self) -> list[tuple[str, str]]:
        """Language and name of every template."""
        return [(language, name) for language, name, _ in self._library.names()]

    def words(self, draft: Draft, enclosed: Collection[Enclosure] = ()) -> Words:
        """What the letter will say. A word of its kind that the draft leaves out has no value.

        `enclosed` are those of the draft's attachments that go with it; the others are named in `left_out`. Raises
        errors.TemplateError, which names file and line.
        """
        context = {**samples.blanks(draft.template), **draft.context}
        if draft.attachments:
            context["left_out"] = enclosures.left_out(draft.attachments, enclosed)
        rendered = self._library.render(draft.template, draft.language, context)
        if "answer_line" in context and rendered.body.partition("\n")[0] != context["answer_line"]:
            # Without it an agent's answer would take the letter along to the customer (SECURITY T37).
            raise errors.TemplateError(f"{draft.template}: the letter does not begin with its answer_line")
        page = blocks.read(rendered.body)
        html = self._library.page(subject=rendered.subject, content=twin.as_html(page), language=rendered.language)
        return Words(rendered.subject, blocks.as_text(page), rendered.language, html)

    def fallback(self, draft: Draft) -> Words:
        """A few words of plain text, for when the letter's template is broken: better blunt than never."""
        return Words(*fallback.words(draft))

    def letter(
        self, draft: Draft, words: Words, *, date: datetime, enclosed: Mapping[Enclosure, bytes] = message.NOTHING
    ) -> Letter:
        """The letter that says these words, dated `date` (aware), with what is `enclosed`.

        Raises errors.LetterRefused for an address that cannot travel, errors.PermanentError for a letter that would not
        read as meant.
        """
        return message.finish(
            draft,
            subject=words.subject,
            body=words.text,
            html=words.html,
            language=words.language,
            date=date,
            enclosed=enclosed,
        )

    def compose(self, draft: Draft, *, date: datetime, enclosed: Mapping[Enclosure, bytes] = message.NOTHING) -> Letter:
        """The letter in the words of its template, dated `date` (aware). Raises what `words` and `letter` raise."""
        return self.letter(draft, self.words(draft, enclosed), date=date, enclosed=enclosed)

    def check(self, languages: Collection[str] | None = None) -> tuple[errors.Problem, ...]:
        """What is wrong with the templates: each is rendered once with every sample of its kind.

        A word that nobody fills in, but which no sample reached, is a warning. Of `languages`, if given, and of the
        fallback only: a desk that writes in one need not wait for all.
        """
        wanted = None if languages is None else {each.lower().partition("-")[0] for each in languages}
        problems = list(self._library.problems)
        present = set()
        for language, name, file in self._library.names():
            if language == FALLBACK_LANGUAGE:
                present.add(name)
            elif wanted is not None and language.partition("-")[0] not in wanted:
                continue
            problems += [each for each in self._problems_of(language, name, file) if each not in problems]
        problems += [
            errors.Problem(f"{FALLBACK_LANGUAGE}/{name}{library.SUFFIX}", 1, 1, "there is no such template")
            for name in samples.TEMPLATES
            if name not in present
        ]
        return tuple(problems)

    def _problems_of(self, language: str, name: str, file: str) -> list[errors.Problem]:
        found: list[errors.Problem] = []
        for sample in samples.of(name):
            draft = replace(sample.draft(language), template=name)
            try:
                self.compose(draft, date=_SAMPLE_DATE)
            except library.Broken as error:
                found.append(error.problem)
            except errors.PermanentError as error:
                found.append(errors.Problem(file, 1, 1, str(error)))
        return list(dict.fromkeys(found)) or list(self._library.unknown_words(language, name, samples.blanks(name)))
