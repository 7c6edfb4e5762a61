"""Paths to views, nothing else."""

from django.urls import path

from modules.posts.api.bookmarks import Bookmarks, OneBookmark
from modules.posts.api.drafts import DraftPublication, Drafts, OneDraft
from modules.posts.api.pins import OnePin, UserPins
from modules.posts.api.posts import OnePost, Posts, Revisions, UserPosts
from modules.posts.api.reactions import OwnReaction, Reactions
from modules.posts.api.reposts import OwnRepost, Reposts
from modules.posts.api.tags import TagSearch
from modules.posts.api.threads import Ancestors, Replies

urlpatterns = [
    path("me/bookmarks", Bookmarks.as_view()),
    path("me/bookmarks/<id:post_id>", OneBookmark.as_view()),
    path("me/drafts", Drafts.as_view()),
    path("me/drafts/<id:draft_id>", OneDraft.as_view()),
    path("me/drafts/<id:draft_id>/publication", DraftPublication.as_view()),
    path("me/pins/<id:post_id>", OnePin.as_view()),
    path("posts", Posts.as_view()),
    path("posts/<id:post_id>", OnePost.as_view()),
    path("posts/<id:post_id>/ancestors", Ancestors.as_view()),
    path("posts/<id:post_id>/reactions", Reactions.as_view()),
    path("posts/<id:post_id>/reactions/<name:type>", OwnReaction.as_view()),
    path("posts/<id:post_id>/replies", Replies.as_view()),
    path("posts/<id:post_id>/repost", OwnRepost.as_view()),
    path("posts/<id:post_id>/reposts", Reposts.as_view()),
    path("posts/<id:post_id>/revisions", Revisions.as_view()),
    path("search/tags", TagSearch.as_view()),
    path("users/<id:user_id>/pins", UserPins.as_view()),
    path("users/<id:user_id>/posts", UserPosts.as_view()),
]
