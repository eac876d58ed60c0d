"""HTML as text and as safe HTML."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.parsing.html_clean import sanitise
from mailintake.parsing.html_guard import is_tame, without_tags
from mailintake.parsing.html_text import render


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<ol><li>a<li>b<ul><li>c</ul></ol>", "1. a\n2. b\n  * c"),
        ("<table><tr><th>a<th>b<tr><td>c<td>d</table>", "a  b\nc  d"),
        ("a <a href='https://x.example/p'>b</a>", "a b <https://x.example/p>"),
        ("<a href='https://x.example/'>x.example</a>", "x.example"),
        ("<a href='mailto:a@b.example'>a@b.example</a>", "a@b.example"),
        ("<a href='javascript:x()'>b</a>", "b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n>> b"),
        ("a<script>b</script><style>c</style><!-- d -->e", "ae"),
        ("<p style='display:none'>hidden</p>seen", "seen"),
        ("<img alt='logo' src='x'>", "[logo]"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("", ""),
    ],
)
def test_html_is_rendered(html: str, text: str) -> None:
    assert render(html)[0] == text


def test_a_mail_program_marks_its_quote() -> None:
    text, told = render("<p>new</p><div class='gmail_quote'>Ann wrote:<blockquote>old</blockquote></div>")
    assert told.cut is not None
    assert text.split("\n")[told.cut] == "Ann wrote:"


SIGNATURES = [
    "<div class='gmail_signature' dir='ltr'>{}</div>",
    "<div class='moz-signature'>{}</div>",
    "<pre class='moz-signature' cols='72'>{}</pre>",
    "<div id='Signature'>{}</div>",
    "<div class='elementToProof' id='ms-outlook-mobile-signature'>{}</div>",
    "<div dir='ltr' id='AppleMailSignature'>{}</div>",
    "<br id='lineBreakAtBeginningOfSignature'><div dir='ltr'>{}</div>",
    "<div class='protonmail_signature_block protonmail_signature_block-user'>{}</div>",
    "<div class='ydp5c0ffeesignature'>{}</div>",
    "<div class='yahoo_signature'>{}</div>",
    "<div data-marker='__SIG_PRE__'>{}</div>",
    "<div class='zmail_signature_below'>{}</div>",
    "<div id='MAC_OUTLOOK_SIGNATURE'>{}</div>",
    "<div id='composer_signature'>{}</div>",
    "<div name='messageSignatureSection'>{}</div>",
    "<p><a name='_MailAutoSig'>{}</a></p>",
    "<p><span style='mso-bookmark: _MailAutoSig'>{}</span></p>",
    "<div id='_rc_sig'>{}</div>",
    "<div class='io-ox-signature'>{}</div>",
    "<div data-signature-widget='container'>{}</div>",
    "<signature id='local-1'>{}</signature>",
    "<div class='k9mail-signature'>{}</div>",
]


@pytest.mark.parametrize("element", SIGNATURES)
def test_a_mail_program_marks_the_signature(element: str) -> None:
    text, told = render("<p>new</p>" + element.format("Ann<br>Example Ltd") + "<p>behind</p>")
    ((begin, end),) = told.signatures
    assert "\n".join(text.split("\n")[begin:end]).strip() == "Ann\nExample Ltd"


@pytest.mark.parametrize(
    "html",
    [
        "<div class='no-signature'>new</div>",
        "<div id='signature-request'>Please sign here</div>",
        "<div id='x_Signature'>of a mail that Outlook quotes</div>",
        "<blockquote><div class='gmail_signature'>Bob</div></blockquote>",
        "<br id='lineBreakAtBeginningOfSignature'>words <div>of mine</div>",
        "<br id='lineBreakAtBeginningOfSignature'><blockquote type='cite'>old</blockquote>",
        "<div class='gmail_signature'></div>",
    ],
)
def test_what_is_no_signature_of_the_writer_is_not_marked(html: str) -> None:
    assert render(f"<p>new</p>{html}")[1].signatures == ()


def test_a_signature_within_a_signature_is_one() -> None:
    text, told = render("new<div class='gmail_signature'>Ann<div class='signature'>Ltd</div>Tel. 1</div>")
    assert told.signatures == ((1, len(text.split("\n"))),)


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<img src=x onerror=x>",
        "<a href=javascript:x>y</a>",
        "<style>p{}</style>",
        "<svg onload=x>",
        "<img src='http://track.example/p.gif'>",
        "<p style='background:url(http://track.example)'>y</p>",
        "<iframe src=x>",
        "<meta http-equiv=refresh>",
        "<form action=x><input>",
        "<link rel=stylesheet href=x>",
        "<a href='file:///x'>y</a>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(html: str) -> None:
    clean = sanitise(html).lower()
    for word in ("script", "onerror", "onload", "style", "track", "iframe", "meta", "form", "link ", "file:", "svg"):
        assert word not in clean


def test_links_and_inline_images_stay() -> None:
    clean = sanitise("<a href='https://x.example'>y</a><img src='cid:1'>")
    assert clean == '<a href="https://x.example" rel="noopener noreferrer nofollow">y</a><img src="cid:1">'


@pytest.mark.parametrize(
    "html", ["<div>" * 500, "<a x='" + "y" * 40_000 + "'>", "&" * 70_000, "<b>" * 120_000, "<" + "x" * 40_000]
)
def test_what_could_hurt_a_tree_parser_is_not_shown_to_it(html: str) -> None:
    assert not is_tame(html)
    assert sanitise(html).startswith("<pre>")


def test_the_last_resort_keeps_the_words() -> None:
    assert without_tags("<p>one</p><script>x</script><p>two &amp; three").split() == ["one", "two", "&", "three"]


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/abdiv p'\"=&;!-blockquote\n"), max_size=200))
def test_any_html_is_rendered(html: str) -> None:
    render(html)
    sanitise(html)
    without_tags(html)


@pytest.mark.parametrize("sign", ["&", "\xa0", "§", "\xad"])
def test_too_many_entities_are_kept_from_the_sanitiser(sign: str) -> None:
    assert not is_tame(f"<p>{sign * 70_000}</p>")
    assert is_tame(f"<p>{sign * 50_000}</p>")
