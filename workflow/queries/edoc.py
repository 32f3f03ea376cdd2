"""What an edXML message says of an issued document, read from its frozen row and from what happened to it since."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone

from workflow.choices import DocumentStatus, LinkKind, ReminderStatus, TaskKind
from workflow.core.edoc import Business, Edoc, EdocFile, Organ, Pointer, Replaced
from workflow.core.errors import WrongState
from workflow.core.fold import fold
from workflow.core.metadata import Party
from workflow.core.paper import Head
from workflow.core.register import places_of
from workflow.core.replay import ReplayBreak
from workflow.models import Delivery, Document, DocumentLink, Letterhead, Recall, Reminder, Unit
from workflow.queries.document import head_of, province
from workflow.queries.explain import task_as_of
from workflow.queries.paper import drafting_abbreviation
from workflow.queries.signature import open_newest, signatures_of
from workflow.queries.wording import read_papers

_FULL_NUMBER = re.compile(r"[0-9]{1,11}/\S+")
_WHY_SENT = re.compile(r"\s*\((?:(?:để|thông qua|qua) [^()]*|b/c|t/h|p/h)\)\s*$")
"""What "Nơi nhận" adds to a name: why it is sent there, or through whom; no part of the name."""

NO_ORIGINAL = "Hệ thống không có số, ký hiệu của văn bản gốc mà văn bản này đôn đốc nên ResponseFor không trỏ tới nó."
UNREADABLE_TRAIL = "Nhật ký của nhiệm vụ không đọc được nên không ghi hạn trả lời (DueDate)."


class Bodies:
    """Who the names on documents are, and with which identifier: units and their letterheads, read once."""

    def __init__(self) -> None:
        """Read units and letterheads (two queries)."""
        self._units = {unit.pk: unit for unit in Unit.objects.all()}
        self._letterheads: dict[int, list[Letterhead]] = defaultdict(list)
        self._named: dict[str, list[int]] = defaultdict(list)
        self._called: dict[str, list[int]] = defaultdict(list)
        for row in Letterhead.objects.order_by("valid_from"):
            self._letterheads[row.body_id].append(row)
            self._named[fold(row.name)].append(row.body_id)
        for pk, unit in self._units.items():
            self._named[fold(unit.name)].append(pk)
            for alias in unit.aliases:
                self._called[fold(str(alias))].append(pk)

    def organ_id_of(self, body_id: int | None, on: date) -> str:
        """Return the identifier that a body's letterhead of the day names, "" when none does."""
        ids = [row.organ_id for row in self._letterheads.get(body_id or 0, ()) if row.valid_from <= on]
        return ids[-1] if ids else ""

    def party(self, name: str, on: date) -> Party:
        """Return the body that a name on a document of the day means; two bodies of one name leave it unknown."""
        found = self._meant(name, on)
        ids = {self.organ_id_of(pk, on) for pk in found}
        inside = bool(found) and all(self._units[pk].is_internal for pk in found)
        return Party(name=name, organ_id=ids.pop() if len(ids) == 1 else "", inside=inside)

    def _meant(self, name: str, on: date) -> list[int]:
        key = fold(name)
        for index in (self._named, self._called):
            found = list(dict.fromkeys(index.get(key, ())))
            there = [pk for pk in found if self._units[pk].is_open_on(on)]
            if found:
                return there or found
        return []


@dataclass(slots=True)
class Reading:
    """What was read of one issued document for its metadata and its message."""

    document: Document
    head: Head
    issued_on: date
    bodies: Bodies
    organ_id: str
    places: tuple[str, ...]
    receivers: tuple[Party, ...]
    due_on: date | None
    reminder: Reminder | None
    notes: list[str] = field(default_factory=list)

    @property
    def copies(self) -> int:
        """How many copies there are: one a place, and the one kept, as the register counts them (house practice)."""
        return len(self.places) + 1

    @property
    def pointer(self) -> Pointer:
        """How a message names the document."""
        return Pointer.of(self.document.full_number, self.issued_on, self.organ_id)


def read_issued(document: Document) -> Reading:
    """Read what metadata and message both say of an issued document.

    :raises WrongState: when it is not issued.
    """
    if document.status != DocumentStatus.ISSUED or document.issued_on is None:
        raise WrongState("Chỉ văn bản đã phát hành mới có siêu dữ liệu và gói edXML; văn bản này chưa phát hành.")
    on, head, bodies = document.issued_on, head_of(document), Bodies()
    own = head.organ_id or bodies.organ_id_of(document.issuer_id, on) or bodies.party(head.name, on).organ_id
    reading = Reading(
        document=document,
        head=head,
        issued_on=on,
        bodies=bodies,
        organ_id=own,
        places=places_of([str(line) for line in document.recipients], [str(line) for line in document.copies]),
        receivers=tuple(bodies.party(name, on) for name in _receiver_names(document)),
        due_on=None,
        reminder=_reminder_of(document),
    )
    reading.due_on = _due_day(reading)
    return reading


