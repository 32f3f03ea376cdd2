"""What is typed in a document's draft: its text, where it goes, what it stands on, its appendices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField

from workflow.actions.document import ONLY_LETTERS_BY_ORDER, Parts, missing_place
from workflow.choices import Circulation, DocumentKind, Urgency
from workflow.core.appendixtext import appendix_of, text_of
from workflow.core.paper import CIRCULATION, DRAFTER_MARK, AppendixPaper
from workflow.forms import LineField, PickField, PlainForm, ProseField
from workflow.models import Document

LEADER_SIGNS, SIGNS_BY_ORDER = "leader", "order"
BY_HAND = (
    DocumentKind.LETTER,
    DocumentKind.REPORT,
    DocumentKind.NOTICE,
    DocumentKind.SUBMISSION,
    DocumentKind.PLAN,
)
"""The kinds that are drafted on the form; the internal forms begin at their task."""

APPENDICES_BY_HAND = 5
MOST_SLOTS = 20
LONGEST_APPENDIX = 300_000

MARKS = (CIRCULATION, DRAFTER_MARK)
"""The facts that any kind may have; the form's fields are called so too."""

APPENDIX_HINT = (
    "Gõ hoặc dán từ bảng tính. Dòng có dấu | hoặc phím Tab thành dòng của bảng, dòng đầu là tên các cột; dòng khác là "
    "lời văn."
)


