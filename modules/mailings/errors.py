"""What mailings refuses."""

from modules.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class TimeZoneUnknown(Invalid):
    """A digest is due in a zone of which nobody knows the time."""

    code = "time_zone_unknown"
    title = "Send the name of a time zone, such as Europe/Berlin."


class LinkUnknown(NotFound):
    """A link to unsubscribe was not made here, or is of an account that is gone."""

    code = "link_unknown"
    title = "This link is none of ours, or its account is gone."


class StaffOnly(Forbidden):
    """The newsletter is the voice of who runs the service."""

    code = "staff_only"
    title = "Only operators, in person, may write and send newsletters."


class IssueNotFound(NotFound):
    """There is no such issue."""

    code = "issue_not_found"
    title = "There is no such issue."


class IssueStateUnfit(Conflict):
    """What was sent is sent, and what was called off stays so."""

    code = "issue_state_unfit"
    title = "An issue in this state cannot be changed like that."


class AddressUnproven(Conflict):
    """Nobody is mailed at an address that they have not proven."""

    code = "address_unproven"
    title = "Your account has no verified address to send a test to."
