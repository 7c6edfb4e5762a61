"use strict";

const SHOWN = 10, FRAMES = 8;
const at = (id) => document.getElementById(id);
const [people, password] = [document.body.dataset.people.split(" "), document.body.dataset.password];
const clock = (moment) => new Date(moment).toLocaleTimeString("en-GB");

/* Who this window is: another window is another person. */
let token = sessionStorage.getItem("token"), me = null, other = null;
/* `seq` is where a socket that comes back goes on. */
let socket = null, seq = null, failures = 0, following = false;
const listened = new Set();

class Refused extends Error {}

async function call(method, path, body) {
  const headers = token ? { "X-Session-Token": token } : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10000) });
  const said = answer.status === 204 ? null : await answer.json();
  if (answer.ok) return said;
  if (answer.status === 401 && token) leave();
  throw new Refused(said.detail || said.title || said.errors?.[0]?.message || `The API answered ${answer.status}.`);
}

/* Every click ends here: what went wrong is said, and the page goes on. */
async function attempt(work) {
  notify("");
  try {
    await work();
  } catch (error) {
    notify(error instanceof Refused ? error.message : "The API does not answer.");
  }
}

function notify(words) {
  at("notice").hidden = !words;
  at("notice").textContent = words;
}

/* Everything is set as text: what people write is never taken for markup. */
function make(tag, text, classes) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

async function enter(name) {
  const body = { username: name, password };
  const { meta } = await call("POST", "/auth/app/v1/auth/login", body);
  token = meta.session_token;
  sessionStorage.setItem("token", token);
  await begin();
}

async function begin() {
  me = (await call("GET", "/v1/me")).data;
  const name = people.find((each) => each !== me.username);
  other = (await call("GET", `/v1/users/by/username/${name}`)).data;
  document.title = `${me.username} · Live`;
  at("who").textContent = `You are ${me.username}.`;
  at("h-other").textContent = other.username;
  for (const id of ["room", "leave", "state"]) at(id).hidden = false;
  at("door").hidden = true;
  await loadAll();
  await listen();
}

function leave() {
  const old = token;
  sessionStorage.removeItem("token");
  if (old) fetch("/auth/app/v1/auth/session", { method: "DELETE", headers: { "X-Session-Token": old }, keepalive: true }).catch(() => {});
  location.reload();
}

const loadAll = () => Promise.all([loadHome(), loadNotifications(), loadRelation()]);

async function loadRelation() {
  const { data: [stands] } = await call("GET", `/v1/me/relationships?ids=${other.id}`);
  following = stands.following;
  const back = stands.followed_by ? `${other.username} follows you.` : `${other.username} does not follow you.`;
  at("relation").textContent = back;
  at("follow").textContent = following ? `Unfollow ${other.username}` : `Follow ${other.username}`;
  at("follow").setAttribute("aria-pressed", String(following));
}

async function loadHome() {
  const page = await call("GET", `/v1/timelines/home?limit=${SHOWN}`);
  draw("home", page.data.map((post) => drawPost(post, page)), "Nothing yet: follow, or say something.");
  listenTo(page.data.map(({ id }) => id));
}

function drawPost(post, { included, state }) {
  const made = make("li"), head = make("p", undefined, "soft"), by = included.users[post.author_id];
  made.dataset.id = post.id;
  head.append(make("strong", by ? by.display_name || by.username : "somebody"), ` ${clock(post.published_at)}`);
  const like = make("button", undefined, "like");
  like.type = "button";
  like.addEventListener("click", () => attempt(() => react(post.id, like)));
  made.append(head, make("p", post.text), like);
  showLikes(like, state[post.id].counts, state[post.id].mine?.reactions.includes("like"));
  return made;
}

function showLikes(like, counts, isMine) {
  const many = counts.reactions.like || 0;
  like.textContent = `${many} like${many === 1 ? "" : "s"}`;
  if (isMine !== undefined) like.setAttribute("aria-pressed", String(isMine));
}

async function react(id, like) {
  const isLiked = like.getAttribute("aria-pressed") === "true";
  await call(isLiked ? "DELETE" : "PUT", `/v1/posts/${id}/reactions/like`);
  like.setAttribute("aria-pressed", String(!isLiked));
}

const DONE = {
  follow: "follows you", follow_request: "asks to follow you", reaction: "likes your post", reply: "replied to you",
  mention: "mentions you", repost: "reposted your post", quote: "quotes your post",
};

