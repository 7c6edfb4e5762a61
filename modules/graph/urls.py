"""Paths to views, nothing else."""

from django.urls import path

from modules.graph.api.follows import Following

urlpatterns = [
    path("me/following/<id:user_id>", Following.as_view()),
]
