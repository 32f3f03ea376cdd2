"""ASGI entry point for an asynchronous server."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_asgi_application()

from approvals.checks import check_flows  # noqa: E402 -- the apps must be loaded first
from workflow.checks import refuse_unsafe_start  # noqa: E402 -- the apps must be loaded first

refuse_unsafe_start(check_flows)
