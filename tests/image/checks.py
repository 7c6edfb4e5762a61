"""What is claimed of a running site, in the order in which it is tried."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import httpx

from tests.image.engine import NETWORKS_OF_DOCKER
from tests.image.people import Person, client_of, sign_up, until
from tests.image.shell import Failed, claim
from tests.image.site import Site

WELL = ("running", "healthy")
SERVICES = {
    *("nginx", "api-1", "api-2", "worker", "relay", "beat", "redis-cache", "redis-hot", "redis-broker"),
    *(
        "directory",
        "instance-a",
        "instance-b",
        "replica-a1",
        "flower",
        "media",
        "realtime",
        "worker-media",
        "worker-exports",
    ),
}
RELEASED = ("worker", "worker-media", "worker-exports", "relay", "beat", "flower", "media", "realtime")
# Requests of the load, and how many a second.
REQUESTS, RATE = 2_000, 50


def check_health(site: Site) -> None:
    """All are healthy, and say so because they looked."""
    states = site.states()
    claim({name for name, state in states.items() if state == WELL} == SERVICES, "16 services are healthy")
    for name in ("worker", "relay", "beat"):
        said = site.compose("exec", "-T", name, "python", "-I", "-S", "config/alive.py", name).strip()
        claim(said.startswith(name), f"{name} says: {said}")
    with client_of(site) as client:
        ready = client.get("/readyz").json()
        claim(set(ready["instances"].values()) == {"ok"}, f"/readyz says {ready['instances']}")


def check_workers(site: Site) -> None:
    """gunicorn counts the cores that its container may use."""
    count = "import config.gunicorn as g; print(g.workers)"
    claim(site.compose("exec", "-T", "api-1", "python", "-c", count).strip() == "3", "3 workers for one core")


def check_containers(site: Site) -> None:
    """No container has rights that it does not need."""
    ids = site.compose("ps", "--all", "--quiet").split()
    for one in json.loads(site.engine.docker("inspect", *ids)):
        host, name = one["HostConfig"], one["Config"]["Labels"]["com.docker.compose.service"]
        log = host["LogConfig"]["Config"]
        closed = (
            host["ReadonlyRootfs"],
            host["CapDrop"],
            host["CapAdd"] or [],
            host["SecurityOpt"],
            host["Privileged"],
        )
        if closed != (True, ["ALL"], [], ["no-new-privileges:true"], False):
            raise Failed(f"{name} is not closed: {closed}")
        if not one["Config"]["User"].partition(":")[0].isdigit() or one["Config"]["User"].startswith("0"):
            raise Failed(f"{name} runs as {one['Config']['User']!r}")
        if not host["Memory"] or log != {"max-size": "10m", "max-file": "5"}:
            raise Failed(f"{name}: memory {host['Memory']}, logs {log}")
    claim(True, "each runs by number, read-only, without capabilities, with bounded memory and logs")
    used = {
        mount["Name"]
        for one in json.loads(site.engine.docker("inspect", *ids))
        for mount in one["Mounts"]
        if mount["Type"] == "volume"
    }
    claim(all(name.startswith("banyan_") for name in used), "every volume has a name")
    images = {
        one["Image"]
        for one in json.loads(site.engine.docker("inspect", *ids))
        if one["Config"]["Image"].startswith("banyan:")
    }
    claim(len(images) == 1, "all processes run the same image")


def check_roles(site: Site) -> None:
    """Nobody is a superuser, and the API can change no table and no fence."""
    asked = {
        "api-1": "DROP TABLE posts_post",
        "worker": "ALTER TABLE posts_post DISABLE TRIGGER fence_insert",
        "relay": "SELECT FROM posts_post",
    }
    for service, statement in asked.items():
        code = (
            "import os, psycopg\n"
            "url = os.environ['BANYAN_INSTANCES'].split(',')[0].partition('=')[2]\n"
            "connection = psycopg.connect(url, autocommit=True)\n"
            "print(connection.execute('SELECT rolsuper FROM pg_roles WHERE rolname = user').fetchone())\n"
            f"try: connection.execute({statement!r})\n"
            "except psycopg.Error as error: print(error.sqlstate)"
        )
        said = site.compose("exec", "-T", service, "python", "-c", code).split()
        claim(said == ["(False,)", "42501"], f"{service} is refused {statement!r}")


def check_flower(site: Site) -> None:
    """Flower shows workers to who knows its password, and does not start without one."""
    url = f"https://localhost:{site.flower}"
    with httpx.Client(base_url=url, verify=str(site.certificate), timeout=20) as client:
        claim(client.get("/workers").status_code == 401, "Flower asks for its password")
        known = ("operator", site.variable("FLOWER_PASSWORD"))
        until(lambda: "celery@" in client.get("/workers", auth=known).text)
        claim(client.get("/metrics", auth=known).status_code == 404, "and tells its metrics nobody")
    try:
        site.run("sh", "-c", "FLOWER_PASSWORD= docker compose config --quiet")
    except Failed as error:
        claim("FLOWER_PASSWORD" in str(error), "compose refuses an empty password of Flower")
    else:
        raise Failed("compose takes an empty password of Flower")


def check_journey(site: Site) -> list[Person]:
    """Sign up, follow across shards, post, four homes; return people on both instances."""
    people = [sign_up(site) for _ in range(4)]
    while {person.instance for person in people} != {"a", "b"}:
        people.append(sign_up(site))
    author = people[0]
    for person in people[1:]:
        answer = person.ask("PUT", f"/v1/me/following/{author.id}")
        if answer.status_code not in (200, 201, 204):
            raise Failed(f"A follow was answered {answer.status_code}: {answer.text}")
    until(lambda: author.ask("GET", "/v1/me").json() and _followers(author) == len(people) - 1)
    began = time.monotonic()
    post = author.publish("Hello, forest")
    until(lambda: all(post in person.home() for person in people))
    homes = len(people)
    claim(
        homes >= 4,
        f"a post came to {homes} homes on both instances, {time.monotonic() - began:.2f} s after it",
    )
    return people


def _followers(person: Person) -> int:
    answer = person.ask("GET", f"/v1/users/{person.id}/followers")
    return len(answer.json()["data"])


def check_proxy(site: Site) -> None:
    """nginx: TLS, HTTP/2, HSTS, the pages' files, and where port 80 leads."""
    context = ssl.create_default_context(cafile=str(site.certificate))
    context.set_alpn_protocols(["h2", "http/1.1"])
    plain = socket.create_connection(("localhost", site.https))
    with context.wrap_socket(plain, server_hostname="localhost") as tls:
        claim(tls.selected_alpn_protocol() == "h2", f"HTTP/2 over {tls.version()}")
    with client_of(site) as client:
        page = client.get("/docs")
        claim("max-age=31536000" in page.headers["Strict-Transport-Security"], "HSTS for a year")
        [start] = [
            part.split('"')[0] for part in page.text.split('src="') if part.startswith("/static/docs/start.")
        ]
        kept = client.get(start).headers["Cache-Control"]
        claim(kept == "public, max-age=31536000, immutable", f"nginx serves {start}, for ever")
        discovery = client.get("/.well-known/openid-configuration").json()
        claim(discovery["issuer"] == site.url, f"tokens are issued by {site.url}")
    redirect = httpx.get(f"http://localhost:{site.http}/docs", follow_redirects=False)
    claim(redirect.status_code == 308, "port 80 leads people to https")
    api = httpx.get(f"http://localhost:{site.http}/v1/me")
    claim((api.status_code, api.json()["code"]) == (403, "forbidden"), "and refuses the API")


