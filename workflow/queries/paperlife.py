"""What became of an issued document: replaced, corrected, recalled; and what may still be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from workflow.choices import DocumentKind, DocumentStatus, LinkKind
from workflow.core.errors import WrongState
from workflow.core.wording import Cited
from workflow.models import Document, DocumentLink, Recall
from workflow.permissions import Actor
from workflow.queries.document import head_of
from workflow.queries.paperlist import visible_documents

ONLY_ISSUED = "Văn bản chưa phát hành; dự thảo thì sửa hoặc bỏ trong hồ sơ phê duyệt."

OUTSIDE_IS_TOLD = (
    "Cơ quan, đơn vị ngoài hệ thống phải được báo riêng: nơi nhận bản điện tử hủy bỏ văn bản trên hệ thống của mình và "
    "báo lại bên gửi (NĐ 30/2020/NĐ-CP Điều 18)."
)

DOES = {LinkKind.REPLACES: "Thay thế", LinkKind.CORRECTS: "Đính chính", LinkKind.REMINDS: "Đôn đốc"}
WILL_DO = {
    LinkKind.REPLACES: "Khi được phát hành sẽ thay thế",
    LinkKind.CORRECTS: "Khi được phát hành sẽ đính chính",
    LinkKind.REMINDS: "Khi được phát hành sẽ đôn đốc",
}
DONE_BY = {
    LinkKind.REPLACES: "Đã được thay thế bởi",
    LinkKind.CORRECTS: "Đã được đính chính tại",
    LinkKind.REMINDS: "Đã được đôn đốc tại",
}
BEING_DONE = {
    LinkKind.REPLACES: "Đang soạn văn bản thay thế",
    LinkKind.CORRECTS: "Đang soạn công văn đính chính",
    LinkKind.REMINDS: "Đang soạn văn bản đôn đốc",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """One line of “Quan hệ văn bản”: what the shown document does or suffers, and the other document.

    `opens` tells whether the person may see that other one's page; its number he may read here in any case.
    """

    words: str
    other: Document
    opens: bool


@dataclass(frozen=True, slots=True)
class PaperLife:
    """A document's recall and its links; a link ends when the draft that made it is dropped."""

    document: Document
    recall: Recall | None
    links: tuple[DocumentLink, ...]

    def made_by(self, kind: LinkKind) -> list[Document]:
        """Return the drafts and issued documents that do this to the document."""
        return [link.document for link in self.links if link.target_id == self.document.pk and link.kind == kind]

    @property
    def replaced_by(self) -> Document | None:
        """The issued document that stands in place of this one."""
        return next((row for row in self.made_by(LinkKind.REPLACES) if row.status == DocumentStatus.ISSUED), None)

    @property
    def why_not_replaced(self) -> str:
        """Why no replacement may be drafted, as a sentence for the person who asks; "" when one may."""
        return self._why_not_amended() or _still_open(self.made_by(LinkKind.REPLACES), "văn bản thay thế")

    @property
    def why_not_corrected(self) -> str:
        """Why no công văn đính chính may be drafted; "" when one may. One that was issued hinders no second one."""
        return self._why_not_amended() or _still_open(self.made_by(LinkKind.CORRECTS), "công văn đính chính")

    @property
    def why_not_recalled(self) -> str:
        """Why the document may not be recalled; "" when it may."""
        return self._why_not_standing()

    def _why_not_standing(self) -> str:
        if self.document.status != DocumentStatus.ISSUED:
            return ONLY_ISSUED
        if self.recall is not None:
            return f"Văn bản đã thu hồi ngày {timezone.localdate(self.recall.recalled_at):%d/%m/%Y}."
        return ""

    def _why_not_amended(self) -> str:
        later = self.replaced_by
        if later is not None:
            return f"Văn bản đã được thay thế bởi văn bản số {later.full_number}; hãy làm việc này với văn bản đó."
        return self._why_not_standing()


def _still_open(rows: Sequence[Document], called: str) -> str:
    """Say that a draft of the same sort waits already."""
    if any(row.status == DocumentStatus.DRAFT for row in rows):
        return f"Đang có dự thảo {called} của văn bản này; hãy sửa hoặc bỏ dự thảo đó."
    return ""


