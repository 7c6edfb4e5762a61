"""What goes in and what comes out of exports, and the figures they run by."""

from datetime import timedelta
from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from modules.kernel.shapes import Body, Id, Nothing, Page, Shape, UtcDateTime

# A row holds the place in the list: what is new comes last.
Kind = Literal["archive", "report_pdf"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
ARCHIVE, REPORT_PDF = range(2)
State = Literal["waiting", "running", "ready", "failed"]
STATES: Final[tuple[State, ...]] = get_args(State)
WAITING, RUNNING, READY, FAILED = range(4)
ErrorCode = Literal["too_large", "not_made"]

#: How long the file is there.
KEPT: Final = timedelta(days=7)
#: How long one address of it holds; each look at the export gives a new one.
LINK: Final = timedelta(hours=1)
#: After one export of a kind and before the next one; after one that failed it is less.
APART: Final = timedelta(hours=24)
APART_FAILED: Final = timedelta(hours=1)
#: Of a zip, and of what is taken out of it nothing: it is for its owner.
MAX_BYTES: Final = 2 * 1024**3
#: Nobody has posts from before: ids begin here.
FIRST_YEAR: Final = 2025

YearField = Annotated[int, Field(ge=FIRST_YEAR, le=9999, examples=[2026])]


class NewExport(Body):
    """What to export."""

    kind: Kind = Field(
        description="`archive`: all that is the caller's, as JSON documents in a zip. `report_pdf`: a year "
        "of theirs, as a PDF."
    )
    year: YearField | None = Field(
        default=None,
        description="Of which year a report is, in UTC; without it, of this one. An archive has none.",
    )


class ExportCard(Shape):
    """One of the caller's exports."""

    id: Id
    kind: Kind
    year: int | None = Field(description="Of which year a report is.", examples=[2026])
    state: State = Field(
        description="`waiting` for its turn, `running`, `ready` to be downloaded, or `failed` for good."
    )
    progress: int = Field(description="How much of it is done, in percent.", examples=[40])
    error: ErrorCode | None = Field(
        description="Why it failed: `too_large` (more than 2 GiB), or `not_made`, however often tried.",
        examples=[None],
    )
    created_at: UtcDateTime
    finished_at: UtcDateTime | None
    expires_at: UtcDateTime | None = Field(description="When it and its file are deleted.")
    file: str | None = Field(description="The name of the file.", examples=["banyan-archive-2026-11-27.zip"])
    bytes: int | None = Field(description="The size of the file.", examples=[52480])
    sha256: str | None = Field(
        description="The digest of the file.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


class Download(Shape):
    """Where the file can be fetched, by whoever has this address: keep it to yourself."""

    url: str = Field(examples=["https://media.example.org/downloads/284736281736281/1/banyan.zip?expires=1"])
    expires_at: UtcDateTime = Field(description="When this address ends; ask again for another one.")


class Export(ExportCard):
    """One of the caller's exports, with the address of its file."""

    download: Download | None = Field(
        description="Of an export that is ready, for a user who has shown within minutes who they are."
    )


class ExportPage(Page[ExportCard, Nothing, Nothing]):
    """The caller's exports, newest first."""
