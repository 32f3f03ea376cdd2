"""Bàn điều phối."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflow.queries.board import load_board
from workflow.queries.rulebook import load_rulebook
from workflow.web.navigation import BOARD
from workflow.web.request import SiteRequest, require, today_of


@require_safe
def office_board(request: SiteRequest) -> HttpResponse:
    """What Văn phòng, văn thư and leaders must move on."""
    require(request.actor, *BOARD)
    board = load_board(request.actor, today=today_of(request), calendar=load_rulebook().calendar)
    return render(request, "workflow/board/board.html", {"board": board})
