"""Mails as the mail programs of customers and agents write them, with what they quote."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from uuid import uuid4

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
