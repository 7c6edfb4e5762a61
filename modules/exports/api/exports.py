"""`/v1/exports`: what the caller takes along of their own. Files come from the storage, never from here."""

from modules.accounts.public import ReauthenticationRequired, is_present, require_presence
from modules.exports.errors import ExportNotFound, ExportTooSoon, YearUnfit
from modules.exports.schemas import Export, ExportCard, ExportPage, NewExport
from modules.exports.selectors.exports import get_export, list_exports
from modules.exports.services.requests import end_export, request_export
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.principals import FIRST_PARTY


class Exports(View):
    """The caller's exports."""

    @endpoint("list_exports", scope=FIRST_PARTY)
    def get(self, request: Request, paging: Paging) -> ExportPage:
        """
        List the caller's exports, newest first.

        Each is there for 7 days after it was made. `get_export` gives the address of its file.
        """
        return list_exports(request.user.id, paging)

    @endpoint(
        "request_export",
        scope=FIRST_PARTY,
        status=202,
        refuses=(ReauthenticationRequired, ExportTooSoon, YearUnfit),
    )
    def post(self, request: Request, body: NewExport) -> ExportCard:
        """
        Have all that is the caller's exported, or a report of a year be made.

        It takes seconds to minutes; `get_export` and the events `export.progress`, `export.ready` and
        `export.failed` say how far it is. There is one of each kind a day: until then the last one is named,
        and `Retry-After` says when the next may be. Whoever asks must have shown within minutes who they are.
        """
        require_presence(request.auth, now=clock.now())
        return request_export(request.user.id, body, now=clock.now(), once=request.once)


class OneExport(View):
    """One of the caller's exports."""

    @endpoint("get_export", scope=FIRST_PARTY, refuses=(ExportNotFound,))
    def get(self, request: Request, export_id: int) -> Export:
        """
        Show one of the caller's exports: how far it is, and where its file can be fetched.

        The address holds for an hour, whoever has it; each request gives a new one, until the file is deleted
        7 days after it was made. It is given to a session whose user has shown within minutes who they are:
        otherwise `download` is null, also of what is ready, and comes after a reauthentication.
        """
        now = clock.now()
        with_address = is_present(request.auth, now=now)
        return get_export(request.user.id, export_id, with_address=with_address, now=now)

    @endpoint("delete_export", scope=FIRST_PARTY, refuses=(ExportNotFound,))
    def delete(self, request: Request, export_id: int) -> None:
        """
        Delete one of the caller's exports, or stop one that is being made.

        Its file and all addresses of it end. The next of its kind may not be sooner for that.
        """
        end_export(request.user.id, export_id)
