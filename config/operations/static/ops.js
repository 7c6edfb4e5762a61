"use strict";

const EVERY = 2000, TIMEOUT = 5000, STALE = 6000, AGAIN = 20000;
const SHADES = { ok: "good", behind: "warn", idle: "warn", paused: "warn" };
const at = (id) => document.getElementById(id);

let timer = 0, isPaused = false, isAsking = false, seenAt = 0, took = 0;
/* Where figures are told, and when that was tried last; without it they are asked for. */
let socket = null, toldAt = 0, triedAt = -AGAIN;

const count = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const number = (value) => (value === null ? "–" : count.format(value));

function bytes(value) {
  if (value === null) return "–";
  let unit = 0;
  while (value >= 1000 && unit < 4) { value /= 1000; unit += 1; }
  return `${value.toFixed(unit ? 1 : 0)} ${["B", "kB", "MB", "GB", "TB"][unit]}`;
}

function span(seconds) {
  if (seconds === null) return "–";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}

const clock = (moment) => new Date(moment).toLocaleTimeString("en-GB");

/* Everything is set as text: what a server says is never taken for markup. */
function make(tag, text, classes) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

const num = (text, shade) => make("td", text, `number ${shade || ""}`);
const text = (value, classes) => make("td", value, classes);

function name(value, more) {
  const made = make("th", value);
  made.scope = "row";
  if (more) made.append(" ", make("span", more, "soft"));
  return made;
}

/* A state is a color and a word. */
function state(word, why) {
  const made = make("td");
  made.append(make("span", word, `state ${SHADES[word] || "bad"}`));
  if (why) made.append(make("span", why, "why"));
  return made;
}

const over = (value, warn, bad) => (value >= bad ? "bad" : value >= warn ? "warn" : "");

function row(cells, classes) {
  const made = make("tr", undefined, classes);
  made.append(...cells);
  return made;
}

function draw(id, heads, rows, nothing) {
  const head = make("thead"), body = make("tbody");
  head.append(row(heads.map(([label, isNumber]) => {
    const made = make("th", label, isNumber ? "number" : "");
    made.scope = "col";
    return made;
  })));
  if (!rows.length) {
    const cell = text(nothing || "none");
    cell.colSpan = heads.length;
    rows = [row([cell], "empty")];
  }
  body.append(...rows);
  at(id).replaceChildren(head, body);
}

function drawDatabases(databases) {
  draw("databases", [["name"], ["role"], ["state"], ["answered", 1], ["lag", 1], ["size", 1], ["rows ≈", 1],
    ["connections", 1], ["shards", 1], ["breakers"]],
  databases.map((each) => row([
    name(each.name),
    text(each.primary ? `replica of ${each.primary}` : each.role),
    state(each.state, each.reason),
    num(each.answered_ms === null ? "–" : `${each.answered_ms.toFixed(0)} ms`),
    num(each.lag_seconds === null ? "–" : `${span(each.lag_seconds)}, ${bytes(each.lag_bytes)}`),
    num(bytes(each.size_bytes)),
    num(each.rows === null ? "–" : short.format(each.rows)),
    num(each.connections === null ? "–" : `${each.connections} / ${each.max_connections}`,
      over(each.connections / each.max_connections, 0.7, 0.9)),
    num(number(each.shards)),
    breaker(each.turned_away_by),
  ])));
}

function breaker(processes) {
  const made = make("td");
  if (!processes.length) made.append(make("span", "closed", "soft"));
  else made.append(make("span", "open", "state bad"), " ", make("span", processes.join(", "), "soft"));
  return made;
}

function drawOutboxes(outboxes) {
  draw("outboxes", [["database"], ["leader"], ["recorded", 1], ["waiting", 1], ["dead", 1], ["oldest", 1]],
    outboxes.flatMap((each) => [
      row([
        name(each.database),
        each.leader ? text(`${each.leader.address}, pid ${each.leader.pid}`) : state("none"),
        num(number(each.recorded)),
        num(number(each.waiting)),
        num(number(each.dead), each.dead ? "bad" : ""),
        num(span(each.oldest_seconds), over(each.oldest_seconds, 10, 60)),
      ]),
      ...each.subscribers.map((one) => row([
        name(one.subscriber), text(""), text(""),
        num(number(one.waiting)),
        num(number(one.dead), one.dead ? "bad" : ""),
        num(span(one.oldest_seconds), over(one.oldest_seconds, 10, 60)),
      ], "under")),
    ]), "no database answers");
}

function drawProcesses(found) {
  const rows = found.processes.map((each) => row([
    name(each.kind, `${each.host}, pid ${each.pid}`),
    state(each.state),
    text(each.kind === "beat" ? `ticked ${span(found.beat.ticked_seconds)} ago` : each.says),
    num(span(each.heard_seconds)),
    num(span(each.up_seconds)),
  ]));
  draw("processes", [["process"], ["state"], ["says"], ["heard", 1], ["up", 1]], rows, "none is heard of");
}

