"""What operators ask: the page, its files, and the same as JSON for machines."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from config import pages
from config.operations.schemas import OperationsStatus
from config.operations.snapshot import get_status
from modules.accounts.api.authentication import BrowserSessionAuthentication
from modules.accounts.api.pages.login_pages import show_error
from modules.kernel.errors import Forbidden
from modules.kernel.http import Request, View, callers, endpoint, problems
from modules.kernel.http.files import Files
from modules.kernel.principals import OPERATOR, Principal
from modules.kernel.rendered import Rendered

PATH = "/ops"
SCOPE = "read:operations"
_FILES = Files("ops", "/ops/assets/", "ops.css", "ops.js")
_PAGE = Path(__file__).with_name("page.html")


class OperatorRequired(Forbidden):
    """The caller runs nothing here."""

    code = "operator_required"
    title = "This is for who operates the service."


class Status(View):
    """The state of the system."""

    tag = "operations"

    @endpoint("get_operations_status", scope=SCOPE, for_apps=True, refuses=(OperatorRequired,))
    def get(self, request: Request) -> Rendered[OperationsStatus]:
        """
        Say how every server, process and queue is.

        For operators' sessions, apps that one has let in, and service keys of an operator. Whatever is away,
        it answers within about a second.
        """
        if not _is_operator(request.user):
            raise OperatorRequired
        return Rendered(OperationsStatus, get_status())


def page(request: HttpRequest) -> HttpResponse:
    """Show an operator how everything is; whoever is not logged in is led to where they can be."""
    try:
        viewer = callers.identify(request, (BrowserSessionAuthentication,)).viewer
    except Exception as error:  # noqa: BLE001 - every exception becomes a problem, and bugs are logged there
        return problems.answer(error, request)
    if viewer is None:
        return HttpResponseRedirect(f"/identity/login?{urlencode({'next': PATH})}")
    if not _is_operator(viewer):
        return show_error(request, "This page is for who operates the service.", status=403)
    response = HttpResponse(_page())
    response.headers["Content-Security-Policy"] = pages.policy()
    return response


asset: Callable[[HttpRequest, str], HttpResponse] = _FILES.answer


def _is_operator(caller: Principal) -> bool:
    return OPERATOR in caller.roles


@cache
def _page() -> bytes:
    return _FILES.fill(_PAGE.read_text())
