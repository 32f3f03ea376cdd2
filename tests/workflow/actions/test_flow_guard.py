"""Nobody decides past a flow: every decision refuses a person outside a node, whoever he is, and changes nothing."""

from __future__ import annotations

import ast
import importlib
import inspect
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from tests.factories import House, at, carried, in_place_of, make_duty, make_superuser, make_task
from workflow.actions import flow
from workflow.actions.adjustment import (
    advise_obstacle,
    ask_extension,
    decide_extension,
    decide_obstacle,
    raise_obstacle,
)
from workflow.actions.document import Draft, draft_document, issue_document, pass_up_signing, sign_document
from workflow.actions.escalation import record_direction, send_escalation
from workflow.actions.flow import Target, in_node, install_flows, only_in_flow, open_flow, require_node
from workflow.actions.policy import seed_rules
from workflow.actions.proposal import decide_proposal, make_proposal
from workflow.actions.reminder import draft_reminder, issue_reminder
from workflow.actions.report import (
    approve_report,
    check_report,
    refuse_report,
    return_report,
    review_report,
    save_draft,
    submit_report,
    withdraw_report,
)
from workflow.choices import DocumentKind, DocumentStatus, FlowKind, Ladder, TaskKind, TaskState
from workflow.core.errors import ActionError, NotFound, NotPermitted
from workflow.models import Document, RegisterBook, Task
from workflow.permissions import Actor
from workflow.queries.document import CHIEF_TITLE

pytestmark = [pytest.mark.django_db, pytest.mark.outside_nodes]

ROOT = Path(__file__).resolve().parents[3]
NOW = at(date(2022, 10, 17))
DAY = date(2022, 10, 17)

Act = Callable[[Actor], object]
Case = Callable[[House], tuple[Actor, Act]]
"""Prepares what is to be decided; returns who may decide it at its step, and the decision."""


def guarded() -> dict[str, str]:
    """Return the decisions by name, with their modules: decorated with `only_in_flow`, or asking `require_node`."""
    found = {}
    for path in sorted((ROOT / "workflow" / "actions").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if module == flow.__name__:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        asking = {one.name for one in functions if "require_node" in names_in(one)}
        for one in functions:
            marks = {mark.id for mark in one.decorator_list if isinstance(mark, ast.Name)}
            asks = asking & (names_in(one) | {one.name})
            if "only_in_flow" in marks or ("action" in marks and asks):
                found[one.name] = module
    return found


def names_in(tree: ast.AST) -> set[str]:
    """Return the names and attributes that a piece of code uses."""
    nodes = list(ast.walk(tree))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return used | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def drafted(house: House) -> Task:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    save_draft(task.pk, "Đã làm xong.", by=house.member, now=NOW)
    return task


def submitted(house: House) -> Task:
    task = drafted(house)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    return task


def checked(house: House) -> Task:
    task = submitted(house)
    check_report(task.pk, 1, True, True, True, by=house.reviewer, now=NOW)
    return task


def letter(house: House) -> Document:
    draft = Draft(
        kind=DocumentKind.REPORT,
        subject="về kết quả",
        body="Báo cáo./.",
        recipients=("UBND tỉnh",),
        symbol="BC-SKHĐT",
    )
    return draft_document(draft, by=house.member, now=NOW)


def duty(house: House) -> int:
    return make_duty(make_task(house, state=TaskState.ESCALATED)).pk


def _submit(house: House) -> tuple[Actor, Act]:
    task = drafted(house)
    return house.head, lambda by: submit_report(task.pk, 1, by=by, now=NOW)


def _withdraw(house: House) -> tuple[Actor, Act]:
    task = submitted(house)
    return house.head, lambda by: withdraw_report(task.pk, 1, by=by, now=NOW)


def _check(house: House) -> tuple[Actor, Act]:
    task = submitted(house)
    return house.reviewer, lambda by: check_report(task.pk, 1, True, True, True, by=by, now=NOW)


def _approve(house: House) -> tuple[Actor, Act]:
    task = checked(house)
    return house.leader, lambda by: approve_report(task.pk, 1, by=by, now=NOW)


def _refuse(house: House) -> tuple[Actor, Act]:
    task = checked(house)
    return house.leader, lambda by: refuse_report(task.pk, 1, "Thiếu số liệu", by=by, now=NOW)


def _review(house: House) -> tuple[Actor, Act]:
    task = submitted(house)
    return house.reviewer, lambda by: review_report(task.pk, 1, True, True, True, by=by, now=NOW)


def _return(house: House) -> tuple[Actor, Act]:
    task = submitted(house)
    return house.reviewer, lambda by: return_report(task.pk, 1, True, False, True, "Thiếu số liệu", by=by, now=NOW)


def _issue(house: House) -> tuple[Actor, Act]:
    document = letter(house)
    return house.clerk, lambda by: issue_document(document.pk, by=by, now=NOW)


def _sign(house: House) -> tuple[Actor, Act]:
    document = letter(house)
    return house.leader, lambda by: sign_document(document.pk, 1, by=by, now=NOW)


def _pass_up(house: House) -> tuple[Actor, Act]:
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject="về tiến độ",
        body="Đề nghị báo cáo./.",
        recipients=("Phòng Một",),
        symbol="SKHĐT-VP",
        signer_title=CHIEF_TITLE,
    )
    document = draft_document(draft, by=house.office_member, now=NOW)
    return house.chief, lambda by: pass_up_signing(document.pk, 1, by=by, now=NOW)


