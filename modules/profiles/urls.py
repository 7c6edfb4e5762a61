"""Paths to views, nothing else."""

from django.urls import path

from modules.profiles.api.exceptions import Blocks, Mutes
from modules.profiles.api.follow_requests import FollowRequests
from modules.profiles.api.me import Me
from modules.profiles.api.relationships import Relationships
from modules.profiles.api.users import Followers, Following, User, UserByName, Users

urlpatterns = [
    path("me", Me.as_view()),
    path("me/blocks", Blocks.as_view()),
    path("me/mutes", Mutes.as_view()),
    path("me/follow-requests", FollowRequests.as_view()),
    path("me/relationships", Relationships.as_view()),
    path("users", Users.as_view()),
    path("users/<id:user_id>", User.as_view()),
    path("users/by/username/<str:username>", UserByName.as_view()),
    path("users/<id:user_id>/followers", Followers.as_view()),
    path("users/<id:user_id>/following", Following.as_view()),
]
