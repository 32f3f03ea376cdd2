"""WSGI entry point for gunicorn."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_wsgi_application()

from approvals.checks import check_flows  # noqa: E402 -- the apps must be loaded first
from workflow.checks import refuse_unsafe_start  # noqa: E402 -- the apps must be loaded first

refuse_unsafe_start(check_flows)
