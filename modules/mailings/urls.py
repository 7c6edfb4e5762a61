"""Paths to views, nothing else."""

from django.urls import path

from modules.mailings.api.issues import Issues, IssueTests, OneIssue, ProgressOfIssue, StateOfIssue
from modules.mailings.api.mailings import OwnMailings
from modules.mailings.api.unsubscriptions import unsubscription

urlpatterns = [
    path("me/mailings", OwnMailings.as_view()),
    path("newsletter/issues", Issues.as_view()),
    path("newsletter/issues/<id:issue_id>", OneIssue.as_view()),
    path("newsletter/issues/<id:issue_id>/state", StateOfIssue.as_view()),
    path("newsletter/issues/<id:issue_id>/progress", ProgressOfIssue.as_view()),
    path("newsletter/issues/<id:issue_id>/tests", IssueTests.as_view()),
    path("unsubscriptions/<str:token>", unsubscription),
]
