"""Sweep: what is due decides the time, not what is open; against a row-by-row loop and against bare SQL, in one run.

    python tests/benchmarks/bench_sweep.py [OPEN ...]      (default 200000 1000000)
    python tests/benchmarks/bench_sweep.py outside [OPEN ...]      letters and duties about bodies outside, with flows

On the database of DATABASE_URL (a scratch database beside it), or SQLite when absent. Prints seconds and ratios.
"""

from __future__ import annotations

import hashlib
import json
import sys
from time import perf_counter

from stage import NOW, make_many, make_many_outside, scratch_database

from django.db import connection, transaction

from approvals.models import Approval
from workflow.actions.sweep import _sweep_one, due_ids, sweep
from workflow.actions.sweep.office import read_office
from workflow.choices import Ladder
from workflow.models import RegisterBook, Reminder, Task

SAMPLE = 300
"""How many rows the row-by-row loop does; its rate is what counts."""


def bare_sql(house_ids: tuple[int, int, int], person: int, sample: Reminder) -> None:
    """Do the sweep's effect (documents, deliveries, reminders, events, notifications, tasks) in pure SQL, as fast as it goes."""
    postgresql = connection.vendor == "postgresql"
    _department, _office, rule = house_ids
    now = NOW.isoformat()
    sha = "encode(sha256(convert_to({}, 'UTF8')), 'hex')" if postgresql else "sha256_hex({})"
    record = json.dumps(sample.decision, ensure_ascii=False, sort_keys=True).replace("'", "''").replace("%", "%%")
    text = sample.document.body.replace("'", "''").replace("%", "%%")
    paper = f"title || '{text}'"
    body = (
        '\'{"chain":"task:\' || d.id || \'","seq":\' || (d.chain_seq + 1) || \',"name":"reminder.issue","at":"\' || '
        f'\'{now}\' || \'","number":\' || d.number || \',"title":"\' || d.title || \'","details":{record}}}\''
    )
    again = "'2022-10-21T01:00:00+00:00'"
    with transaction.atomic(), connection.cursor() as cursor:
        if not postgresql:
            connection.connection.create_function(
                "sha256_hex", 1, lambda text: hashlib.sha256(text.encode()).hexdigest(), deterministic=True
            )
        cursor.execute("SELECT last_number, id FROM workflow_registerbook LIMIT 1")
        last, book = cursor.fetchone()
        cursor.execute("SELECT coalesce(max(id), 0) FROM workflow_document")
        [base] = cursor.fetchone()
        lock = "FOR UPDATE SKIP LOCKED" if postgresql else ""
        cursor.execute(
            "CREATE TEMPORARY TABLE due AS SELECT t.*, row_number() OVER (ORDER BY next_due, id) AS n, "
            f"{last} + row_number() OVER (ORDER BY next_due, id) AS number FROM "
            f"(SELECT * FROM workflow_task WHERE next_due <= %s ORDER BY next_due, id {lock}) t",
            [NOW if postgresql else connection.ops.adapt_datetimefield_value(NOW)],
        )
        cursor.execute(
            "INSERT INTO workflow_document (id, task_id, kind, status, book_id, number, symbol, issued_on, issued_at, "
            "revision, subject, body, recipients, signer_name, signer_title, drafted_at, text_sha256, pdf_name, pdf_sha256) "
            f"SELECT {base} + n, id, 'CV', 'issued', {book}, number, 'SKHĐT-VP', '2022-10-17', '{now}', "
            f"1, 'đôn đốc lần 1 việc thực hiện nhiệm vụ: ' || title, {paper}, '[\"Phòng\"]', 'x', 'y', '{now}', "
            f"{sha.format(paper)}, '', '' FROM due"
        )
        cursor.execute(
            "INSERT INTO workflow_reminder (task_id, round, ordinal, status, document_id, rule_id, decision, drafted_at, "
            "issued_at, withdrawn_reason) SELECT id, round, 1, 'issued', "
            f"{base} + n, {rule}, '{record}', '{now}', '{now}', '' FROM due"
        )
        cursor.execute(
            "INSERT INTO workflow_delivery (document_id, recipient, through, sent_at) "
            f"SELECT {base} + n, 'Phòng', '', '{now}' FROM due"
        )
        cursor.execute(
            "INSERT INTO workflow_notification (person_id, key, kind, text, task_id, created_at) "
            f"SELECT {person}, 'remind1:' || id, 'reminder', 'Đôn đốc lần 1: ' || title, id, '{now}' FROM due"
        )
        cursor.execute(
            "INSERT INTO workflow_auditevent (chain, seq, occurred_at, action_id, name, task_id, body, previous_hash, hash) "
            f"SELECT 'task:' || d.id, d.chain_seq + 1, '{now}', '{'0' * 32}', 'reminder.issue', d.id, {body}, "
            f"d.chain_head, {sha.format('d.chain_head || ' + body)} FROM due d"
        )
        event = "(SELECT e.hash FROM workflow_auditevent e WHERE e.chain = 'task:' || workflow_task.id AND e.seq = workflow_task.chain_seq + 1)"
        cursor.execute(
            f"UPDATE workflow_task SET reminders_issued = 1, last_reminder_at = '{now}', next_due = {again}, "
            f"chain_head = {event}, chain_seq = chain_seq + 1 WHERE id IN (SELECT id FROM due)"
        )
        cursor.execute("UPDATE workflow_registerbook SET last_number = last_number + (SELECT count(*) FROM due)")
        cursor.execute("DROP TABLE due")