class LinesField(ProseField):
    """Names or căn cứ, one a line; empty lines are left out."""

    def clean(self, value: object) -> Any:
        """Return the lines."""
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class ReviseForm(PlainForm):
    """A document's draft as it is written anew; `slots` is how many appendices the page has room for."""

    recipients = LinesField(
        label="Kính gửi",
        rows=3,
        required=False,
        help_text="Mỗi nơi một dòng. Bắt buộc với công văn, tờ trình; thông báo, kế hoạch ghi ở “Nơi nhận”.",
    )
    subject = LineField(label="Trích yếu", max_length=500)
    body = ProseField(label="Nội dung văn bản", rows=14)
    copies = LinesField(
        label="Nơi nhận",
        rows=3,
        required=False,
        help_text="Mỗi nơi một dòng, ngoài các nơi ở “Kính gửi”. “Như trên” và “Lưu: VT” được in sẵn.",
    )
    grounds = LinesField(
        label="Căn cứ",
        rows=3,
        required=False,
        help_text="Mỗi căn cứ một dòng, ghi đủ tên loại, số, ngày, cơ quan ban hành và trích yếu.",
    )
    keeper = LineField(
        label="Lưu (đơn vị, người)",
        required=False,
        short=True,
        help_text="In sau “Lưu: VT,”. Ví dụ: VP (Trường). Để trống thì ghi đơn vị soạn.",
    )
    urgency = forms.TypedChoiceField(
        label="Độ khẩn",
        required=False,
        choices=Urgency.choices,
        coerce=int,
        empty_value=str(Urgency.NORMAL.value),
        error_messages={"invalid_choice": "Không có độ khẩn này. Hãy chọn lại."},
    )
    circulation = forms.ChoiceField(
        label="Phạm vi lưu hành",
        required=False,
        choices=Circulation.choices,
        help_text="In trong khung dưới địa danh, ngày tháng. Văn bản có độ mật không soạn trên hệ thống này.",
        error_messages={"invalid_choice": "Không có phạm vi lưu hành này. Hãy chọn lại."},
    )
    drafter_mark = LineField(
        label="Ký hiệu người soạn, số bản",
        required=False,
        max_length=30,
        short=True,
        help_text="In dưới “Nơi nhận”, không bắt buộc. Ví dụ: PL.(300).",
    )
    slots = forms.IntegerField(required=False, min_value=1, max_value=MOST_SLOTS, widget=forms.HiddenInput)

    MAIN: ClassVar[tuple[str, ...]] = ("recipients", "subject", "body")
    FURTHER: ClassVar[tuple[str, ...]] = (
        "copies",
        "grounds",
        "keeper",
        "urgency",
        *MARKS,
    )

    def __init__(self, *args: object, slots: int = 1, **kwargs: object) -> None:
        """Make the fields of as many appendices as there is room for; each of them may stay empty."""
        super().__init__(*args, **kwargs)
        self.former: tuple[AppendixPaper, ...] = ()
        self.of_kind = ""
        self.filled: list[int] = []
        self.rooms = range(1, slots + 1)
        self.initial["slots"] = slots
        for place in self.rooms:
            self.fields[f"appendix_{place}_title"] = LineField(
                label=f"Tên phụ lục {place}", required=False, max_length=500
            )
            self.fields[f"appendix_{place}_content"] = ProseField(
                label=f"Nội dung phụ lục {place}",
                rows=6,
                required=False,
                max_length=LONGEST_APPENDIX,
                help_text=APPENDIX_HINT,
            )
            self.fields[f"appendix_{place}_landscape"] = forms.BooleanField(label="In khổ ngang", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask where the document goes, as its kind must say it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.of_kind and not {"recipients", "copies"} & set(self.errors):
            field, message = missing_place(self.of_kind, cleaned["recipients"], cleaned["copies"])
            if field:
                self.add_error(field, message)
        return cleaned

    def main(self) -> Iterator[BoundField]:
        """Yield the fields that every document has."""
        return (self[name] for name in self.MAIN if name in self.fields)

    def further(self) -> Iterator[BoundField]:
        """Yield the fields of the further parts but the appendices."""
        return (self[name] for name in self.FURTHER)

    def appendices(self) -> Iterator[tuple[int, list[BoundField], bool]]:
        """Yield each appendix: its place, its fields, and whether it stands open."""
        for place in self.rooms:
            bound = [self[f"appendix_{place}_{part}"] for part in ("title", "content", "landscape")]
            yield place, bound, any(field.errors or field.value() for field in bound)

    def opens(self) -> bool:
        """Whether something stands in the further parts, or is wrong there."""
        typed = any(field.errors or field.value() not in {None, "", "0", 0} for field in self.further())
        return typed or any(is_open for _place, _bound, is_open in self.appendices()) or len(self.rooms) > 1

    def has_room(self) -> bool:
        """Whether one more appendix may be typed."""
        return len(self.rooms) < APPENDICES_BY_HAND

    def parts(self, facts: Mapping[str, object] | None = None) -> Parts:
        """Return the further parts as typed; `facts`, and an appendix that nobody touched, stay as they were."""
        data = self.cleaned_data
        self.filled = [place for place in self.rooms if self._typed(place) != ("", "")]
        return Parts(
            copies=tuple(data["copies"]),
            grounds=tuple(data["grounds"]),
            keeper=data["keeper"],
            urgency=int(data["urgency"]),
            appendices=tuple(self._appendix(place) for place in self.filled),
            facts={**(facts or {}), **{name: data[name] for name in MARKS}},
        )

    def _typed(self, place: int) -> tuple[str, str]:
        title, content = (str(self.cleaned_data[f"appendix_{place}_{part}"]) for part in ("title", "content"))
        return title, content.replace("\r\n", "\n")

    def _appendix(self, place: int) -> AppendixPaper:
        title, content = self._typed(place)
        landscape = bool(self.cleaned_data[f"appendix_{place}_landscape"])
        former = self.former[place - 1] if place <= len(self.former) else None
        if former is not None and text_of(former).strip() == content.strip():
            return replace(former, title=title, landscape=landscape)
        return appendix_of(title, content, landscape=landscape)

    def field_called(self, name: str) -> str:
        """Return the field of what an action calls so; it counts the appendices that were typed."""
        ordinal = name.removeprefix("appendix_")
        if ordinal != name and ordinal.isdigit() and int(ordinal) <= len(self.filled):
            place = self.filled[int(ordinal) - 1]
            empty = "title" if not self._typed(place)[0] else "content"
            return f"appendix_{place}_{empty}"
        return super().field_called(name)


class DraftForm(ReviseForm):
    """An outgoing document as it is drafted by hand."""

    kind = forms.TypedChoiceField(
        label="Loại văn bản",
        help_text="Ký hiệu đặt theo loại và đơn vị soạn; văn thư cho số khi phát hành.",
        choices=[("", "– Chọn –"), *((kind.value, kind.label) for kind in BY_HAND)],
        coerce=DocumentKind,
        empty_value=None,
        error_messages={
            "required": "Hãy chọn loại văn bản.",
            "invalid_choice": "Không có loại văn bản này. Hãy chọn lại.",
        },
    )
    unit = PickField(label="Đơn vị soạn")
    signer = forms.ChoiceField(
        label="Người ký",
        help_text="Chánh Văn phòng chỉ ký thừa lệnh công văn.",
        choices=[(LEADER_SIGNS, "Lãnh đạo Sở"), (SIGNS_BY_ORDER, "Chánh Văn phòng ký thừa lệnh (TL.)")],
        initial=LEADER_SIGNS,
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn người ký.", "invalid_choice": "Hãy chọn lại người ký."},
    )
    field_order = ("kind", "unit", "recipients", "subject", "body", "signer")
    MAIN = field_order

    def offer(self, units: Sequence[tuple[int, str]], *, own: int | None) -> None:
        """Set the units in whose name the person may draft; one alone is not asked for."""
        if len(units) == 1:
            del self.fields["unit"]
            return
        field = self.fields["unit"]
        assert isinstance(field, PickField)  # noqa: S101 -- declared above
        field.offer(units)
        self.initial.setdefault("unit", str(own) if own in dict(units) else "")

    def clean(self) -> dict[str, Any]:
        """Let Chánh Văn phòng sign by order what he may."""
        kind = self.cleaned_data.get("kind")
        self.of_kind = kind or ""
        cleaned = super().clean()
        if cleaned.get("signer") == SIGNS_BY_ORDER and kind is not None and kind != DocumentKind.LETTER:
            self.add_error("signer", ONLY_LETTERS_BY_ORDER)
        return cleaned


MORE = "more"
"""The name of the button that makes room for one more appendix and stores nothing."""


def asked_slots(typed: Mapping[str, Any]) -> int:
    """Return how many appendices the page that was sent had room for, one more where that was asked for."""
    sent = str(typed.get("slots", ""))
    slots = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 3 else 1
    more = MORE in typed and slots < APPENDICES_BY_HAND
    return min(max(slots, 1), MOST_SLOTS) + (1 if more else 0)


def as_typed(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed as first values of a form that is shown again without being judged."""
    return {name: typed[name] for name in typed if name != "slots"}


def first_slots(appendices: Sequence[AppendixPaper]) -> int:
    """Return for how many appendices a draft's page has room at first: those that it has, and one empty."""
    return max(len(appendices), min(len(appendices) + 1, APPENDICES_BY_HAND))


def standing_values(document: Document, appendices: Sequence[AppendixPaper]) -> dict[str, object]:
    """Return a draft as it stands, as first values of its form."""
    values: dict[str, object] = {name: getattr(document, name) for name in ("subject", "body", "keeper", "urgency")}
    values |= {name: "\n".join(getattr(document, name)) for name in ("recipients", "copies", "grounds")}
    values |= {name: document.facts.get(name, "") for name in MARKS}
    for place, appendix in enumerate(appendices, 1):
        values[f"appendix_{place}_title"] = appendix.title
        values[f"appendix_{place}_content"] = text_of(appendix)
        values[f"appendix_{place}_landscape"] = appendix.landscape
    return values
