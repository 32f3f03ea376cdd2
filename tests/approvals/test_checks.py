"""The house refuses to start with a flow at which somebody decides without a right, or a decision leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.core.checks import CheckMessage, registry
from viewflow import this
from viewflow.workflow import flow, lock

from approvals import flows, screens, steps
from approvals.checks import check_effects, check_flow, check_flows, check_register, check_retired
from approvals.flows import FLOWS, Approving, asked
from approvals.screens import Choice
from workflow.choices import FlowKind
from workflow.permissions import DECIDE, URGE

KIND = FlowKind.EXTENSION
ASK = {"advise": (Choice("advise", "Tham mưu", "Xong."),), "decide": screens.choices_at(KIND, "decide")}


def ids(messages: Iterable[CheckMessage]) -> list[str]:
    """The numbers of what was found, each an error with a hint."""
    found = list(messages)
    assert all(message.is_serious() and message.hint for message in found)
    return [str(message.id).removeprefix("dondoc.") for message in found]


def whole(advise: flow.View, decide: flow.View, **more: object) -> type[Approving]:
    """A flow of two steps, with what a test puts into it."""
    nodes = {
        "start": flow.StartHandle(steps.begin).Annotation(title="Bắt đầu").Next(this.advise),
        "advise": advise.Next(this.decide),
        "decide": decide if decide._next else decide.Next(this.end),
        "end": flow.End().Annotation(title="Kết thúc"),
    }
    return type("TwoStepFlow", (Approving,), {"__module__": __name__, **nodes, **more})


def advising() -> flow.View:
    return asked("Tham mưu", URGE)


def deciding() -> flow.View:
    return asked("Quyết định", DECIDE)


def test_our_own_flows_have_nothing_wrong() -> None:
    assert check_flows(None) == []
    assert check_flows in registry.registry.get_checks()


def test_a_sound_flow_has_nothing_wrong() -> None:
    assert ids(check_flow(KIND, whole(advising(), deciding()))) == []


# --- rights ---


def test_a_step_without_a_right_is_refused() -> None:
    bare = flow.View(screens.step_page).Annotation(title="Tham mưu").onCreate(steps.arrive)
    assert ids(check_flow(KIND, whole(bare, deciding()))) == ["E104"]


def test_a_step_whose_right_is_asked_on_nothing_is_refused() -> None:
    everywhere = flow.View(screens.step_page).Permission(f"workflow.{URGE}").onCreate(steps.arrive)
    assert ids(check_flow(KIND, whole(everywhere, deciding()))) == ["E104"]


def test_a_step_whose_right_is_asked_on_something_else_is_refused() -> None:
    other = flow.View(screens.step_page).Permission(f"workflow.{URGE}", obj=lambda process: process)
    assert ids(check_flow(KIND, whole(other.onCreate(steps.arrive), deciding()))) == ["E104"]


@pytest.mark.parametrize("step", [asked("Tham mưu", "urge_everything"), asked("Tham mưu", URGE, also="urge_more")])
def test_a_right_that_units_do_not_know_is_refused(step: flow.View) -> None:
    [message] = check_flow(KIND, whole(step, deciding()))
    assert ids([message]) == ["E105"]
    assert "không có trong Unit.Meta.permissions" in message.msg


def test_a_step_that_tells_nobody_on_whom_it_waits_is_refused() -> None:
    silent = flow.View(screens.step_page).Permission(f"workflow.{URGE}", obj=steps.asking_unit)
    silent.also = ""
    assert ids(check_flow(KIND, whole(silent, deciding()))) == ["E104"]


# --- the lock ---


@pytest.mark.parametrize("none", [lock.no_lock, lock.NoLock()])
def test_a_flow_without_a_lock_is_refused(none: lock.NoLock) -> None:
    assert ids(check_flow(KIND, whole(advising(), deciding(), lock_impl=none))) == ["E103"]


# --- choices and where they lead ---


def test_a_step_that_offers_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(screens.CHOICES, (KIND, "advise"))
    assert ids(check_flow(KIND, whole(advising(), deciding()))) == ["E106"]


def test_an_outcome_that_neither_a_gateway_nor_an_effect_tells_from_others_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    two = (Choice("advise", "Tham mưu", "Xong."), Choice("object", "Phản đối", "Xong."))
    monkeypatch.setitem(screens.CHOICES, (KIND, "advise"), two)
    found = list(check_flow(KIND, whole(advising(), deciding())))
    assert ids(found) == ["E107", "E107"]
    assert "“object”" in found[1].msg


def test_the_same_outcomes_are_in_order_once_a_gateway_tells_them_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    two = (Choice("advise", "Tham mưu", "Xong."), Choice("object", "Phản đối", "Xong."))
    monkeypatch.setitem(screens.CHOICES, (KIND, "advise"), two)
    gate = flow.Switch().Case(this.decide, steps.said("advise")).Default(this.end).Annotation(title="Tham mưu?")
    flow_class = whole_with_gate(advising(), gate)
    assert ids(check_flow(KIND, flow_class)) == []


def whole_with_gate(advise: flow.View, gate: flow.Switch) -> type[Approving]:
    """The flow of two steps with a gateway between them."""
    nodes = {
        "start": flow.StartHandle(steps.begin).Annotation(title="Bắt đầu").Next(this.advise),
        "advise": advise.Next(this.gate),
        "gate": gate,
        "decide": deciding().Next(this.end),
        "end": flow.End().Annotation(title="Kết thúc"),
    }
    return type("GatedFlow", (Approving,), {"__module__": __name__, **nodes})


def test_a_gateway_that_waits_for_an_outcome_which_nobody_can_choose_is_refused() -> None:
    gate = flow.Switch().Case(this.decide, steps.said("advised")).Default(this.end).Annotation(title="Tham mưu?")
    [message] = check_flow(KIND, whole_with_gate(advising(), gate))
    assert ids([message]) == ["E107"]
    assert "nhánh “decide”" in message.msg


def test_a_gateway_that_does_not_ask_for_the_decision_is_left_alone() -> None:
    gate = flow.Switch().Case(this.decide, steps.presented_by_head).Default(this.end).Annotation(title="Trưởng trình?")
    assert ids(check_flow(KIND, whole_with_gate(advising(), gate))) == []


def test_an_effect_of_an_outcome_that_is_nowhere_offered_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(steps.EFFECTS, (KIND, "decide", "aprove"), steps.EFFECTS[(KIND, "decide", "approve")])
    assert ids(check_effects(list(FLOWS.items()))) == ["E109"]


def test_choices_of_a_step_that_is_nowhere_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(screens.CHOICES, (KIND, "advize"), ASK["advise"])
    assert ids(check_effects(list(FLOWS.items()))) == ["E108"]


# --- one flow a kind ---


def test_two_flows_for_a_kind_are_refused() -> None:
    second = whole(advising(), deciding())
    declared = [*FLOWS.items(), (KIND, second)]
    [message] = check_register(declared, [*FLOWS.values(), second])
    assert ids([message]) == ["E101"]
    assert message.msg == "Loại “Gia hạn” có 2 quy trình."


def test_a_kind_without_a_flow_is_refused() -> None:
    declared = [(kind, one) for kind, one in FLOWS.items() if kind is not KIND]
    assert ids(check_register(declared, FLOWS.values())) == ["E101", "E102"]


def test_one_flow_for_two_kinds_is_refused() -> None:
    declared = [(kind, FLOWS[FlowKind.OBSTACLE] if kind is KIND else one) for kind, one in FLOWS.items()]
    assert ids(check_register(declared, set(FLOWS.values()) - {FLOWS[KIND]})) == ["E102"]


def test_a_flow_that_is_written_but_not_in_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "SpareFlow", whole(advising(), deciding()), raising=False)
    assert ids(check_flows(None)) == ["E102"]


# --- lost steps ---


def test_a_way_from_a_step_that_still_is_or_to_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flows.RETIRED, (KIND, "advise"), "decide")
    assert ids(check_retired(list(FLOWS.items()))) == ["E110"]
    monkeypatch.delitem(flows.RETIRED, (KIND, "advise"))
    monkeypatch.setitem(flows.RETIRED, (KIND, "old"), "end")
    assert ids(check_retired(list(FLOWS.items()))) == ["E110"]
    monkeypatch.setitem(flows.RETIRED, (KIND, "old"), "decide")
    assert ids(check_retired(list(FLOWS.items()))) == []
