"""Paths to views, nothing else."""

from django.urls import path

from modules.timelines.api.home import Home

urlpatterns = [path("timelines/home", Home.as_view())]
