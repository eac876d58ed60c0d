"""Reports of letters that did not arrive, as mail servers write them."""

from email.message import EmailMessage

POSTFIX = """\
From: MAILER-DAEMON@mx.bakery.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
Message-ID: <{number}@mx.bakery.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.bakery.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{recipient}>: host mail.bakery.example[192.0.2.5] said: {said}
    (in reply to RCPT TO command)

--B1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.bakery.example
X-Postfix-Queue-ID: 4T1Q{number}
Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0100 (CET)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {code}
Remote-MTA: dns; mail.bakery.example
Diagnostic-Code: smtp; {said}

--B1
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{returned}
--B1--
"""
EXCHANGE = """\
From: postmaster@bakery.example
To: {to}
Subject: Undeliverable: Oven
Auto-Submitted: auto-replied
Message-ID: <{number}@exchange.bakery.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="E1"

--E1
Content-Type: text/plain; charset="us-ascii"

Delivery has failed to these recipients or groups:

{recipient}
The email address you entered couldn't be found.

Diagnostic information for administrators:

Generating server: exchange.bakery.example
{recipient}
Remote Server returned '{said}'

--E1
Content-Type: message/delivery-status

Reporting-MTA: dns;exchange.bakery.example
Received-From-MTA: dns;mx.desk.example

Final-Recipient: rfc822;{recipient}
Action: {action}
Status: {code}
Diagnostic-Code: smtp;{said}

--E1
Content-Type: message/rfc822

{returned}
The letter.
--E1--
"""
GMAIL = """\
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: {to}
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
Message-ID: <{number}.dsn@mx.google.com>
X-Failed-Recipients: {recipient}
MIME-Version: 1.0
Content-Type: multipart/report; boundary="G1"; report-type=delivery-status

--G1
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to {recipient} because the address couldn't be found, or is unable to receive mail.

The response was:
{said}

--G1
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Mon, 23 Nov 2026 00:00:00 -0800 (PST)

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {code}
Diagnostic-Code: smtp; {said}
Last-Attempt-Date: Mon, 23 Nov 2026 00:00:01 -0800 (PST)

--G1
Content-Type: message/rfc822

{returned}
The letter.
--G1--
"""
SERVERS = {"postfix": POSTFIX, "exchange": EXCHANGE, "gmail": GMAIL}
_NAMED = ("From", "To", "Subject", "Message-ID", "Date")


def report(server: str, letter: EmailMessage, *, to: str, number: int = 1, action: str = "failed", code: str = "5.1.1",
           said: str = "550 5.1.1 no such user here") -> bytes:  # fmt: skip
    """What a server sends to `to` about a letter that it could not deliver."""
    recipient = str(letter["To"]).rpartition("<")[2].strip(">")
    returned = "".join(f"{name}: {letter[name]}\n" for name in _NAMED)
    words = {"to": to, "recipient": recipient, "action": action, "code": code, "said": said, "number": number}
    return SERVERS[server].format(returned=returned, **words).replace("\n", "\r\n").encode()
