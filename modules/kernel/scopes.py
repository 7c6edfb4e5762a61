"""
The scopes that a user can grant an app, with the words on the consent page: `read:` or `write:` a context.

A test compares them with what the endpoints declare. `FIRST_PARTY` is not among them, so nobody can grant it.
"""

GRANTABLE = {
    "read:graph": "See whom you follow and who follows you",
    "write:graph": "Follow and unfollow people for you, and decide who follows you",
    "read:media": "See the images and videos that you have uploaded",
    "write:media": "Upload images and videos for you, and change and delete them",
    "read:profiles": "See your profile and settings",
    "write:profiles": "Change your profile",
    "read:timelines": "Read your home timeline and your lists, and see how far you have read",
    "write:timelines": "Change your lists and say how far you have read",
    "read:posts": "See your drafts and bookmarks",
    "write:posts": "Publish, edit and delete posts and drafts, react to posts and bookmark them as you",
    "read:operations": "See how the service runs, if you are one of its operators",
    "read:realtime": "Be told at once what happens to you, of what it may read",
    "read:notifications": "See your notifications and how you want to be notified",
    "write:notifications": "Mark your notifications as read, delete them, and change how you are notified",
    "read:search": "Search for posts and people as you",
    "read:mailings": "See when you are mailed digests, and whether you get the newsletter",
    "write:mailings": "Change when you are mailed digests, and whether you get the newsletter",
}
