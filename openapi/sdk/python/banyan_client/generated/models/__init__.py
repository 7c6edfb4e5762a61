"""Contains all the data models used in inputs/outputs"""

from .ancestor_page import AncestorPage
from .ancestor_page_state import AncestorPageState
from .app_card import AppCard
from .app_created import AppCreated
from .app_page import AppPage
from .app_page_state import AppPageState
from .app_type import AppType
from .audit_card import AuditCard
from .audit_page import AuditPage
from .audit_page_state import AuditPageState
from .beat_status import BeatStatus
from .channels import Channels
from .counts import Counts
from .coverage import Coverage
from .created_media import CreatedMedia
from .created_media_kind import CreatedMediaKind
from .created_media_purpose import CreatedMediaPurpose
from .created_media_state import CreatedMediaState
from .database_status import DatabaseStatus
from .database_status_role import DatabaseStatusRole
from .database_status_state import DatabaseStatusState
from .deletion import Deletion
from .deletion_view import DeletionView
from .deletion_view_state import DeletionViewState
from .device_card import DeviceCard
from .device_card_kind import DeviceCardKind
from .device_page import DevicePage
from .device_page_state import DevicePageState
from .download import Download
from .draft_card import DraftCard
from .draft_card_audience import DraftCardAudience
from .draft_card_custom import DraftCardCustom
from .draft_card_reply_policy import DraftCardReplyPolicy
from .draft_page import DraftPage
from .draft_page_state import DraftPageState
from .draft_refusal import DraftRefusal
from .edit_app import EditApp
from .edit_app_scopes_item import EditAppScopesItem
from .edit_channels import EditChannels
from .edit_draft import EditDraft
from .edit_draft_audience import EditDraftAudience
from .edit_draft_custom import EditDraftCustom
from .edit_draft_reply_policy import EditDraftReplyPolicy
from .edit_issue import EditIssue
from .edit_list import EditList
from .edit_mailings import EditMailings
from .edit_media import EditMedia
from .edit_notification import EditNotification
from .edit_post import EditPost
from .edit_post_audience import EditPostAudience
from .edit_post_custom import EditPostCustom
from .edit_post_reply_policy import EditPostReplyPolicy
from .edit_preferences import EditPreferences
from .edit_preferences_digest import EditPreferencesDigest
from .edit_preferences_types import EditPreferencesTypes
from .edit_profile import EditProfile
from .edit_profile_custom import EditProfileCustom
from .edit_profile_pending import EditProfilePending
from .erased import Erased
from .error_entry import ErrorEntry
from .export import Export
from .export_card import ExportCard
from .export_card_error_type_0 import ExportCardErrorType0
from .export_card_kind import ExportCardKind
from .export_card_state import ExportCardState
from .export_error_type_0 import ExportErrorType0
from .export_kind import ExportKind
from .export_page import ExportPage
from .export_page_state import ExportPageState
from .export_state import ExportState
from .fault import Fault
from .focus import Focus
from .follow_options import FollowOptions
from .get_home_timeline_explain import GetHomeTimelineExplain
from .get_home_timeline_order import GetHomeTimelineOrder
from .grant_card import GrantCard
from .grant_page import GrantPage
from .grant_page_state import GrantPageState
from .home_candidate import HomeCandidate
from .home_explanation import HomeExplanation
from .home_page import HomePage
from .home_page_state import HomePageState
from .home_reason import HomeReason
from .home_rule import HomeRule
from .home_source import HomeSource
from .issue_card import IssueCard
from .issue_card_state import IssueCardState
from .issue_page import IssuePage
from .issue_page_state import IssuePageState
from .issue_progress import IssueProgress
from .issue_progress_state import IssueProgressState
from .key_card import KeyCard
from .key_created import KeyCreated
from .key_page import KeyPage
from .key_page_state import KeyPageState
from .leader import Leader
from .link import Link
from .list_card import ListCard
from .list_notifications_type import ListNotificationsType
from .list_page import ListPage
from .list_page_state import ListPageState
from .list_replies_depth import ListRepliesDepth
from .list_view import ListView
from .list_view_state import ListViewState
from .mailings import Mailings
from .marker_card import MarkerCard
from .marker_page import MarkerPage
from .marker_page_state import MarkerPageState
from .marks import Marks
from .me_view import MeView
from .me_view_state import MeViewState
from .media_card import MediaCard
from .media_card_kind import MediaCardKind
from .media_card_state import MediaCardState
from .media_variant import MediaVariant
from .mute_options import MuteOptions
from .new_app import NewApp
from .new_app_grant_types_item import NewAppGrantTypesItem
from .new_app_scopes_item import NewAppScopesItem
from .new_device import NewDevice
from .new_device_kind import NewDeviceKind
from .new_draft import NewDraft
from .new_draft_audience import NewDraftAudience
from .new_draft_custom import NewDraftCustom
from .new_draft_reply_policy import NewDraftReplyPolicy
from .new_export import NewExport
from .new_export_kind import NewExportKind
from .new_focus import NewFocus
from .new_issue import NewIssue
from .new_key import NewKey
from .new_key_scopes_item import NewKeyScopesItem
from .new_link import NewLink
from .new_list import NewList
from .new_marker import NewMarker
from .new_marks import NewMarks
from .new_media import NewMedia
from .new_media_purpose import NewMediaPurpose
from .new_media_type import NewMediaType
from .new_post import NewPost
from .new_post_audience import NewPostAudience
from .new_post_custom import NewPostCustom
from .new_post_reply_policy import NewPostReplyPolicy
from .new_quiet_hours import NewQuietHours
from .new_secret import NewSecret
from .new_section import NewSection
from .new_sending import NewSending
from .new_sending_data import NewSendingData
from .new_ticket import NewTicket
from .nothing import Nothing
from .notification_actor import NotificationActor
from .notification_card import NotificationCard
from .notification_card_data import NotificationCardData
from .notification_card_type import NotificationCardType
from .notification_counts import NotificationCounts
from .notification_included import NotificationIncluded
from .notification_included_media import NotificationIncludedMedia
from .notification_included_posts import NotificationIncludedPosts
from .notification_included_users import NotificationIncludedUsers
from .notification_page import NotificationPage
from .notification_page_state import NotificationPageState
from .operations_status import OperationsStatus
from .operations_status_broker import OperationsStatusBroker
from .outbox_status import OutboxStatus
from .own_media import OwnMedia
from .own_media_kind import OwnMediaKind
from .own_media_purpose import OwnMediaPurpose
from .own_media_state import OwnMediaState
from .own_post_state import OwnPostState
from .part_progress import PartProgress
from .picture import Picture
from .picture_urls import PictureUrls
from .place import Place
from .post_batch import PostBatch
from .post_batch_state import PostBatchState
from .post_card import PostCard
from .post_card_audience import PostCardAudience
from .post_card_custom import PostCardCustom
from .post_card_kind import PostCardKind
from .post_card_reply_policy import PostCardReplyPolicy
from .post_counts import PostCounts
from .post_counts_reactions import PostCountsReactions
from .post_entity import PostEntity
from .post_entity_type import PostEntityType
from .post_included import PostIncluded
from .post_included_media import PostIncludedMedia
from .post_included_posts import PostIncludedPosts
from .post_included_users import PostIncludedUsers
from .post_page import PostPage
from .post_page_state import PostPageState
from .post_ref import PostRef
from .post_search_page import PostSearchPage
from .post_search_page_state import PostSearchPageState
from .post_state import PostState
from .post_view import PostView
from .post_view_state import PostViewState
from .preferences import Preferences
from .preferences_digest import PreferencesDigest
from .preferences_types import PreferencesTypes
from .preferences_view import PreferencesView
from .preferences_view_state import PreferencesViewState
from .problem import Problem
from .problem_outcome import ProblemOutcome
from .process_status import ProcessStatus
from .process_status_kind import ProcessStatusKind
from .process_status_state import ProcessStatusState
from .push_key import PushKey
from .queue_status import QueueStatus
from .quiet_hours import QuietHours
from .reaction import Reaction
from .reaction_included import ReactionIncluded
from .reaction_included_users import ReactionIncludedUsers
from .reaction_page import ReactionPage
from .reaction_page_state import ReactionPageState
from .redis_status import RedisStatus
from .redis_status_state import RedisStatusState
from .relationship import Relationship
from .relationship_page import RelationshipPage
from .relationship_page_state import RelationshipPageState
from .revision import Revision
from .revision_custom import RevisionCustom
from .revision_page import RevisionPage
from .revision_page_state import RevisionPageState
from .rotation import Rotation
from .section import Section
from .sending_card import SendingCard
from .session_card import SessionCard
from .session_page import SessionPage
from .session_page_state import SessionPageState
from .set_issue_state import SetIssueState
from .set_issue_state_state import SetIssueStateState
from .settings import Settings
from .slow_entry import SlowEntry
from .subscriber_status import SubscriberStatus
from .table_rows import TableRows
from .tag_card import TagCard
from .tag_page import TagPage
from .tag_page_state import TagPageState
from .trial_mail import TrialMail
from .update import Update
from .update_data import UpdateData
from .update_page import UpdatePage
from .upload import Upload
from .upload_fields import UploadFields
from .upload_status import UploadStatus
from .user_batch import UserBatch
from .user_batch_state import UserBatchState
from .user_card import UserCard
from .user_card_custom import UserCardCustom
from .user_page import UserPage
from .user_page_state import UserPageState
from .user_post_page import UserPostPage
from .user_post_page_state import UserPostPageState
from .user_view import UserView
from .user_view_state import UserViewState

