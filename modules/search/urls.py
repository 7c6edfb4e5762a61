"""Paths to views, nothing else."""

from django.urls import path

from modules.search.api.people import FoundPeople
from modules.search.api.posts import FoundPosts

urlpatterns = [
    path("search/posts", FoundPosts.as_view()),
    path("search/users", FoundPeople.as_view()),
]