function drawQueues(found) {
  draw("queues", [["queue"], ["messages", 1]], found.queues.map((each) => row([
    name(each.queue),
    each.messages === null ? state("away") : num(number(each.messages), over(each.messages, 100, 1000)),
  ])));
  draw("redis", [["whose"], ["state"], ["memory", 1], ["limit", 1], ["breakers"]], found.redis.map((each) => row([
    name(each.name),
    state(each.state),
    num(bytes(each.used_bytes)),
    num(each.max_bytes ? bytes(each.max_bytes) : "none"),
    breaker(each.turned_away_by),
  ])));
}

function drawPast(found) {
  draw("errors", [["at"], ["process"], ["error"]], found.errors.map((each) => row([
    text(clock(each.at)), text(each.process),
    text(`${each.event}: ${each.error} at ${each.where}${each.request_id ? `, request ${each.request_id}` : ""}`, "long"),
  ])), "none in a day");
  draw("slow", [["at"], ["operation"], ["status", 1], ["took", 1], ["request"]], found.slow.map((each) => row([
    text(clock(each.at)), name(each.operation), num(each.status, each.status >= 500 ? "bad" : ""),
    num(`${number(Math.round(each.milliseconds))} ms`), text(each.request_id, "soft"),
  ])), "none of half a second or longer in a day");
}

/* Changed only where it differs: whoever has it read aloud hears news alone. */
function drawVerdict(found) {
  const many = found.troubles.length;
  const words = many ? `${many} trouble${many > 1 ? "s" : ""}` : "all well";
  if (at("verdict").textContent !== words) {
    at("verdict").textContent = words;
    at("verdict").className = `state ${many ? "bad" : "good"}`;
    document.title = `${words} · Operations`;
  }
  const list = at("troubles");
  if (list.textContent !== found.troubles.join("")) list.replaceChildren(...found.troubles.map((each) => make("li", each)));
  list.hidden = !many;
}

function show(found) {
  seenAt = Date.now();
  took = found.took_ms;
  notify("");
  drawVerdict(found);
  drawDatabases(found.databases);
  drawOutboxes(found.outboxes);
  drawProcesses(found);
  drawQueues(found);
  drawPast(found);
  drawAge();
}

function notify(words, link) {
  const notice = at("notice");
  notice.hidden = !words;
  if (notice.firstChild?.textContent === words) return;
  notice.replaceChildren(words);
  if (link) {
    const made = make("a", "Log in");
    made.href = link;
    notice.append(" ", made);
  }
}

function drawAge() {
  if (!seenAt) return;
  const old = Date.now() - seenAt;
  at("age").textContent = isPaused ? `paused at ${clock(seenAt)}` : `${span(old / 1000)} ago, a look of ${took.toFixed(0)} ms`;
  document.body.classList.toggle("stale", old > STALE);
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  let wait = EVERY;
  try {
    const answer = await fetch("/v1/operations/status", { signal: AbortSignal.timeout(TIMEOUT), cache: "no-store" });
    if (answer.ok) show(await answer.json());
    else if (answer.status === 401 || answer.status === 403) {
      notify("You are not logged in as an operator any more.", "/identity/login?next=%2Fops");
      wait = 10 * EVERY;
    } else {
      notify(`The API answered ${answer.status}; what you see is from before.`);
      wait = Math.max(EVERY, 1000 * Number(answer.headers.get("Retry-After") || 0));
    }
  } catch {
    notify("The API does not answer; what you see is from before.");
  }
  isAsking = false;
  plan(wait);
}

/* Told each second by a socket, in parts of which the last one is `stats.tick`. */
async function listen() {
  if (socket || Date.now() - triedAt < AGAIN) return;
  triedAt = Date.now();
  const forgery = /(?:^|; )(?:__Host-)?csrf=([^;]+)/.exec(document.cookie);
  if (!forgery) return;
  try {
    const headers = { "X-CSRFToken": forgery[1] };
    const answer = await fetch("/v1/realtime/tickets", { method: "POST", headers, signal: AbortSignal.timeout(TIMEOUT) });
    if (!answer.ok) return;
    const { ticket, url } = await answer.json();
    hear(new WebSocket(`${url}?ticket=${ticket}`));
  } catch { /* it is asked for, then */ }
}

function hear(opened) {
  const parts = {};
  socket = opened;
  opened.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.op === "hello") opened.send('{"op":"sub","topic":"ops"}');
    if (frame.op === "error") opened.close();
    if (frame.topic !== "ops" || !frame.type) return;
    Object.assign(parts, frame.data);
    if (frame.type !== "stats.tick" || !isSeen()) return;
    toldAt = Date.now();
    show(parts);
  };
  opened.onclose = () => {
    if (socket === opened) socket = null;
    plan(0);
  };
}

const isSeen = () => !isPaused && !document.hidden;
const isTold = () => socket !== null && Date.now() - toldAt < STALE;

/* Nobody is asked for a page that nobody sees, nor for what is told. */
function plan(wait) {
  clearTimeout(timer);
  if (isSeen()) {
    listen();
    timer = setTimeout(() => (isTold() ? plan(EVERY) : ask()), wait);
  } else if (socket) {
    socket.close();
    socket = null;
    triedAt = -AGAIN;
  }
}

at("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  at("pause").setAttribute("aria-pressed", String(isPaused));
  at("pause").textContent = isPaused ? "Go on" : "Pause";
  drawAge();
  plan(0);
});
document.addEventListener("visibilitychange", () => plan(0));
setInterval(drawAge, 1000);
ask();
