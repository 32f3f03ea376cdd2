"""Sending plain e-mail through Django's mail backend."""

from __future__ import annotations

import smtplib

from django.core.mail import EmailMessage


class AddressRefused(Exception):
    """The mail server will never take mail for the address; trying again is of no use."""


PERMANENT = 500
"""SMTP's replies from here on are final (RFC 5321 4.2.1); those of 400 ask to try again."""


def send_plain(address: str, subject: str, body: str, *, message_id: str) -> None:
    """Send one plain-text message to one address.

    `message_id` (without angle brackets) must be the same whenever the same message is sent again: a mailbox then
    shows a message only once even when a worker was killed between sending and remembering that it sent.

    :raises AddressRefused: when the server refuses the address for good.
    :raises OSError: when the mail server can't be reached (smtplib's other errors are among these).
    """
    headers = {"Message-ID": f"<{message_id}>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject=subject, body=body, to=[address], headers=headers).send()
    except smtplib.SMTPRecipientsRefused as error:
        [(code, said)] = error.recipients.values()
        if code < PERMANENT:
            raise
        raise AddressRefused(f"{code} {said.decode('utf-8', 'replace')}") from None
