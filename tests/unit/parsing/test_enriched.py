"""text/enriched and text/richtext as plain text."""

from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.enriched import to_plain


def test_commands_go_and_words_stay() -> None:
    assert to_plain("<bold>Now</bold> is <<b> the\ntime\n\nfor <color><param>red</param>us</color>") == (
        "Now is <b> the time\nfor us"
    )


def test_richtext_has_line_breaks_as_commands() -> None:
    assert to_plain("<bold>one</bold><nl>1 <lt> 2", rich=True) == "one\n1 < 2"


@given(st.text(alphabet=st.characters(exclude_characters="<\n"), max_size=50))
def test_text_without_commands_stays_as_it_is(text: str) -> None:
    assert to_plain(text) == text.strip()


@given(st.text(alphabet="<>/param\n ", max_size=60))
def test_any_text_is_survived(text: str) -> None:
    to_plain(text)
    to_plain(text, rich=True)