def check_outage(site: Site, people: list[Person]) -> None:
    """An instance is killed: its own people are hurt, the others are not, and it comes back."""
    ours = {name: [one for one in people if one.instance == name] for name in ("a", "b")}
    site.compose("kill", "instance-b")
    hurt = ours["b"][0].ask("POST", "/v1/posts", json={"text": "lost"})
    claim((hurt.status_code, hurt.json()["code"]) == (503, "unavailable"), "people of b hear 503")
    for person in ours["a"]:
        person.publish("still here")
        if person.ask("GET", "/v1/timelines/home").status_code != 200:
            raise Failed("A home of instance a is not answered")
    claim(True, "people of a post and read as before")
    with client_of(site) as client:
        ready = until(lambda: _with_b_away(client))
        claim(ready["status"] == "ready", f"/readyz says {ready['instances']}")
    for name in ("api-1", "api-2", "worker", "relay", "beat"):
        if site.states()[name] != WELL:
            raise Failed(f"{name} is {site.states()[name]}")
    claim(True, "all processes stay healthy")
    site.compose("up", "--detach", "--no-deps", "--wait", "instance-b")
    until(lambda: ours["b"][0].ask("POST", "/v1/posts", json={"text": "back"}).status_code == 201)
    claim(True, "and people of b are back with it")


