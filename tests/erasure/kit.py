"""A life with a word in all that somebody can write, among others who have met them; and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis as redis_client
from django.conf import settings

from modules.accounts.models import User
from modules.erasure.models import Erasure
from modules.erasure.services.erasures import begin_due_erasures, resume_erasures
from modules.kernel import clock
from modules.search.services.people import store_person
from sharding.testing import choosing
from tests.kit.callers import DEVICE
from tests.kit.delivery import drain
from tests.kit.media import jpeg, make_media
from tests.kit.people import Person, sign_up, sign_up_by_password
from tests.kit.requests import APP, BODIES

# In names, texts, tags, addresses and alternative texts of whoever is erased, and nowhere else.
WORD = "quokkazebra"
_IN_REDIS = """
for _, key in ipairs(redis.call('KEYS', '*')) do
  local held = key .. (redis.call('DUMP', key) or '')
  for _, word in ipairs(ARGV) do
    if string.find(held, word, 1, true) then return word .. ' in ' .. key end
  end
end
return false"""


@dataclass
class Life:
    """Somebody, whom they have met (on both instances), and what they have made."""

    person: Person
    others: list[Person]
    blocker: Person
    posts: list[int]
    media: list[int]


def live() -> Life:
    """Have somebody do whatever can be done, and others answer it; all of it is delivered."""
    with choosing(3):
        person = sign_up_by_password(WORD)
    drain()
    near, far = sign_up("near", shard=4), sign_up("far", shard=4000)
    blocked, blocker = sign_up("blocked", shard=5), sign_up("blocker", shard=4001)
    for other in (near, far, blocked, blocker):
        store_person(other.id, once=None)  # the kit makes them without the news of it
    media = [make_media(person, jpeg(64, 48), alt=f"alt {WORD}") for _ in range(2)]
    media.append(make_media(person, jpeg(64, 48), purpose="avatar"))
    _edit_profile(person, media[2])
    met = [_id(_do(other, "POST", "/v1/posts", {"text": "Hello"}, 201)) for other in (near, far)]
    posts = _publish(person, met, media)
    for other in (near, far):
        _meet(person, other, posts)
    _do(person, "POST", "/v1/apps", APP | {"name": WORD}, 201)
    _do(person, "PUT", f"/v1/me/blocks/{blocked.id}", None, 200)
    _do(blocker, "PUT", f"/v1/me/blocks/{person.id}", None, 200)
    _do(person, "PUT", f"/v1/me/devices/{DEVICE}", BODIES["register_device"] | {"name": WORD}, 200)
    _do(person, "PATCH", "/v1/me/mailings", {"newsletter": True}, 200)
    _do(person, "POST", "/v1/exports", {"kind": "archive"}, 201, 202)
    person.call("GET", "/v1/me/updates")
    person.call("GET", "/v1/timelines/home")
    drain()
    for other in (near, far):  # what caches hold of them
        for path in (f"/v1/posts/{posts[0]}", f"/v1/users/{person.id}", "/v1/timelines/home"):
            assert other.call("GET", path).status == 200
    return Life(person, [near, far], blocker, posts, media)


def close(person: Person) -> str:
    """Have somebody close their account, so long ago that it is due; return their receipt."""
    answer = person.call("DELETE", f"/v1/me?confirm={person.username}")
    assert answer.status == 200, answer
    drain()
    User.objects.filter(id=person.id).update(delete_after=clock.now() - timedelta(seconds=1))
    receipt: str = answer.body["receipt"]
    return receipt


def erase(*, times: int = 1) -> int:
    """Let the clock begin what is due, and go on with it for long; return how many were finished."""
    begin_due_erasures(now=clock.now())
    finished = 0
    for _ in range(8):
        Erasure.objects.update(claimed_until=None)  # as if a lease had gone by
        finished += resume_erasures(now=clock.now())
        drain(times=times)
    return finished


def find_in_redis(*words: str) -> str | None:
    """Return which word any Redis holds and where, or None."""
    urls = {config.url for config in settings.REDIS.values()}
    # Fragments are kept by processes, under names that are no addresses.
    urls |= {place for cache in settings.CACHES.values() if "://" in (place := cache.get("LOCATION", ""))}
    for url in urls:
        client = redis_client.Redis.from_url(url)
        found = client.eval(_IN_REDIS, 0, *words)
        if isinstance(found, bytes):
            return found.decode(errors="replace")
    return None


def _edit_profile(person: Person, avatar_id: int) -> None:
    edit = {
        "display_name": WORD.title(),
        "bio": f"bio {WORD}",
        "custom": {"word": WORD},
        "avatar_id": str(avatar_id),
    }
    _do(person, "PATCH", "/v1/me", edit, 200, If_Match="*")


def _publish(person: Person, met: list[int], media: list[int]) -> list[int]:
    """Publish one of each kind, one by a key for repeats, one edited, one deleted; and write a draft."""
    first = {"text": f"{WORD} says #{WORD}tag to @far", "media_ids": [str(media[0])]}
    bodies: list[dict[str, Any]] = [
        first,
        {"text": f"reply {WORD}", "reply_to": str(met[1])},
        {"text": f"quote {WORD}", "quote_of": str(met[0])},
        {"text": f"deleted {WORD}"},
    ]
    keys: list[dict[str, str]] = [{"Idempotency_Key": "key"}, {}, {}, {}]
    posts = [
        _id(_do(person, "POST", "/v1/posts", body, 201, **key))
        for body, key in zip(bodies, keys, strict=True)
    ]
    posts.append(_id(_do(person, "PUT", f"/v1/posts/{met[1]}/repost", None, 200)))
    edit = {"text": f"{WORD} said #{WORD}tag"}
    _do(person, "PATCH", f"/v1/posts/{posts[0]}", edit, 200, If_Match="*")
    _do(person, "DELETE", f"/v1/posts/{posts[3]}", None, 204)
    draft = {"text": f"draft {WORD}", "media_ids": [str(media[1])]}
    _do(person, "POST", "/v1/me/drafts", draft, 201)
    return posts


def _meet(person: Person, other: Person, posts: list[int]) -> None:
    """Have two follow, mute, list, answer and mark each other."""
    theirs = _id(_do(other, "POST", "/v1/posts", {"text": "See me"}, 201))
    for one, two, post in ((person, other, theirs), (other, person, posts[0])):
        _do(one, "PUT", f"/v1/me/following/{two.id}", None, 200)
        _do(one, "PUT", f"/v1/me/mutes/{two.id}", {}, 200)
        _do(one, "PUT", f"/v1/posts/{post}/reactions/like", None, 200, 204)
        _do(one, "PUT", f"/v1/me/bookmarks/{post}", None, 200, 204)
        name = f"list {WORD}" if one is person else "list"
        a_list = _id(_do(one, "POST", "/v1/me/lists", {"name": name}, 201))
        _do(one, "PUT", f"/v1/me/lists/{a_list}/members/{two.id}", None, 200, 204)
    answer = _id(_do(other, "POST", "/v1/posts", {"text": "Indeed", "reply_to": str(posts[0])}, 201))
    drain()
    _do(person, "POST", "/v1/posts", {"text": f"again {WORD}", "reply_to": str(answer)}, 201)
    _do(other, "POST", "/v1/posts", {"text": "Look", "quote_of": str(posts[0])}, 201)
    _do(other, "PUT", f"/v1/posts/{posts[0]}/repost", None, 200)


def _do(person: Person, method: str, path: str, body: Any, *statuses: int, **headers: str) -> Any:
    answer = person.call(method, path, body, **headers)
    assert answer.status in statuses, (method, path, answer)
    return answer.body


def _id(body: Any) -> int:
    return int(body.get("data", body)["id"])
