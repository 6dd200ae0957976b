// Keeps the results up to date: when the live socket reports a new answer, the page fetches its results again.

import { checksumOf } from "./checksum.js";
import { refresh } from "./visit.js";

const SHORTEST_DELAY = 1000;
const LONGEST_DELAY = 30000;
const DELAY_AFTER_GOING_AWAY = 3000;
const FETCH_DELAY = 500;
const LONGEST_FETCH_DELAY = 2000;
const MAX_FETCHES = 8;
const RESULT = '{"type":"result",';

const indicator = document.getElementById("live");
let socket = null;
let subscribed = "";
let newest = "";
let delay = SHORTEST_DELAY;
let reconnecting = 0;
let isFetching = false;

const results = () => document.getElementById("results");
const isShown = () => document.visibilityState === "visible";
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function setState(state) {
  indicator.dataset.state = state;
  indicator.hidden = !results().dataset.search;
}

function connect() {
  clearTimeout(reconnecting);
  if (socket || !isShown()) return;
  const address = new URL(indicator.dataset.socket, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.onopen = subscribe;
  socket.onmessage = ({ target, data }) => target === socket && receive(data);
  socket.onclose = ({ target }) => target === socket && reconnectLater();
}

function disconnect() {
  clearTimeout(reconnecting);
  const closing = socket;
  socket = null;
  subscribed = "";
  closing?.close();
}

// Each page reconnects at a random moment of the delay, so that they do not all reconnect at once.
function connectWithin(milliseconds) {
  clearTimeout(reconnecting);
  reconnecting = setTimeout(connect, Math.random() * milliseconds);
}

function reconnectLater() {
  disconnect();
  setState("away");
  connectWithin(delay);
  delay = Math.min(2 * delay, LONGEST_DELAY);
}

function subscribe() {
  const { search } = results().dataset;
  setState(indicator.dataset.state);
  if (socket?.readyState !== WebSocket.OPEN || !search || search === subscribed) return;
  subscribed = search;
  newest = "";
  socket.send(search);
}

function receive(message) {
  if (message.startsWith(RESULT)) {
    delay = SHORTEST_DELAY;
    setState("live");
    newest = checksumOf(`{${message.slice(RESULT.length)}`);
    catchUp();
  } else if (JSON.parse(message).type === "going-away") {
    disconnect();
    setState("connecting");
    connectWithin(DELAY_AFTER_GOING_AWAY);
  } else {
    setState("away");
  }
}

// A replica that has not applied the change yet may have answered; then the page fetches the results once more.
async function catchUp() {
  if (isFetching) return;
  isFetching = true;
  let fetches = 0;
  while (newest && results().dataset.search === subscribed && results().dataset.checksum !== newest) {
    const wanted = newest;
    fetches += 1;
    await refresh();
    if (results().dataset.checksum === newest) break;
    if (wanted !== newest) fetches = 0;
    if (fetches === MAX_FETCHES) break;
    await sleep(Math.min(FETCH_DELAY * 2 ** fetches, LONGEST_FETCH_DELAY) * (0.5 + Math.random() / 2));
  }
  isFetching = false;
}

document.addEventListener("visibilitychange", () => {
  if (isShown()) {
    connect();
  } else {
    disconnect();
    setState("connecting");
  }
});
addEventListener("pagehide", disconnect);
addEventListener("pageshow", connect);
addEventListener("online", connect);
document.addEventListener("search-shown", subscribe);

setState("connecting");
connect();
