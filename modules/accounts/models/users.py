"""An account: the one place where names are unique in the whole system."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from sharding.ids import ShardedIdField
from sharding.models import DirectoryModel

USERNAME_RULE = r"\A[a-z0-9_]{3,30}\Z"


def to_username(text: str) -> str:
    """Return a username in lower case; of ASCII alone, for some other letters fall to a-z as well."""
    return text.lower() if text.isascii() else text


# UTS 39's look-alikes, as far as they exist among a-z, 0-9 and _, and the pairs of `selectors/reserved.py`.
# Of two names that are words (`clark`, `dark`) the later one is refused, as with `corner` and `comer`.
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "d": "cl", "m": "rn", "w": "vv"})


def to_skeleton(username: str) -> str:
    """Return what is the same for two usernames that a reader takes for one another."""
    return username.translate(_LOOKALIKES)


class User(AbstractBaseUser, DirectoryModel):
    """
    Who may log in, under which names.

    The shard in the id is chosen at sign-up; everything the user owns is minted with it. Every
    rise of `epoch` ends all sessions that were opened under a lower one.
    """

    id = ShardedIdField()
    # The shard that a new account gets; it ends up in the id, and nowhere else.
    shard_hint: int | None = None

    username = models.CharField(
        max_length=30,
        validators=[RegexValidator(USERNAME_RULE, "Use 3 to 30 characters of a-z, 0-9 and _.")],
    )
    skeleton = models.CharField(max_length=60, editable=False)
    # The primary address, verified or not: many accounts may say that it is theirs, and the claim stands with
    # allauth's rows (`unique_verified_email`). Absent for accounts that were loaded, not signed up.
    email = models.EmailField(max_length=254, null=True, blank=True)  # noqa: DJ001 - absence is NULL
    # Its sign-up waits for its address to be verified: until then nobody is told that there is such a user.
    is_pending = models.BooleanField(default=False, db_default=False)
    # False while either of the two that follow is set: the one question that Django, allauth and reads ask.
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True)
    # The user wants to be gone by then; until then a log-in takes it back.
    delete_after = models.DateTimeField(null=True)
    # From then on nothing takes it back: what the user had is being deleted, and this row in the end.
    erasing_since = models.DateTimeField(null=True)
    roles = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    epoch = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="accounts_email"),
            models.Index(
                fields=["delete_after"],
                name="accounts_to_delete",
                condition=models.Q(delete_after__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["username"], name="accounts_username_claim"),
            models.UniqueConstraint(fields=["skeleton"], name="accounts_skeleton_claim"),
            models.CheckConstraint(
                condition=models.Q(username__regex="^[a-z0-9_]{3,30}$"), name="accounts_username_rule"
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="accounts_email_lower"),
        ]

    def get_session_auth_hash(self) -> str:
        """
        Return what a session must carry to stay valid: the epoch.

        Django's own answer, a digest of the password, ends sessions at a new password alone; the epoch
        also ends them at deactivation and at "log out everywhere", and every new password raises it.
        """
        return str(self.epoch)

    def get_session_auth_fallback_hash(self) -> Any:
        """Return nothing: no secret key takes part, so none can be rotated."""
        return iter(())
