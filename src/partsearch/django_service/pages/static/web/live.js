// Keeps the results up to date: a socket tells when the answer to the search has changed, and the page fetches it anew.

import { checksumOf } from "./checksum.js";
import { refresh } from "./visit.js";

const SHORTEST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
const PAUSE_AFTER_GOING_AWAY = 3000;
const REST_BETWEEN_FETCHES = 500;
const LONGEST_REST = 2000;
const FETCHES_AT_MOST = 8;
const RESULT = '{"type":"result",';

const indicator = document.getElementById("live");
let socket = null;
let asked = "";
let newest = "";
let pause = SHORTEST_PAUSE;
let reconnecting = 0;
let isFetching = false;

const results = () => document.getElementById("results");
const isShown = () => document.visibilityState === "visible";
const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function tell(state) {
  indicator.dataset.state = state;
  indicator.hidden = !results().dataset.search;
}

function connect() {
  clearTimeout(reconnecting);
  if (socket || !isShown()) return;
  const address = new URL(indicator.dataset.socket, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.onopen = ask;
  socket.onmessage = ({ target, data }) => target === socket && hear(data);
  socket.onclose = ({ target }) => target === socket && lose();
}

function disconnect() {
  clearTimeout(reconnecting);
  const left = socket;
  socket = null;
  asked = "";
  left?.close();
}

// All come back at random moments within the pause, and not all at once.
function connectWithin(milliseconds) {
  clearTimeout(reconnecting);
  reconnecting = setTimeout(connect, Math.random() * milliseconds);
}

function lose() {
  disconnect();
  tell("away");
  connectWithin(pause);
  pause = Math.min(2 * pause, LONGEST_PAUSE);
}

function ask() {
  const { search } = results().dataset;
  tell(indicator.dataset.state);
  if (socket?.readyState !== WebSocket.OPEN || !search || search === asked) return;
  asked = search;
  newest = "";
  socket.send(search);
}

function hear(message) {
  if (message.startsWith(RESULT)) {
    pause = SHORTEST_PAUSE;
    tell("live");
    newest = checksumOf(`{${message.slice(RESULT.length)}`);
    catchUp();
  } else if (JSON.parse(message).type === "going-away") {
    disconnect();
    tell("connecting");
    connectWithin(PAUSE_AFTER_GOING_AWAY);
  } else {
    tell("away");
  }
}

// The page may have been read from a replica that has not heard of the change yet: then it is fetched once more.
async function catchUp() {
  if (isFetching) return;
  isFetching = true;
  let fetches = 0;
  while (newest && results().dataset.search === asked && results().dataset.checksum !== newest) {
    const wanted = newest;
    fetches += 1;
    await refresh();
    if (results().dataset.checksum === newest) break;
    if (wanted !== newest) fetches = 0;
    if (fetches === FETCHES_AT_MOST) break;
    await rest(Math.min(REST_BETWEEN_FETCHES * 2 ** fetches, LONGEST_REST) * (0.5 + Math.random() / 2));
  }
  isFetching = false;
}

document.addEventListener("visibilitychange", () => {
  if (isShown()) {
    connect();
  } else {
    disconnect();
    tell("connecting");
  }
});
addEventListener("pagehide", disconnect);
addEventListener("pageshow", connect);
addEventListener("online", connect);
document.addEventListener("search-shown", ask);

tell("connecting");
connect();