def life_of(document: Document) -> PaperLife:
    """Return what became of a document (two queries)."""
    links = DocumentLink.objects.filter(Q(document=document) | Q(target=document))
    known = links.exclude(document__status=DocumentStatus.CANCELLED)
    read = known.select_related("document__recall", "target__recall").order_by("pk")
    return PaperLife(document, Recall.objects.filter(document=document).first(), tuple(read))


def relations_of(life: PaperLife, actor: Actor) -> list[Relation]:
    """Return the lines of “Quan hệ văn bản” that the person may read (one query, none without links).

    That an issued document replaced this one belongs to this one; a draft about it is shown to who sees that draft.
    """
    pairs = [(link, link.target if link.document_id == life.document.pk else link.document) for link in life.links]
    if not pairs:
        return []
    seen = visible_documents(actor).filter(pk__in=[other.pk for _link, other in pairs])
    opens = set(seen.values_list("pk", flat=True))
    return [
        Relation(_words(link, of=life.document), other, other.pk in opens)
        for link, other in pairs
        if other.pk in opens or other.status == DocumentStatus.ISSUED
    ]


def _words(link: DocumentLink, *, of: Document) -> str:
    issued = link.document.status == DocumentStatus.ISSUED
    does, suffers = (DOES, DONE_BY) if issued else (WILL_DO, BEING_DONE)
    return (does if link.document_id == of.pk else suffers)[LinkKind(link.kind)]


def cited(document: Document) -> Cited:
    """Return an issued document as another one names it, by the names of its own day.

    :raises WrongState: when it is not issued.
    """
    if document.issued_on is None or not document.full_number:
        raise WrongState(ONLY_ISSUED)
    return Cited(
        kind=str(DocumentKind(document.kind).label),
        number=document.full_number,
        issued_on=document.issued_on,
        body_name=head_of(document).name,
        subject=document.subject,
    )


def chases(document: Document) -> bool:
    """Tell whether the document is a reminder's or a report's to UBND tỉnh: it counts on its task (two queries)."""
    return document.reminders.exists() or document.escalations.exists()


def counted_as(document: Document) -> str:
    """Return what an issued document counts as on its task, and that amending it changes no count; "" for others."""
    reminder = document.reminders.first()
    if reminder is not None:
        return (
            f"Đây là văn bản đôn đốc lần {reminder.ordinal}: số lần đôn đốc, ngày phát hành đã tính và thời gian chờ "
            "của nhiệm vụ không thay đổi."
        )
    if document.escalations.exists():
        return (
            "Đây là báo cáo UBND tỉnh: trạng thái của nhiệm vụ không thay đổi; muốn rút báo cáo thì Lãnh đạo Sở dùng "
            "“Rút báo cáo UBND tỉnh” trên trang nhiệm vụ."
        )
    return ""


def recall_consequences(life: PaperLife) -> list[str]:
    """Return what a recall will do, a sentence each, for the page that asks before it is done."""
    document = life.document
    number = f"Số {document.full_number} không cấp lại cho văn bản khác"
    said = [
        f"Trang văn bản, danh sách, kết quả tìm kiếm và sổ đăng ký ghi “Đã thu hồi”. {number}.",
        "Nội dung, bản PDF và mã băm giữ nguyên, vẫn mở đọc được, kèm dòng báo đã thu hồi.",
        "Văn bản đã thu hồi thì không thay thế, đính chính hoặc ký số được nữa. Việc thu hồi không hoàn tác được.",
        "Người soạn, người ký, người phát hành và đơn vị thực hiện, đơn vị theo dõi trong Sở được báo trong hệ thống.",
        OUTSIDE_IS_TOLD,
    ]
    counted = counted_as(document)
    drafts = [row for row in life.made_by(LinkKind.REPLACES) if row.status == DocumentStatus.DRAFT]
    if drafts:
        said.append("Dự thảo thay thế đang soạn không tự bỏ; nếu không cần nữa, hãy bỏ dự thảo đó.")
    return [*said, counted] if counted else said