def _reminder_of(document: Document) -> Reminder | None:
    """Return the reminder that a document is, or that it replaces."""
    replaced = DocumentLink.objects.filter(document=document, kind=LinkKind.REPLACES).values("target")
    reminders = Reminder.objects.filter(Q(document=document) | Q(document__in=replaced), status=ReminderStatus.ISSUED)
    return reminders.select_related("task").order_by("-ordinal").first()


def _receiver_names(document: Document) -> list[str]:
    """Return who receives, each once: the ways that it took, then the other places of "Nơi nhận", without "(b/c)"."""
    sent = Delivery.objects.filter(document=document).order_by("pk").values_list("recipient", flat=True)
    others = places_of([str(line) for line in document.recipients], [str(line) for line in document.copies])
    return list(dict.fromkeys(name for line in (*sent, *others) if (name := _WHY_SENT.sub("", line).strip())))


def _due_day(reading: Reading) -> date | None:
    """Return by when the addressee owes: the task's due day as it stood at the issue, of a reminder or a consultation.

    It is rebuilt from the trail, since a later extension must not change what an issued document says.
    """
    document = reading.document
    task = reading.reminder.task if reading.reminder is not None else document.task
    if task is None or (reading.reminder is None and task.kind != TaskKind.CONSULTATION):
        return None
    try:
        then = task_as_of(task, issued_at(document))
    except (ReplayBreak, ValueError):
        reading.notes.append(UNREADABLE_TRAIL)
        return None
    return then.due_on if then is not None else None


def issued_at(document: Document) -> datetime:
    """Return the local moment of the issue; the start of its day for a document whose moment was not kept."""
    if document.issued_at is not None:
        return timezone.localtime(document.issued_at)
    return timezone.make_aware(datetime.combine(document.issued_on or date.min, time.min))


def edoc_of(document: Document, files: Sequence[EdocFile] = ()) -> Edoc:
    """Return the message of an issued document: new, recalled, correcting or replacing as its links and recall say.

    The same document gives the same message until it is recalled, replaced, or an identifier is configured.

    :raises WrongState: when it is not issued.
    """
    return edoc_from(read_issued(document), files)


def edoc_from(reading: Reading, files: Sequence[EdocFile] = ()) -> Edoc:
    """Return the message of a document that was read already."""
    document, head, notes = reading.document, reading.head, [*reading.notes]
    competence, position = signing_lines(document)
    outside = [party for party in reading.receivers if not party.inside]
    business, concerns, replaced, reason, at = _business(reading, notes)
    answers = tuple(_answers(reading, notes))
    return Edoc(
        sender=Organ(name=head.name, organ_id=reading.organ_id, in_charge=head.parent_name, address=head.contact),
        document=reading.pointer,
        kind=document.kind,
        kind_label=str(document.get_kind_display()),
        place=head.place,
        subject=document.subject,
        signer_competence=competence,
        signer_position=position,
        signer_name=document.signer_name,
        at=at,
        receivers=tuple(Organ(name=party.name, organ_id=party.organ_id) for party in outside),
        to_places=reading.places,
        due_on=reading.due_on,
        priority=document.urgency,
        copies=reading.copies,
        pages=document.pdf_pages,
        appendices=tuple(document.appendices.order_by("ordinal").values_list("title", flat=True)),
        answers=answers,
        business=business,
        concerns=concerns,
        reason=reason,
        replaced=replaced,
        department=document.keeper or drafting_abbreviation(document),
        files=tuple(files),
        notes=(*notes, *_notes(reading, outside)),
    )


def frozen_file(document: Document) -> EdocFile:
    """Return the file that stands for a printed document: the last one signed digitally, else the PDF as printed.

    :raises NotFound: when it is no longer there.
    :raises Damaged: when what is stored is not what was stored then.
    """
    signatures = signatures_of(document)
    what = "đã ký số" if signatures else "đã phát hành"
    with open_newest(document, signatures) as stored:
        content = stored.read()
    return EdocFile(
        name=f"{document.full_number.replace('/', '-')}.pdf", content=content, description=f"Văn bản {what}"
    )


def signing_lines(document: Document) -> tuple[str, str]:
    """Return in what capacity the signer signs ("KT. GIÁM ĐỐC", "" for the head himself) and his position."""
    lines = [line.strip() for line in document.signer_title.splitlines() if line.strip()]
    return (", ".join(lines[:-1]), lines[-1]) if lines else ("", "")


