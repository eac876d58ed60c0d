"""Mails as the mail programs of customers and agents write them, with what they quote."""

from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from uuid import uuid4

Program = Callable[..., bytes]
"""A mail program of those below, by which somebody writes or answers."""

DATE = "Mon, 23 Nov 2026 10:15:00 +0100"


def words_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def outlook(sender: str, text: str, *, to: str, subject: str, answers: EmailMessage | None = None,
            cc: Sequence[str] = ()) -> bytes:  # fmt: skip
    """Outlook on Windows: HTML beside plain text, and below the words the header of what is answered, unmarked."""
    mail = _mail(sender, to, subject, answers, cc)
    mail["X-Mailer"] = "Microsoft Outlook 16.0"
    mail["Thread-Topic"] = subject.removeprefix("RE: ")
    quoted = ""
    if answers is not None:
        quoted = (
            f"\n\nFrom: {answers['From']}\nSent: Monday, November 23, 2026 9:00 AM\nTo: {answers['To']}\n"
            f"Subject: {answers['Subject']}\n\n{words_of(answers)}"
        )
    mail.set_content(text + quoted)
    paragraphs = "".join(f"<p class=MsoNormal>{escape(line) or '&nbsp;'}<o:p></o:p></p>" for line in text.split("\n"))
    border = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    below = f"{border}<pre>{escape(quoted)}</pre></div>" if quoted else ""
    mail.add_alternative(
        f"<html><body lang=EN-US><div class=WordSection1>{paragraphs}{below}</div></body></html>", subtype="html"
    )
    return mail.as_bytes(policy=SMTP)


def gmail(sender: str, text: str, *, to: str, subject: str, answers: EmailMessage | None = None,
          cc: Sequence[str] = ()) -> bytes:  # fmt: skip
    """Gmail in a browser: top-posted, `On … wrote:`, every line of the quote marked."""
    mail = _mail(sender, to, subject, answers, cc)
    quoted = ""
    if answers is not None:
        marked = "\n".join(f"> {line}" for line in words_of(answers).split("\n"))
        quoted = f"\n\nOn Mon, Nov 23, 2026 at 9:00 AM {answers['From']} wrote:\n\n{marked}"
    mail.set_content(text + quoted)
    below = (
        f'<br><div class="gmail_quote"><blockquote class="gmail_quote">{escape(quoted)}</blockquote></div>'
        if quoted
        else ""
    )
    lines = "<br>".join(escape(line) for line in text.split("\n"))
    mail.add_alternative(f'<div dir="ltr">{lines}</div>{below}', subtype="html")
    return mail.as_bytes(policy=SMTP)


def apple(sender: str, text: str, *, to: str, subject: str, answers: EmailMessage | None = None,
          cc: Sequence[str] = (), attached: tuple[str, bytes] | None = None) -> bytes:  # fmt: skip
    """Apple Mail on a phone: top-posted plain text with its line about the phone."""
    mail = _mail(sender, to, subject, answers, cc)
    mail["X-Mailer"] = "iPhone Mail (23B85)"
    quoted = ""
    if answers is not None:
        marked = "\n".join(f"> {line}" for line in words_of(answers).split("\n"))
        quoted = f"\n\n> On 23 Nov 2026, at 09:00, {answers['From']} wrote:\n> \n{marked}"
    mail.set_content(f"{text}\n\nSent from my iPhone{quoted}")
    if attached is not None:
        name, content = attached
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes(policy=SMTP)


