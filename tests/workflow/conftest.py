"""What the tests of the work share: they call the steps themselves, without the flow that asks for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workflow.actions.flow import in_node

WITHOUT = {"web", "management"}
"""Folders whose tests enter as people and operators do: nothing may be decided there past a flow."""


@pytest.fixture(autouse=True)
def _inside_a_node(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let each test call decisions as a flow's node does.

    What a decision does, whom it refuses and what its event says is proved here step by step; the order of the steps,
    and that nobody decides outside it, is proved in tests/approvals and in actions/test_flow_guard.py. Threads begin
    with an empty context: hand them their job by `factories.carried`.
    """
    if WITHOUT & set(request.path.parts) or request.node.get_closest_marker("outside_nodes"):
        yield
        return
    with in_node():
        yield