def _business(
    reading: Reading, notes: list[str]
) -> tuple[Business, Pointer | None, tuple[Replaced, ...], str, datetime]:
    """Return what the message asks: a recall goes before everything, replacing before correcting."""
    document = reading.document
    recall = Recall.objects.filter(document=document).first()
    if recall is not None:
        return Business.RECALL, None, (), recall.reason, timezone.localtime(recall.recalled_at)
    links = DocumentLink.objects.filter(document=document, target__status=DocumentStatus.ISSUED)
    targets: dict[str, list[Document]] = defaultdict(list)
    for link in links.select_related("target").order_by("pk"):
        targets[link.kind].append(link.target)
    at = issued_at(document)
    if replaced := targets[LinkKind.REPLACES]:
        return Business.REPLACE, None, tuple(_replaced(reading, each) for each in replaced), "", at
    if corrected := targets[LinkKind.CORRECTS]:
        if len(corrected) > 1:
            others = ", ".join(each.full_number for each in corrected[1:])
            notes.append(f"Văn bản còn đính chính {others}; gói chỉ trỏ được tới {corrected[0].full_number}.")
        return Business.UPDATE, _pointer_to(reading, corrected[0]), (), "", at
    return Business.NEW, None, (), "", at


def _pointer_to(reading: Reading, other: Document) -> Pointer:
    on = other.issued_on or reading.issued_on
    organ_id = str(other.head.get("organ_id", "")) or reading.bodies.organ_id_of(other.issuer_id, on)
    return Pointer.of(other.full_number, on, organ_id or reading.organ_id)


def _replaced(reading: Reading, other: Document) -> Replaced:
    pointer = _pointer_to(reading, other)
    parties = [reading.bodies.party(name, pointer.issued_on) for name in _receiver_names(other)]
    ids = dict.fromkeys(party.organ_id for party in parties if party.organ_id and not party.inside)
    return Replaced(document=pointer, organ_ids=tuple(ids))


def _answers(reading: Reading, notes: list[str]) -> Iterator[Pointer]:
    """Yield what a reminder points to: the document that asked, the earlier reminders of its round, in that order."""
    reminder = reading.reminder
    if reminder is None:
        return
    seen = set()
    original = _original(reading, reminder)
    if original is None:
        notes.append(NO_ORIGINAL)
    earlier = Reminder.objects.filter(
        task=reminder.task, round=reminder.round, ordinal__lt=reminder.ordinal, status=ReminderStatus.ISSUED
    )
    linked = DocumentLink.objects.filter(document=reading.document, kind=LinkKind.REMINDS).select_related("target")
    documents = [row.document for row in earlier.select_related("document").order_by("ordinal")]
    documents += [row.target for row in linked.order_by("pk") if row.target.status == DocumentStatus.ISSUED]
    for pointer in (original, *(_pointer_to(reading, each) for each in documents)):
        if pointer is not None and pointer.document_id not in seen:
            seen.add(pointer.document_id)
            yield pointer


def _original(reading: Reading, reminder: Reminder) -> Pointer | None:
    """Return the plan, UBND tỉnh's document or the letter that asked, if it was there when the reminder went out."""
    task = reminder.task
    try:
        above = province(reading.issued_on).name
    except WrongState:
        above = ""
    cited = read_papers([task], province_name=above).asked_by.get(task.pk)
    if cited is None or cited.issued_on is None or cited.issued_on > reading.issued_on:
        return None
    if not _FULL_NUMBER.fullmatch(cited.number):
        return None
    return Pointer.of(cited.number, cited.issued_on, reading.bodies.party(cited.body_name, cited.issued_on).organ_id)


def _notes(reading: Reading, outside: Sequence[Party]) -> Iterator[str]:
    inside = [party.name for party in reading.receivers if party.inside]
    if not outside:
        yield "Văn bản không có nơi nhận nào ngoài cơ quan nên phần To để trống."
    elif inside:
        yield f"Nơi nhận trong cơ quan không đưa vào phần To: {'; '.join(inside)}."
    if reading.document.pdf_pages is None:
        yield "Chưa biết số trang của bản PDF nên không ghi PageAmount."
    after = DocumentLink.objects.filter(target=reading.document, document__status=DocumentStatus.ISSUED)
    for link in after.exclude(kind=LinkKind.REMINDS).select_related("document").order_by("pk"):
        done = "thay thế" if link.kind == LinkKind.REPLACES else "đính chính"
        yield f"Văn bản này đã được {done} bằng Văn bản số {link.document.full_number}."
