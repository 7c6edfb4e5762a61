"""Paths to views, nothing else."""

from django.urls import path

from modules.graph.api.blocks import Block
from modules.graph.api.followers import Follower, FollowRequest
from modules.graph.api.follows import Following
from modules.graph.api.mutes import Mute

urlpatterns = [
    path("me/blocks/<id:user_id>", Block.as_view()),
    path("me/follow-requests/<id:user_id>", FollowRequest.as_view()),
    path("me/followers/<id:user_id>", Follower.as_view()),
    path("me/following/<id:user_id>", Following.as_view()),
    path("me/mutes/<id:user_id>", Mute.as_view()),
]