def _remind(house: House) -> tuple[Actor, Act]:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    reminder = draft_reminder(make_task(house).pk, by=house.reviewer, now=NOW)
    return house.chief, lambda by: issue_reminder(reminder.pk, by=by, now=NOW)


def _send(house: House) -> tuple[Actor, Act]:
    pk = duty(house)
    return house.leader, lambda by: send_escalation(pk, by=by, now=NOW)


def _direct(house: House) -> tuple[Actor, Act]:
    pk = duty(house)
    send_escalation(pk, by=house.leader, now=NOW)
    due = date(2022, 11, 18)
    return house.clerk, lambda by: record_direction(pk, "5/UBND", DAY, "Khẩn trương", due, by=by, now=NOW)


def _extend(house: House) -> tuple[Actor, Act]:
    task = make_task(house, due_on=date(2022, 10, 28))
    pk = ask_extension(task.pk, "Chờ số liệu", date(2022, 11, 11), by=house.head, now=NOW).pk
    return house.leader, lambda by: decide_extension(pk, True, date(2022, 11, 11), by=by, now=NOW)


def _advise(house: House) -> tuple[Actor, Act]:
    pk = raise_obstacle(make_task(house).pk, "Thiếu máy", by=house.head, now=NOW).pk
    return house.reviewer, lambda by: advise_obstacle(pk, "Đề nghị cấp máy", by=by, now=NOW)


def _settle(house: House) -> tuple[Actor, Act]:
    pk = raise_obstacle(make_task(house).pk, "Thiếu máy", by=house.head, now=NOW).pk
    return house.leader, lambda by: decide_obstacle(pk, True, "Cấp máy", by=by, now=NOW)


def _propose(house: House) -> tuple[Actor, Act]:
    pk = make_proposal(house.division.pk, "Mua máy quét", "Máy cũ hỏng", by=house.member, now=NOW).pk
    return house.leader, lambda by: decide_proposal(pk, True, by=by, now=NOW)


CASES: dict[str, Case] = {
    "submit_report": _submit,
    "withdraw_report": _withdraw,
    "check_report": _check,
    "approve_report": _approve,
    "refuse_report": _refuse,
    "review_report": _review,
    "return_report": _return,
    "issue_document": _issue,
    "sign_document": _sign,
    "pass_up_signing": _pass_up,
    "issue_reminder": _remind,
    "send_escalation": _send,
    "record_direction": _direct,
    "decide_extension": _extend,
    "advise_obstacle": _advise,
    "decide_obstacle": _settle,
    "decide_proposal": _propose,
}


def prepare(name: str, house: House) -> tuple[Actor, Act]:
    RegisterBook.objects.create(body=house.department, year=2022, series="chung", first_number=1, last_number=0)
    with in_node():
        return CASES[name](house)