def _mail(sender: str, to: str, subject: str, answers: EmailMessage | None, cc: Sequence[str]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    if cc:
        mail["Cc"] = ", ".join(cc)
    mail["Subject"] = subject
    mail["Date"] = DATE
    mail["Message-ID"] = f"<{uuid4().hex}@client.example>"
    if answers is not None:
        mail["In-Reply-To"] = answers["Message-ID"]
        mail["References"] = " ".join([*(answers["References"] or "").split(), answers["Message-ID"]])
    return mail


_PREFIXES = {"outlook-en": "FW: ", "outlook-de": "WG: ", "outlook-ru": "FW: "}
_FORWARDS = {
    "outlook-en": """\

From: {author}
Sent: Monday, November 23, 2026 9:00 AM
To: {to}
Subject: {subject}

{text}
""",
    "outlook-de": """\

-----Ursprüngliche Nachricht-----
Von: {author}
Gesendet: Montag, 23. November 2026 09:00
An: {to}
Betreff: {subject}

{text}
""",
    "outlook-ru": """\

-----Исходное сообщение-----
От: {author}
Отправлено: 23 ноября 2026 г. 9:00
Кому: {to}
Тема: {subject}

{text}
""",
    "gmail-en": """\

---------- Forwarded message ---------
From: {author}
Date: Mon, Nov 23, 2026 at 9:00 AM
Subject: {subject}
To: <{to}>


{text}
""",
    "gmail-de": """\

---------- Forwarded message ---------
Von: {author}
Date: Mo., 23. Nov. 2026 um 09:00 Uhr
Subject: {subject}
To: <{to}>


{text}
""",
    "gmail-ru": """\

---------- Forwarded message ---------
От: {author}
Date: пн, 23 нояб. 2026 г. в 09:00
Subject: {subject}
To: <{to}>


{text}
""",
    "apple-en": """\

Begin forwarded message:

> From: {author}
> Subject: {subject}
> Date: 23 November 2026 at 09:00:00 CET
> To: {to}
>
{quoted}
""",
    "apple-de": """\

Anfang der weitergeleiteten Nachricht:

> Von: {author}
> Betreff: {subject}
> Datum: 23. November 2026 um 09:00:00 MEZ
> An: {to}
>
{quoted}
""",
    "apple-ru": """\

Начало переадресованного сообщения:

> От: {author}
> Тема: {subject}
> Дата: 23 ноября 2026 г. в 09:00:00 GMT+1
> Кому: {to}
>
{quoted}
""",
    "thunderbird-en": """\


-------- Forwarded Message --------
Subject: 	{subject}
Date: 	Mon, 23 Nov 2026 09:00:00 +0100
From: 	{author}
To: 	{to}



{text}
""",
    "thunderbird-de": """\


-------- Weitergeleitete Nachricht --------
Betreff: 	{subject}
Datum: 	Mon, 23 Nov 2026 09:00:00 +0100
Von: 	{author}
An: 	{to}



{text}
""",
    "thunderbird-ru": """\


-------- Пересылаемое сообщение --------
Тема: 	{subject}
Дата: 	Mon, 23 Nov 2026 09:00:00 +0100
От: 	{author}
Кому: 	{to}



{text}
""",
}
FORWARDS = tuple(_FORWARDS)
"""Programs and languages in which a mail is handed on, for `forwarded`."""


def forwarded(style: str, sender: str, words: str, *, to: str, author: str, subject: str, text: str) -> bytes:
    """A mail of `author` to `sender`, handed on to `to` with some words above, as plain text."""
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    own = sender.rpartition("<")[2].strip(">")
    below = _FORWARDS[style].format(author=author, to=own, subject=subject, text=text, quoted=quoted)
    mail = _mail(sender, to, _PREFIXES.get(style, "Fwd: ") + subject, None, ())
    mail.set_content(f"{words}\n{below}")
    return mail.as_bytes(policy=SMTP)


def attached(sender: str, words: str, *, to: str, author: str, subject: str, text: str) -> bytes:
    """The same with that mail as an attachment."""
    inner = _mail(author, sender, subject, None, ())
    inner.set_content(text)
    mail = _mail(sender, to, f"Fwd: {subject}", None, ())
    mail.set_content(words)
    mail.add_attachment(inner)
    return mail.as_bytes(policy=SMTP)