__all__ = (
    "AncestorPage",
    "AncestorPageState",
    "AppCard",
    "AppCreated",
    "AppPage",
    "AppPageState",
    "AppType",
    "AuditCard",
    "AuditPage",
    "AuditPageState",
    "BeatStatus",
    "Channels",
    "Counts",
    "Coverage",
    "CreatedMedia",
    "CreatedMediaKind",
    "CreatedMediaPurpose",
    "CreatedMediaState",
    "DatabaseStatus",
    "DatabaseStatusRole",
    "DatabaseStatusState",
    "Deletion",
    "DeletionView",
    "DeletionViewState",
    "DeviceCard",
    "DeviceCardKind",
    "DevicePage",
    "DevicePageState",
    "Download",
    "DraftCard",
    "DraftCardAudience",
    "DraftCardCustom",
    "DraftCardReplyPolicy",
    "DraftPage",
    "DraftPageState",
    "DraftRefusal",
    "EditApp",
    "EditAppScopesItem",
    "EditChannels",
    "EditDraft",
    "EditDraftAudience",
    "EditDraftCustom",
    "EditDraftReplyPolicy",
    "EditIssue",
    "EditList",
    "EditMailings",
    "EditMedia",
    "EditNotification",
    "EditPost",
    "EditPostAudience",
    "EditPostCustom",
    "EditPostReplyPolicy",
    "EditPreferences",
    "EditPreferencesDigest",
    "EditPreferencesTypes",
    "EditProfile",
    "EditProfileCustom",
    "EditProfilePending",
    "Erased",
    "ErrorEntry",
    "Export",
    "ExportCard",
    "ExportCardErrorType0",
    "ExportCardKind",
    "ExportCardState",
    "ExportErrorType0",
    "ExportKind",
    "ExportPage",
    "ExportPageState",
    "ExportState",
    "Fault",
    "Focus",
    "FollowOptions",
    "GetHomeTimelineExplain",
    "GetHomeTimelineOrder",
    "GrantCard",
    "GrantPage",
    "GrantPageState",
    "HomeCandidate",
    "HomeExplanation",
    "HomePage",
    "HomePageState",
    "HomeReason",
    "HomeRule",
    "HomeSource",
    "IssueCard",
    "IssueCardState",
    "IssuePage",
    "IssuePageState",
    "IssueProgress",
    "IssueProgressState",
    "KeyCard",
    "KeyCreated",
    "KeyPage",
    "KeyPageState",
    "Leader",
    "Link",
    "ListCard",
    "ListNotificationsType",
    "ListPage",
    "ListPageState",
    "ListRepliesDepth",
    "ListView",
    "ListViewState",
    "Mailings",
    "MarkerCard",
    "MarkerPage",
    "MarkerPageState",
    "Marks",
    "MeView",
    "MeViewState",
    "MediaCard",
    "MediaCardKind",
    "MediaCardState",
    "MediaVariant",
    "MuteOptions",
    "NewApp",
    "NewAppGrantTypesItem",
    "NewAppScopesItem",
    "NewDevice",
    "NewDeviceKind",
    "NewDraft",
    "NewDraftAudience",
    "NewDraftCustom",
    "NewDraftReplyPolicy",
    "NewExport",
    "NewExportKind",
    "NewFocus",
    "NewIssue",
    "NewKey",
    "NewKeyScopesItem",
    "NewLink",
    "NewList",
    "NewMarker",
    "NewMarks",
    "NewMedia",
    "NewMediaPurpose",
    "NewMediaType",
    "NewPost",
    "NewPostAudience",
    "NewPostCustom",
    "NewPostReplyPolicy",
    "NewQuietHours",
    "NewSecret",
    "NewSection",
    "NewSending",
    "NewSendingData",
    "NewTicket",
    "Nothing",
    "NotificationActor",
    "NotificationCard",
    "NotificationCardData",
    "NotificationCardType",
    "NotificationCounts",
    "NotificationIncluded",
    "NotificationIncludedMedia",
    "NotificationIncludedPosts",
    "NotificationIncludedUsers",
    "NotificationPage",
    "NotificationPageState",
    "OperationsStatus",
    "OperationsStatusBroker",
    "OutboxStatus",
    "OwnMedia",
    "OwnMediaKind",
    "OwnMediaPurpose",
    "OwnMediaState",
    "OwnPostState",
    "PartProgress",
    "Picture",
    "PictureUrls",
    "Place",
    "PostBatch",
    "PostBatchState",
    "PostCard",
    "PostCardAudience",
    "PostCardCustom",
    "PostCardKind",
    "PostCardReplyPolicy",
    "PostCounts",
    "PostCountsReactions",
    "PostEntity",
    "PostEntityType",
    "PostIncluded",
    "PostIncludedMedia",
    "PostIncludedPosts",
    "PostIncludedUsers",
    "PostPage",
    "PostPageState",
    "PostRef",
    "PostSearchPage",
    "PostSearchPageState",
    "PostState",
    "PostView",
    "PostViewState",
    "Preferences",
    "PreferencesDigest",
    "PreferencesTypes",
    "PreferencesView",
    "PreferencesViewState",
    "Problem",
    "ProblemOutcome",
    "ProcessStatus",
    "ProcessStatusKind",
    "ProcessStatusState",
    "PushKey",
    "QueueStatus",
    "QuietHours",
    "Reaction",
    "ReactionIncluded",
    "ReactionIncludedUsers",
    "ReactionPage",
    "ReactionPageState",
    "RedisStatus",
    "RedisStatusState",
    "Relationship",
    "RelationshipPage",
    "RelationshipPageState",
    "Revision",
    "RevisionCustom",
    "RevisionPage",
    "RevisionPageState",
    "Rotation",
    "Section",
    "SendingCard",
    "SessionCard",
    "SessionPage",
    "SessionPageState",
    "SetIssueState",
    "SetIssueStateState",
    "Settings",
    "SlowEntry",
    "SubscriberStatus",
    "TableRows",
    "TagCard",
    "TagPage",
    "TagPageState",
    "TrialMail",
    "Update",
    "UpdateData",
    "UpdatePage",
    "Upload",
    "UploadFields",
    "UploadStatus",
    "UserBatch",
    "UserBatchState",
    "UserCard",
    "UserCardCustom",
    "UserPage",
    "UserPageState",
    "UserPostPage",
    "UserPostPageState",
    "UserView",
    "UserViewState",
)
