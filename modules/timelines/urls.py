"""Paths to views, nothing else."""

from django.urls import path

from modules.timelines.api.explore import Explore, TrendingTags
from modules.timelines.api.home import Home
from modules.timelines.api.lists import Lists, ListTimeline, Member, Members, OneList
from modules.timelines.api.markers import Markers, OneMarker
from modules.timelines.api.tags import TagTimeline

urlpatterns = [
    path("tags/trending", TrendingTags.as_view()),
    path("timelines/explore", Explore.as_view()),
    path("timelines/home", Home.as_view()),
    path("timelines/lists/<id:list_id>", ListTimeline.as_view()),
    path("timelines/tags/<str:tag>", TagTimeline.as_view()),
    path("me/lists", Lists.as_view()),
    path("me/lists/<id:list_id>", OneList.as_view()),
    path("me/lists/<id:list_id>/members", Members.as_view()),
    path("me/lists/<id:list_id>/members/<id:user_id>", Member.as_view()),
    path("me/markers", Markers.as_view()),
    path("me/markers/<str:timeline>", OneMarker.as_view()),
]
