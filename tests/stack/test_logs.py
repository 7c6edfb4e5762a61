"""What is logged goes where the settings say."""

from __future__ import annotations

import structlog
from django.conf import settings
from structlog.testing import capture_logs

from config.settings import telemetry


class TestConfigure:
    def test_twice_leaves_no_logger_with_what_it_began_with(self):
        log = structlog.get_logger("test_logs")
        log.info("bound")

        telemetry.configure(settings.LOGGING)

        with capture_logs() as lines:
            log.info("heard")
        assert [line["event"] for line in lines] == ["heard"]