def _with_b_away(client: httpx.Client) -> dict[str, object] | None:
    answer = client.get("/readyz")
    said: dict[str, object] = answer.json()
    instances = said["instances"]
    assert isinstance(instances, dict)
    return said if answer.status_code == 200 and instances["b"] == "away" else None


def check_release(site: Site, people: list[Person]) -> None:
    """A release that migrates loses no request under load, and what runs afterwards is the new one."""
    site.change(BANYAN_RELEASE="next")
    site.add_migration()
    began = time.monotonic()
    with Load(people) as load:
        said = site.run("deploy/release.sh")
        took = time.monotonic() - began
    claim(said.endswith("Released.\n"), f"released in {took:.0f} s, under {RATE} requests a second")
    claim(len(load.statuses) >= REQUESTS, f"{len(load.statuses)} requests were sent meanwhile")
    lost = [one for one in load.statuses if one not in (200, 201)]
    claim(
        not lost, f"{len(lost)} were lost or refused {lost[:5]}; the slowest took {max(load.seconds):.2f} s"
    )
    ids = site.compose("ps", "--quiet", "api-1", "api-2", *RELEASED).split()
    images = {one["Config"]["Image"] for one in json.loads(site.engine.docker("inspect", *ids))}
    claim(images == {"banyan:next"}, "all processes are the new release's")
    migrated = site.compose("exec", "-T", "api-1", "python", "-c", _WHAT_MIGRATED).split()
    claim(migrated == ["True", "True"] * 2, "both instances have the new column and its index")


_WHAT_MIGRATED = """
import os, psycopg
for named in os.environ["BANYAN_INSTANCES"].split(","):
    print(*psycopg.connect(named.partition("=")[2]).execute(
        "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'posts_post'::regclass"
        " AND attname = 'of_next_release'), EXISTS (SELECT FROM pg_index WHERE indisvalid"
        " AND indexrelid = to_regclass('posts_of_next_release'))").fetchone())
"""


class Load:
    """Requests at an even rate for as long as the block lasts, one of twenty a post, each sent once."""

    def __init__(self, people: list[Person]) -> None:
        """Ask as these people, in turn."""
        self.statuses: list[int | str] = []
        self.seconds: list[float] = []
        self._people = cycle(people)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._send)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _send(self) -> None:
        due, number = time.monotonic(), 0
        with ThreadPoolExecutor(32) as pool:
            while number < REQUESTS or not self._is_over.is_set():
                # Nothing is caught up on: faster than this, nginx would refuse the address.
                due = max(due + 1 / RATE, time.monotonic())
                time.sleep(max(0.0, due - time.monotonic()))
                pool.submit(self._ask, next(self._people), number)
                number += 1

    def _ask(self, person: Person, number: int) -> None:
        began = time.monotonic()
        try:
            if number % 20:
                answer = person.ask("GET", "/v1/timelines/home")
            else:
                answer = person.ask("POST", "/v1/posts", json={"text": f"number {number}"})
            is_well = answer.status_code in (200, 201)
            self.statuses.append(answer.status_code if is_well else f"{answer.status_code} {answer.text}")
        except httpx.HTTPError as error:
            self.statuses.append(repr(error))
        self.seconds.append(time.monotonic() - began)


def check_farewell(site: Site) -> None:
    """`down` takes everything along."""
    site.compose("down", "--volumes", "--timeout", "60")
    claim(site.engine.names("ps") == set(), "no container is left")
    left = site.engine.names("volume")
    claim(not left, f"{len(left)} volumes are left {sorted(left)}")
    claim(site.engine.names("network") == NETWORKS_OF_DOCKER, "no network is left")
