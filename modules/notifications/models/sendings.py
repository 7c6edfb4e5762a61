"""What services send, in the directory until everybody has it."""

from typing import ClassVar

from django.db import models

from modules.kernel.stored_json import StoredJson
from sharding.models import DirectoryModel


class Sending(DirectoryModel):
    """A service's notification and whom it is for; news of it names parts of that list."""

    objects: ClassVar[models.Manager["Sending"]]

    id = models.BigAutoField(primary_key=True)
    app_id = models.TextField()
    name = models.TextField()
    data = StoredJson()
    recipient_ids = models.JSONField()
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sent_at"], name="sending_oldest")]