def everybody(house: House) -> Iterator[Actor]:
    for found in vars(house).values():
        if isinstance(found, Actor):
            yield found
    yield make_superuser()


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of both apps."""
    models = [*apps.get_app_config("workflow").get_models(), *apps.get_app_config("approvals").get_models()]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in models}


def test_every_decision_is_tried_here() -> None:
    assert set(guarded()) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_decision_is_refused_to_everybody_outside_a_node_and_changes_nothing(house: House, name: str) -> None:
    right, act = prepare(name, house)
    people = [*everybody(house), in_place_of(house.member, right)]
    before = all_rows()
    for person in people:
        with pytest.raises((NotPermitted, NotFound)):
            act(person)
    with pytest.raises(NotPermitted, match="đúng bước phê duyệt"):
        act(right)
    assert all_rows() == before


@pytest.mark.parametrize("name", CASES)
def test_the_same_decision_is_taken_inside_a_node(house: House, name: str) -> None:
    """The refusals above would prove nothing if the decision could not be taken at all."""
    right, act = prepare(name, house)
    before = all_rows()
    with in_node():
        act(right)
    assert all_rows() != before


@pytest.mark.parametrize(("name", "module"), guarded().items())
def test_a_decision_says_by_its_keyword_who_takes_it(name: str, module: str) -> None:
    """The guard reads `by` among the keywords: given by place it would be missed."""
    parameters = inspect.signature(getattr(importlib.import_module(module), name)).parameters
    assert parameters["by"].kind is inspect.Parameter.KEYWORD_ONLY


def test_the_engine_issues_a_document_outside_a_node(house: House) -> None:
    RegisterBook.objects.create(body=house.department, year=2022, series="chung", first_number=1, last_number=0)
    document = letter(house)
    Document.objects.filter(pk=document.pk).update(signer_name="Nguyễn Văn Mẫu")
    assert issue_document(document.pk, by=None, now=NOW).status == DocumentStatus.ISSUED


def test_the_engine_passes_the_guard_and_a_person_does_not(house: House) -> None:
    @only_in_flow
    def decide(*, by: Actor | None) -> str:
        return "quyết định"

    assert decide(by=None) == "quyết định"
    with pytest.raises(NotPermitted):
        decide(by=house.leader)
    with in_node():
        assert decide(by=house.leader) == "quyết định"


def test_a_node_ends_with_its_block_even_when_the_block_fails(house: House) -> None:
    with pytest.raises(ActionError), in_node():
        raise ActionError
    with pytest.raises(NotPermitted):
        require_node(house.leader)


def test_a_node_inside_a_node_leaves_the_outer_one_open(house: House) -> None:
    with in_node():
        with in_node():
            pass
        require_node(house.leader)


@pytest.mark.parametrize(("bound", "expected"), [(False, ["từ chối"]), (True, ["được"])])
def test_a_thread_that_starts_in_a_node_stands_outside_unless_it_carries_it(
    house: House, bound: bool, expected: list[str]
) -> None:
    found: list[str] = []

    def ask() -> None:
        try:
            require_node(house.leader)
        except NotPermitted:
            found.append("từ chối")
        else:
            found.append("được")

    with in_node():
        thread = threading.Thread(target=carried(ask) if bound else ask)
        thread.start()
        thread.join()
    assert found == expected


def test_an_asked_unit_answers_without_a_flow(house: House) -> None:
    """Nobody approves an answer inside the unit that was asked: whoever asked accepts it or sends it back."""
    task = make_task(house, kind=TaskKind.CONSULTATION, unit=house.other, host_unit=house.division, ladder=Ladder.B)
    save_draft(task.pk, "Đồng ý.", by=house.stranger, now=NOW)
    submit_report(task.pk, 1, by=house.other_head, now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED
    withdraw_report(task.pk, 1, by=house.other_head, now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.IN_PROGRESS


# What stands above the actions


OF_ANSWERS = {"submit_report", "withdraw_report"}
"""What an asked unit calls for its answer, which has no flow (see above); of a report they refuse by themselves."""


def entry_points() -> list[Path]:
    roots = [ROOT / "workflow" / "web", ROOT / "workflow" / "management", ROOT / "approvals" / "management"]
    paths = [path for root in roots for path in sorted(root.rglob("*.py"))]
    return [*paths, ROOT / "workflow" / "actions" / "job.py", ROOT / "workflow" / "jobs.py"]


def test_no_page_command_or_job_calls_a_decision_or_opens_a_node() -> None:
    forbidden = (set(guarded()) | {"in_node", "_in_node", "issue_draft"}) - OF_ANSWERS
    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in entry_points()
        if path.exists() and (names := forbidden & imported_by(path))
    }
    assert found == {}


def imported_by(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for name in node.names
    }
    return taken | names_in(tree)


def test_one_place_of_the_product_opens_a_node() -> None:
    paths = [path for app in ("workflow", "approvals", "project") for path in sorted((ROOT / app).rglob("*.py"))]
    users = [path.relative_to(ROOT).as_posix() for path in paths if "in_node" in imported_by(path)]
    assert users == ["approvals/actions/deciding.py"]


def test_every_command_of_ours_is_among_the_entry_points() -> None:
    ours = {name for name, app in get_commands().items() if app in {"workflow", "approvals"}}
    assert ours <= {path.stem for path in entry_points()}


# The flows themselves


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "_installed", [])


@pytest.mark.usefixtures("nothing_installed")
def test_without_the_flows_nothing_is_opened(house: House) -> None:
    target = Target(1, None, house.division.pk, "Mua máy")
    with pytest.raises(LookupError, match="INSTALLED_APPS"):
        open_flow(FlowKind.PROPOSAL, target, by=house.member, now=NOW)


@pytest.mark.usefixtures("nothing_installed")
def test_without_the_flows_an_act_that_would_open_one_is_undone_whole(house: House) -> None:
    task = make_task(house)
    before = all_rows()
    with pytest.raises(LookupError):
        save_draft(task.pk, "Đã xong.", by=house.member, now=NOW)
    assert all_rows() == before


def test_the_flows_are_put_in_place_once_and_replaced_by_a_later_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "_installed", [])
    first, second = flow_of_nothing(), flow_of_nothing()
    for one in (first, second):
        install_flows(one)
        assert flow.flows() is one


def flow_of_nothing() -> flow.Flows:
    """Return the real flows, newly made."""
    port = importlib.import_module("approvals.actions.port").Port
    made: flow.Flows = port()
    return made
