"""One plain letter to one address, recognisable when it is sent again."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.mail import BadHeaderError

from workflow.adapters.mail import send_plain


def test_a_letter_carries_its_words_to_one_address() -> None:
    send_plain("mau@vi-du.vn", "Đôn đốc: 2 việc quá hạn", "Kính gửi ông Mẫu,\n\nHai việc.", message_id="a.1@dondoc")
    [sent] = mail.outbox
    assert (sent.to, sent.cc, sent.bcc) == (["mau@vi-du.vn"], [], [])
    assert (sent.subject, sent.body) == ("Đôn đốc: 2 việc quá hạn", "Kính gửi ông Mẫu,\n\nHai việc.")
    assert sent.from_email == "don-doc@localhost"
    assert sent.attachments == []


def test_the_same_letter_sent_again_has_the_same_identity_and_says_that_a_machine_sent_it() -> None:
    for _each in range(2):
        send_plain("mau@vi-du.vn", "A", "B", message_id="digest.7.2022-10-03@dondoc")
    first, second = (sent.message() for sent in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"] == "<digest.7.2022-10-03@dondoc>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain"


def test_diacritics_survive_the_way_through_the_wire() -> None:
    send_plain("mau@vi-du.vn", "Nhắc việc", "Ưu tiên: đôn đốc.", message_id="a@dondoc")
    message = mail.outbox[0].message()
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode("utf-8").strip() == "Ưu tiên: đôn đốc."


@pytest.mark.parametrize("where", ["address", "subject", "message_id"])
def test_a_line_break_in_a_header_is_refused_and_nothing_is_sent(where: str) -> None:
    given = {"address": "mau@vi-du.vn", "subject": "A", "message_id": "a@dondoc"}
    given[where] += "\nBcc: ke-la@vi-du.vn"
    with pytest.raises((BadHeaderError, ValueError)):
        send_plain(given["address"], given["subject"], "B", message_id=given["message_id"])
    assert mail.outbox == []
