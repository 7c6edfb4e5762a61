"""Paths to views, nothing else."""

from django.urls import path

from modules.exports.api.exports import Exports, OneExport

urlpatterns = [
    path("exports", Exports.as_view()),
    path("exports/<id:export_id>", OneExport.as_view()),
]
