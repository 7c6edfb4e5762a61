"""Paths to views, nothing else."""

from django.urls import path

from modules.erasure.api.deletion import MyDeletion

urlpatterns = [path("me/deletion", MyDeletion.as_view())]
