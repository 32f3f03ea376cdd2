"""Sending plain e-mail through Django's mail backend."""

from __future__ import annotations

from django.core.mail import EmailMessage


def send_plain(address: str, subject: str, body: str, *, message_id: str) -> None:
    """Send one plain-text message to one address.

    `message_id` (without angle brackets) must be the same whenever the same message is sent again: a mailbox then
    shows a message only once even when a worker was killed between sending and remembering that it sent.

    :raises OSError: when the mail server can't be reached (smtplib's errors are among these).
    """
    headers = {"Message-ID": f"<{message_id}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject=subject, body=body, to=[address], headers=headers).send()