async function loadNotifications() {
  const [page, counts] = await Promise.all([
    call("GET", `/v1/me/notifications?limit=${SHOWN}`), call("GET", "/v1/me/notifications/counts"),
  ]);
  at("unseen").textContent = `${counts.unseen} new`;
  at("unseen").hidden = !counts.unseen;
  draw("notifications", page.data.map((each) => {
    const actor = page.included.users[each.actors[0]?.user_id], more = each.actor_count - 1;
    const who = actor ? actor.display_name || actor.username : "Somebody";
    const made = make("li", `${who}${more > 0 ? ` and ${more} more` : ""}: ${DONE[each.type] || each.type}`);
    made.dataset.id = each.id;
    const post = page.included.posts[each.post_id];
    if (post) made.append(make("p", post.text, "soft"));
    return made;
  }), "None yet.");
}

/* What was not there before is shown as new. */
function draw(id, rows, nothing) {
  const list = at(id), known = new Set([...list.children].map((row) => row.dataset.id));
  const fresh = list.dataset.isDrawn ? rows.filter((row) => !known.has(row.dataset.id)) : [];
  for (const row of fresh) row.classList.add("fresh");
  /* The list is new each time: read aloud is what is new in it. */
  if (fresh.length) at("news").textContent = fresh.map((row) => row.textContent).join("; ");
  list.dataset.isDrawn = "yes";
  list.replaceChildren(...(rows.length ? rows : [make("li", nothing, "soft")]));
}

/* A ticket opens a socket, once and soon; it says where. */
async function listen() {
  let opened;
  try {
    const { ticket, url } = await call("POST", "/v1/realtime/tickets");
    opened = new WebSocket(`${url}?ticket=${ticket}${seq === null ? "" : `&since=${seq}`}`);
  } catch {
    again("");
    return;
  }
  socket = opened;
  opened.onmessage = ({ data }) => attempt(() => hear(JSON.parse(data), data));
  opened.onclose = ({ code, reason }) => {
    socket = null;
    listened.clear();
    if (code === 4401 && failures > 3) leave();
    else again(reason);
  };
}

function again(reason) {
  const asked = /come back in (\d+) ms/.exec(reason);
  failures += 1;
  say("connecting …", false);
  setTimeout(listen, asked ? Number(asked[1]) : Math.min(500 * 2 ** failures, 15000) * (0.5 + Math.random()));
}

function say(words, isGood) {
  at("state").textContent = words;
  at("state").className = isGood ? "state good" : "state";
}

async function hear(frame, text) {
  if (frame.seq !== undefined) seq = frame.seq;
  if (frame.op !== "ack") tell(text);
  if (frame.op === "hello") {
    failures = 0;
    say("live", true);
    socket.send('{"op":"sub","topic":"timeline:home"}');
    listenTo([...at("home").children].map((row) => row.dataset.id).filter(Boolean));
  } else if (frame.op === "resync") await loadAll();
  else if (frame.type === "timeline.new") await loadHome();
  else if (frame.type === "notifications.changed") await loadNotifications();
  else if (frame.type === "relationship.changed") await Promise.all([loadRelation(), loadHome()]);
  else if (frame.type === "post.updated") await loadHome();
  else if (frame.type === "post.counts") {
    const like = document.querySelector(`#home li[data-id="${frame.data.post_id}"] .like`);
    if (like) showLikes(like, frame.data.counts);
  }
}

function tell(text) {
  const made = make("li", text);
  at("frames").prepend(made);
  while (at("frames").children.length > FRAMES) at("frames").lastChild.remove();
}

/* Of the posts that are shown, and of no others. */
function listenTo(ids) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const wanted = new Set(ids);
  for (const id of listened) if (!wanted.has(id)) socket.send(JSON.stringify({ op: "unsub", topic: `post:${id}` }));
  for (const id of wanted) if (!listened.has(id)) socket.send(JSON.stringify({ op: "sub", topic: `post:${id}` }));
  listened.clear();
  for (const id of wanted) listened.add(id);
}

for (const button of document.querySelectorAll(".person")) {
  button.addEventListener("click", () => attempt(() => enter(button.textContent)));
}
at("leave").addEventListener("click", leave);
at("follow").addEventListener("click", () => attempt(async () => {
  await call(following ? "DELETE" : "PUT", `/v1/me/following/${other.id}`);
  await Promise.all([loadRelation(), loadHome()]);
}));
at("write").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    await call("POST", "/v1/posts", { text: at("text").value });
    at("text").value = "";
    await loadHome();
  });
});
if (token) attempt(begin);
