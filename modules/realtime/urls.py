"""Paths to views, nothing else."""

from django.urls import path

from modules.realtime.api.tickets import Tickets
from modules.realtime.api.updates import Updates

urlpatterns = [
    path("me/updates", Updates.as_view()),
    path("realtime/tickets", Tickets.as_view()),
]
