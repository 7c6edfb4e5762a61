"""The sign-in of the product, and one endpoint that says who calls."""

from django.urls import path

from modules.accounts.urls import identity
from modules.kernel.http import Request, View, endpoint
from modules.kernel.shapes import Id, Shape


class Caller(Shape):
    """Who calls."""

    id: Id
    roles: list[str]


class Whoami(View):
    @endpoint("get_caller", scope="read:accounts")
    def get(self, request: Request) -> Caller:
        """Say who calls."""
        return Caller(id=request.user.id, roles=sorted(request.user.roles))

    @endpoint("touch_caller", scope="write:accounts")
    def post(self, request: Request) -> Caller:
        """Say who writes."""
        return Caller(id=request.user.id, roles=sorted(request.user.roles))


urlpatterns = [
    *identity,
    path("v1/whoami", Whoami.as_view()),
]

handler400 = "modules.kernel.http.problems.handler400"
handler403 = "modules.kernel.http.problems.handler403"
handler404 = "modules.kernel.http.callers.handler404"
handler500 = "modules.kernel.http.problems.handler500"
