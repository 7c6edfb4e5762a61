"""Paths of notifications, under `/v1/`."""

from django.urls import path

from modules.notifications.api.notifications import Actors, Counts, Marks, Notifications, OneNotification
from modules.notifications.api.preferences import MutedThread, OwnPreferences
from modules.notifications.api.sendings import Sendings

urlpatterns = [
    path("me/notifications", Notifications.as_view()),
    path("me/notifications/counts", Counts.as_view()),
    path("me/notifications/marks", Marks.as_view()),
    path("me/notifications/<id:notification_id>", OneNotification.as_view()),
    path("me/notifications/<id:notification_id>/actors", Actors.as_view()),
    path("me/notification-preferences", OwnPreferences.as_view()),
    path("me/muted-threads/<id:post_id>", MutedThread.as_view()),
    path("notifications", Sendings.as_view()),
]
