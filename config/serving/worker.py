"""gunicorn's threaded worker, whose threads never wait for a client."""

import errno
import select
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import wraps
from http import HTTPStatus
from operator import attrgetter
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.http.message import Request
from gunicorn.workers.gthread import ThreadWorker

from config import refusals
from config.serving.connection import Connection, Received
from config.serving.framing import prepare, rest_is_known
from config.serving.inbox import Inbox, Stage

# What all connections of a worker may hold of requests half read and answers half taken.
MAX_HELD = 64 * 2**20
# What is thrown away of a body that was refused, so that its sender reads the refusal (RFC 9112, 9.6).
MAX_DISCARDED = 8 * 2**20
_SWEEP_SECONDS = 0.25
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_TOO_MANY_FILES = (errno.EMFILE, errno.ENFILE)


def _costs_one_connection(step: Callable[..., None]) -> Callable[..., None]:
    """Return a step of the loop whose error ends the connection that met it, and no other."""

    @wraps(step)
    def guarded(worker: "Worker", conn: Connection, *args: Any) -> None:
        try:
            step(worker, conn, *args)
        except Exception:
            worker.log.exception("A connection met an error of ours and was closed")
            if conn.fileno() >= 0:
                worker._close(conn)

    return guarded


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """
    Reads whole requests in its loop, answers them in threads, writes in its loop what is not taken at once.

    What a client can do by stalling is to hold a connection for some seconds. When connections or memory run
    out, those that have waited for their clients the longest are closed for others.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start without connections."""
        super().__init__(*args, **kwargs)
        self.waiting: set[Connection] = set()
        self._held = 0
        self._swept = 0.0
        self._idle_until = float("inf")

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """
        Refuse TLS, whose handshake would wait for clients.

        :raises ValueError: if a certificate is configured
        """
        if cfg.is_ssl:
            raise ValueError("TLS ends at the proxy: this worker speaks HTTP alone.")

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection, and look whether its request has come."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in _TOO_MANY_FILES:
                self._make_room()
            return
        self.nr_conns += 1
        conn = Connection(sock, client, listener.getsockname())
        self._begin(conn)
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take new connections or leave them for later; a worker that ends leaves none."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                self._stop_listening(listener)

    def handle(self, conn: Connection) -> bool:
        """Answer the request that has come, in a thread; return whether another may follow."""
        keep, request = False, None
        inbox, conn.sock.asked = conn.inbox, bytes(conn.inbox.data)
        received = Received(conn.sock.asked)
        conn.inbox = Inbox()
        conn.requests += 1
        try:
            request = Request(self.cfg, received, conn.client, conn.requests)
            prepare(request, inbox)
            keep = self.handle_request(request, conn) and rest_is_known(request, received)
        except NoMoreData:
            self._refuse_cut_off(conn, inbox)
        except StopIteration:
            pass  # half of an answer was made, and none of it sent
        except Exception as error:  # noqa: BLE001 - gunicorn tells the client's from ours, and logs ours
            self.handle_error(request, conn.sock, conn.client, error)
        conn.sock.asked = b""
        if keep:
            conn.inbox = Inbox(received.take_buffered())
        return conn.flush() and keep

    @_costs_one_connection
    def finish_request(self, conn: Connection, future: "Future[bool]") -> None:
        """Go on with a connection whose request was answered."""
        conn.is_parting = future.cancelled() or future.exception() is not None or not future.result()
        conn.start_waiting(self.cfg.keepalive)
        self._go_on(conn)

    def murder_keepalived(self, force: bool = False) -> None:
        """Close what has waited too long; all of it at the end."""
        now = time.monotonic()
        if not force and now < self._swept + _SWEEP_SECONDS:
            return
        self._swept = now
        for conn in [each for each in self.waiting if force or now >= self._deadline(each)]:
            self._give_up(conn)

    def murder_pending(self) -> None:
        """Do nothing: `murder_keepalived` has seen all that wait."""

    def _cap_keepalive(self, deadline: float) -> None:
        """Close idle connections by a deadline, for the worker ends."""
        self._idle_until = deadline

    def _deadline(self, conn: Connection) -> float:
        """Return until when a connection may wait."""
        return min(conn.deadline, self._idle_until) if conn.is_idle else conn.deadline

    @_costs_one_connection
    def _begin(self, conn: Connection) -> None:
        """Look at a new connection."""
        self._listen(conn)

    def _stop_listening(self, listener: socket.socket) -> None:
        """
        Take those who have connected already, and have all others refused at once.

        As long as it listens, the kernel lets clients connect whom nobody will answer. A proxy that is
        refused asks another server, also with a POST.
        """
        waiting = select.poll()
        waiting.register(listener, select.POLLIN)
        for _ in range(self.cfg.backlog):
            if not waiting.poll(0):
                break
            self.accept(listener)
        listener.close()

    def _listen(self, conn: Connection) -> None:
        """Read what has come of a request."""
        data = conn.receive()
        if data == b"":
            self._hear_end(conn)
            return
        if data is not None:
            conn.inbox.feed(data)
        self._go_on(conn)

    def _go_on(self, conn: Connection) -> None:
        """Do what is to be done next: write, part, answer, or wait for more."""
        if len(conn.sock):
            self._wait(conn, selectors.EVENT_WRITE)
        elif conn.is_parting:
            self._part(conn)
        elif conn.inbox.is_ready:
            self._stop_waiting(conn)
            self.enqueue_req(conn)
        else:
            if conn.inbox.take_continue():
                conn.sock.sendall(_CONTINUE)
                conn.flush()
            self._wait(conn, selectors.EVENT_READ)

    def _wait(self, conn: Connection, event: int) -> None:
        """Have the loop call when the client sends or takes something."""
        if conn in self.waiting:
            self.poller.modify(conn, event, self._wake)
        else:
            self.waiting.add(conn)
            self.poller.register(conn, event, self._wake)
        self._held += conn.held - conn.counted
        conn.counted = conn.held
        if self._held > MAX_HELD:
            self._bound_memory()

    @_costs_one_connection
    def _wake(self, conn: Connection) -> None:
        """Go on with a connection whose client has done something."""
        if conn not in self.waiting:
            return  # closed for another by an event of the same round
        if len(conn.sock):
            self._write(conn)
        elif conn.is_parting:
            self._discard(conn)
        else:
            self._listen(conn)

    def _write(self, conn: Connection) -> None:
        """Send what the client takes now."""
        before = len(conn.sock)
        if not conn.flush():
            self._close(conn)
            return
        conn.passed += before - len(conn.sock)
        if not len(conn.sock):
            conn.start_waiting(self.cfg.keepalive)
            self._go_on(conn)

    def _part(self, conn: Connection) -> None:
        """Say that nothing more comes; close when the client has seen it, for unread bytes would undo it."""
        try:
            conn.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
            return
        conn.start_waiting()
        self._discard(conn)

    def _discard(self, conn: Connection) -> None:
        """Throw away what still comes."""
        data = conn.receive()
        if data == b"" or conn.passed > MAX_DISCARDED:
            self._close(conn)
        else:
            self._wait(conn, selectors.EVENT_READ)

    def _hear_end(self, conn: Connection) -> None:
        """Close a connection whose client sends no more; in the middle of a request, say so."""
        if conn.is_amid_request:
            conn.sock.asked = bytes(conn.inbox.data)
            self._refuse_cut_off(conn, conn.inbox)
            self._end(conn)
        else:
            self._close(conn)

    def _give_up(self, conn: Connection) -> None:
        """End a wait: who is in the middle of a request is told, who takes no answer is not."""
        if conn.is_amid_request:
            self.log.info("Gave up a request that came too slowly, from ip=%s", conn.client[0])
            conn.sock.asked = bytes(conn.inbox.data)
            refusals.write_problem(conn.sock, HTTPStatus.REQUEST_TIMEOUT, "", "")
            self._end(conn)
        else:
            self._close(conn)

    def _refuse_cut_off(self, conn: Connection, inbox: Inbox) -> None:
        """Answer a request that ended too early, or whose head did not end in time."""
        if inbox.stage is Stage.HEAD_TOO_LONG:
            refusals.write_problem(conn.sock, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "", "")
        else:
            refusals.write_cut_off(conn.sock)

    def _end(self, conn: Connection) -> None:
        """Send a last answer and part."""
        conn.inbox = Inbox()
        conn.sock.asked = b""
        conn.is_parting = True
        conn.start_waiting()
        if conn.flush():
            self._go_on(conn)
        else:
            self._close(conn)

    def _make_room(self) -> None:
        """Close the connection that has waited for its client the longest."""
        if self.waiting:
            self._close(min(self.waiting, key=attrgetter("since")))

    def _bound_memory(self) -> None:
        """Close connections, the longest waiting first, until what is held is bearable."""
        for conn in sorted(self.waiting, key=attrgetter("since")):
            if self._held <= MAX_HELD:
                return
            if conn.counted:
                self._close(conn)

    def _stop_waiting(self, conn: Connection) -> None:
        """Have the loop forget a connection."""
        if conn in self.waiting:
            self.waiting.remove(conn)
            self.poller.unregister(conn)
            self._held -= conn.counted
            conn.counted = 0

    def _close(self, conn: Connection) -> None:
        """Close a connection."""
        self._stop_waiting(conn)
        self.nr_conns -= 1
        conn.socket.close()
