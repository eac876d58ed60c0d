"""From a draft to the letter that leaves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mailintake import errors
from mailintake.domain.letter import Draft, Letter
from mailintake.notices import library, message, plain, samples
from mailintake.notices.library import FALLBACK_LANGUAGE, Library

_SAMPLE_DATE = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)


class Composer:
    """Writes letters with the templates of `directories`, the admin's first, ours last.

    All templates are read here and now; a change on disk takes a new Composer.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        self._library = Library(directories)

    def compose(self, draft: Draft, *, date: datetime) -> Letter:
        """The letter, dated `date` (aware).

        Raises errors.TemplateError, which names file and line, errors.LetterRefused for an address that cannot travel,
        errors.PermanentError for a letter that would not read as meant.
        """
        subject, body = self._library.render(draft.template, draft.language, draft.context)
        return message.finish(draft, subject=subject, body=body, date=date)

    def fallback(self, draft: Draft, *, date: datetime) -> Letter:
        """The draft's facts in a plain letter, for when its template is broken: better blunt than never.

        Raises what `compose` raises, but for the template.
        """
        matter = plain.one_line(draft.template.replace("-", " "))
        facts = [
            f"    {plain.one_line(word.replace('_', ' '))}: {plain.one_line(str(value))}"
            for word, value in draft.context.items()
            if value is not None
        ]
        body = "\n".join(
            (
                f"This is an automatic message: {matter}.",
                "",
                "Its usual wording cannot be shown at the moment. These are the facts:",
                "",
                *facts,
                "",
                plain.one_line(draft.sender.name or draft.sender.address),
            )
        )
        return message.finish(draft, subject=f"Notice: {matter}", body=body, date=date)

    def check(self) -> tuple[errors.Problem, ...]:
        """What is wrong with the templates: each is rendered once with every sample of its kind.

        A word that nobody fills in, but which no sample reached, is a warning.
        """
        problems = list(self._library.problems)
        present = set()
        for language, name, file in self._library.names():
            if language == FALLBACK_LANGUAGE:
                present.add(name)
            problems += self._problems_of(language, name, file)
        problems += [
            errors.Problem(f"{FALLBACK_LANGUAGE}/{name}{library.SUFFIX}", 1, 1, "there is no such template")
            for name in samples.TEMPLATES
            if name not in present
        ]
        return tuple(problems)

    def _problems_of(self, language: str, name: str, file: str) -> list[errors.Problem]:
        found: list[errors.Problem] = []
        words: set[str] = set()
        for sample in samples.of(name):
            words.update(sample.context)
            draft = replace(sample.draft(), template=name, language=language)
            try:
                self.compose(draft, date=_SAMPLE_DATE)
            except library.Broken as error:
                if error.problem not in found:
                    found.append(error.problem)
            except errors.PermanentError as error:
                found.append(errors.Problem(file, 1, 1, str(error)))
        return found or list(self._library.unknown_words(language, name, words))
