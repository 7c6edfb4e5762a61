"""Paths to views, nothing else."""

from django.urls import path

from modules.media.api.media import Media, OneMedia, UploadState

urlpatterns = [
    path("media", Media.as_view()),
    path("media/<id:media_id>", OneMedia.as_view()),
    path("media/<id:media_id>/upload-status", UploadState.as_view()),
]
