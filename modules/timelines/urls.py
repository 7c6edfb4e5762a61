"""Paths to views, nothing else."""

from django.urls import path

from modules.timelines.api.home import Home
from modules.timelines.api.markers import Markers, OneMarker

urlpatterns = [
    path("timelines/home", Home.as_view()),
    path("me/markers", Markers.as_view()),
    path("me/markers/<str:timeline>", OneMarker.as_view()),
]