def timed(work: object) -> float:
    """Return the seconds of one call."""
    start = perf_counter()
    work()
    return perf_counter() - start


def measure(total: int) -> None:
    """Measure one size and print its line."""
    due = total // 100
    with scratch_database() as house:
        make_many(house, total, due)
        swept = timed(lambda: sweep(now=NOW))
        assert Reminder.objects.count() == due, Reminder.objects.count()
        sample = Reminder.objects.select_related("document").first()
        idle = min(timed(lambda: sweep(now=NOW)) for _ in range(3))
    with scratch_database() as house:
        make_many(house, SAMPLE * 4, SAMPLE)
        office = read_office(NOW)
        ids = due_ids(NOW, SAMPLE)
        looped = timed(lambda: [_sweep_one(pk, office, now=NOW) for pk in ids]) / SAMPLE
    with scratch_database() as house:
        make_many(house, total, due)
        RegisterBook.objects.get_or_create(body=house.department, year=2022, series="chung")
        rule = Task.objects.raw("SELECT id FROM workflow_rule WHERE effect = 'remind' LIMIT 1")[0].pk
        pure = timed(lambda: bare_sql((house.department.pk, house.office.pk, rule), house.head.person_id, sample))
        assert Reminder.objects.count() == due, Reminder.objects.count()
    print(
        f"{connection.vendor} {total:>9,} mở, {due:,} đến hạn: quét {swept:.2f} s ({due / swept:,.0f}/s), "
        f"không có gì đến hạn {idle * 1000:.1f} ms, SQL thuần {pure:.2f} s\n"
        f"    so với vòng lặp từng dòng ({1 / looped:,.0f}/s): nhanh gấp {looped * due / swept:.1f}; "
        f"so với SQL thuần: chậm gấp {swept / pure:.2f}",
        flush=True,
    )


def measure_outside(total: int, ladder: Ladder) -> None:
    """Measure one size of letters (B) or duties (C) about bodies outside, whose flows are opened with them."""
    due = total // 100
    with scratch_database() as house:
        make_many_outside(house, total, due, ladder)
        swept = timed(lambda: sweep(now=NOW))
        opened = Approval.objects.count()
        assert opened == (due if ladder == Ladder.B else 2 * due), opened
    with scratch_database() as house:
        make_many_outside(house, SAMPLE * 4, SAMPLE, ladder)
        office = read_office(NOW)
        ids = due_ids(NOW, SAMPLE)
        looped = timed(lambda: [_sweep_one(pk, office, now=NOW) for pk in ids]) / SAMPLE
    print(
        f"{connection.vendor} {total:>9,} mở, {due:,} đến hạn của cơ quan ngoài Sở (thang {ladder}): quét {swept:.2f} s "
        f"({due / swept:,.0f}/s, {opened:,} hồ sơ phê duyệt); so với vòng lặp từng dòng ({1 / looped:,.0f}/s): "
        f"nhanh gấp {looped * due / swept:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:] if word != "outside"] or [200_000, 1_000_000]
    for size in sizes:
        if "outside" in sys.argv:
            measure_outside(size, Ladder.B)
            measure_outside(size, Ladder.C)
        else:
            measure(size)
