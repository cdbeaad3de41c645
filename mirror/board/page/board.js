// The coach's page: shows what the board says, and asks it for the timer. Every event holds all there is to know,
// so nothing is remembered here but what is on the screen. Durations come from the board and are counted on by this
// device's monotonic clock: its time of day does not matter.
"use strict";

const WORDS = JSON.parse(document.getElementById("words").textContent);
const SILENT_MS = 12000; // the board speaks every five seconds; more than two left out, and it is gone
const CARD = { width: 100, height: 64 }; // proportions of a card, in its own units
const NARROW = 560; // px; a phone held upright
const SVG = "http://www.w3.org/2000/svg";

const $ = (id) => document.getElementById(id);

function say(name, gaps) {
  const [section, key] = name.split(".");
  return WORDS[section][key].replace(/{(\w+)}/g, (_, gap) => gaps[gap]);
}

function show(element, wanted) {
  if (element.hidden === wanted) element.hidden = !wanted;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// The key was needed once; it does not belong into bookmarks or onto a projector.
if (location.search) history.replaceState(null, "", location.pathname + location.hash);

// -- what the board said last -----------------------------------------------------------------------------------

let said = null;
let saidAt = 0; // on this device's monotonic clock
let setsShown = -1;

function listen() {
  const events = new EventSource("/events");
  events.onmessage = (event) => {
    said = JSON.parse(event.data);
    saidAt = performance.now();
    render();
  };
  events.onerror = () => {
    // A browser tries again by itself, but not after an answer that is no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
}

function sinceSaid() {
  return (performance.now() - saidAt) / 1000;
}

function render() {
  renderStations();
  renderTable();
  tick();
}

// What changes without anybody saying anything.
function tick() {
  renderTrouble();
  if (!said) return;
  renderTimer();
  for (const one of said.stations) {
    if (!one.online) renderLine(one, $(`station-${one.id}`));
  }
}

function renderTrouble() {
  const silent = performance.now() - saidAt > SILENT_MS;
  let sentence = "";
  if (silent) sentence = say("page.board_away");
  else if (said && !said.broker.connected) sentence = say("page.broker_away", { broker: said.broker.name });
  write($("trouble"), sentence);
  if ($("trouble").hidden === Boolean(sentence)) {
    show($("trouble"), Boolean(sentence));
    layOut();
  }
  document.body.classList.toggle("stale", Boolean(sentence));
}

// -- stations ---------------------------------------------------------------------------------------------------

function renderStations() {
  const list = $("stations");
  const wanted = new Set(said.stations.map((one) => `station-${one.id}`));
  for (const card of Array.from(list.children)) {
    if (!wanted.has(card.id)) card.remove();
  }
  said.stations.forEach((one, place) => {
    const card = $(`station-${one.id}`) || newCard(one.id);
    if (list.children[place] !== card) list.insertBefore(card, list.children[place] || null);
    renderCard(one, card);
  });
  show($("nobody"), said.stations.length === 0);
  layOut();
}

function newCard(id) {
  const card = $("card").content.firstElementChild.cloneNode(true);
  card.id = `station-${id}`;
  card.querySelector(".tap").addEventListener("click", () => openPerson(id));
  return card;
}

function renderCard(one, card) {
  const squats = one.online && one.state === "squatting";
  card.className = "card";
  card.classList.toggle("squats", squats);
  card.classList.toggle("look", one.look);
  card.classList.toggle("offline", !one.online);
  card.classList.toggle("live", one.live);
  const name = card.querySelector(".name");
  const person = names()[one.name];
  write(name, person ? `${person} · ${one.name}` : one.name);
  card.querySelector(".tap").setAttribute("aria-label", say("card.open", { station: one.name }));
  const flag = card.querySelector(".flag");
  show(flag, one.look);
  write(flag.querySelector("b"), String(one.off_track));
  flag.setAttribute("aria-label", say("card.off_track", { n: one.off_track }));
  write(card.querySelector(".set"), one.set && !one.look ? say("card.set", { n: one.set }) : "");
  const count = card.querySelector(".count");
  const counted = one.live ? one.set > 0 : one.reps > 0;
  write(count, counted ? String(one.reps) : "");
  count.classList.toggle("two", one.reps > 9);
  count.classList.toggle("three", one.reps > 99);
  count.setAttribute("aria-label", say("card.reps", { n: one.reps }));
  renderKnee(card.querySelector(".left"), "left", one.left);
  renderKnee(card.querySelector(".right"), "right", one.right);
  renderLine(one, card);
  renderSigns(one, card.querySelector(".signs"));
}

function renderKnee(knee, side, verdict) {
  if (knee.dataset.verdict === verdict) return;
  knee.dataset.verdict = verdict;
  knee.querySelector(".ring use").setAttribute("href", `#ring-${verdict}`);
  knee.setAttribute("aria-label", say(`knee.${side}`, { verdict: say(`verdict.${verdict}`) }));
}

function renderLine(one, card) {
  const line = card.querySelector(".line");
  const cued = one.live && Boolean(one.cue);
  if (!one.online) write(line, offlineFor(one.silent_s));
  else if (cued) write(line, one.cue);
  else write(line, WORDS.state[one.state] || one.state);
  line.classList.toggle("cue", cued);
}

function offlineFor(seconds) {
  if (seconds === null) return say("card.offline");
  const n = Math.floor(seconds + sinceSaid());
  if (n < 60) return say("card.seconds", { n });
  if (n < 3600) return say("card.minutes", { n: Math.floor(n / 60) });
  return say("card.hours", { n: Math.floor(n / 3600) });
}

function renderSigns(one, row) {
  const signs = one.signs.join(" ");
  if (row.dataset.signs === signs) return;
  row.dataset.signs = signs;
  row.replaceChildren(...one.signs.map(sign));
  row.setAttribute("aria-label", one.signs.map((verdict) => say(`verdict.${verdict}`)).join(", "));
}

function sign(verdict) {
  const drawn = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#sign-${verdict}`);
  drawn.append(use);
  return drawn;
}

// Columns such that cards are as large as the page allows; `--u` is a hundredth of a card's width.
function layOut() {
  const view = $("stations-view");
  const count = said ? said.stations.length : 0;
  if (!count || view.hidden) return;
  const style = getComputedStyle(view);
  const width = view.clientWidth - 2 * parseFloat(style.paddingLeft);
  const height = view.clientHeight - 2 * parseFloat(style.paddingTop);
  const gap = parseFloat(getComputedStyle($("stations")).columnGap);
  let best = { unit: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const wide = (width - (columns - 1) * gap) / columns / CARD.width;
    const high = (height - (rows - 1) * gap) / rows / CARD.height;
    const unit = Math.min(wide, high);
    if (unit > best.unit) best = { unit, columns };
  }
  // px; with very many stations the page scrolls rather than shrink further. A phone is held closer than a tablet.
  const least = width < NARROW ? 1.7 : 2.4;
  if (best.unit < least) best = { unit: least, columns: Math.max(1, Math.floor(width / (least * CARD.width + gap))) };
  const list = $("stations");
  list.style.setProperty("--u", `${best.unit.toFixed(3)}px`);
  list.style.setProperty("--columns", best.columns);
  list.classList.toggle("many", best.unit === least);
  for (const text of list.querySelectorAll(".name, .line")) fit(text);
}

// Smaller letters for a name or cue that is too long for its card.
function fit(text) {
  text.classList.remove("long", "longer");
  if (text.scrollWidth <= text.clientWidth) return;
  text.classList.add("long");
  if (text.scrollWidth <= text.clientWidth) return;
  text.classList.replace("long", "longer");
}

// -- timer ------------------------------------------------------------------------------------------------------

function renderTimer() {
  const timer = said.timer;
  const endless = timer.rounds === null;
  const length = endless ? Infinity : timer.rounds * (timer.work_s + timer.rest_s) - timer.rest_s;
  const running = timer.state === "running";
  const elapsed = Math.min(length, timer.elapsed_s + (running ? sinceSaid() : 0));
  const over = running ? elapsed >= length : timer.state === "over";
  const stopped = timer.state === "stopped";
  const into = elapsed % (timer.work_s + timer.rest_s);
  const working = into < timer.work_s;
  const left = over ? 0 : working ? timer.work_s - into : timer.work_s + timer.rest_s - into;
  const whole = working ? timer.work_s : timer.rest_s;
  const round = Math.min(endless ? Infinity : timer.rounds, 1 + Math.floor(elapsed / (timer.work_s + timer.rest_s)));

  if (running && !over) beepSoon(working, round, left);
  document.body.dataset.timer = over ? "over" : timer.state;
  $("clock").classList.toggle("working", working && !over && !stopped);
  write($("time"), clockFace(stopped ? Number($("work_s").value) || timer.work_s : left));
  write($("what"), over ? say("timer.over") : timer.state === "paused" ? say("timer.paused") : say(working ? "timer.work" : "timer.rest"));
  write($("round"), say("timer.round", { n: round, of: endless ? "∞" : timer.rounds }));
  $("passed-share").style.transform = `scaleX(${over || stopped ? 0 : left / whole})`;
  write($("go"), say(running && !over ? "timer.pause" : timer.state === "paused" ? "timer.go_on" : "timer.start"));
  $("stop").disabled = stopped;
  show($("fields"), stopped || over);
  show($("interval"), !(stopped || over) || over);
}

// -- beeps: 3, 2, 1 and a longer one when work or rest begins; silent until somebody taps the bell -----------------

const SOON_S = 0.45; // a beep is handed to the audio clock so long before it sounds, so that no tick is late
const BEEP = { count: { hz: 660, s: 0.08 }, change: { hz: 990, s: 0.25 } }; // short, and above most music
let audio = null;
let beeped = "";

function beepSoon(working, round, left) {
  const next = Math.ceil(left) - 1; // the whole second that comes
  const in_s = left - next;
  const key = `${round} ${working} ${next}`;
  if (!audio || next > 3 || in_s > SOON_S || beeped === key) return;
  beeped = key;
  const { hz, s } = next === 0 ? BEEP.change : BEEP.count;
  const tone = audio.createOscillator();
  const loud = audio.createGain();
  const at = audio.currentTime + in_s;
  tone.frequency.value = hz;
  loud.gain.setValueAtTime(0.4, at);
  loud.gain.exponentialRampToValueAtTime(0.001, at + s); // fades, so that it does not click
  tone.connect(loud).connect(audio.destination);
  tone.start(at);
  tone.stop(at + s);
}

$("beeps").addEventListener("click", () => {
  if (audio) {
    audio.close();
    audio = null;
  } else {
    audio = new AudioContext();
  }
  $("beeps").setAttribute("aria-pressed", String(Boolean(audio)));
});

function clockFace(seconds) {
  const whole = Math.ceil(seconds - 0.001);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

async function ask(path, what) {
  let answered = false;
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(what),
    });
    answered = answer.ok;
  } catch (error) {
    console.warn(error);
  }
  if (!answered) write($("what"), say("timer.refused"));
}

$("timer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!said) return;
  const pauses = document.body.dataset.timer === "running";
  const [work_s, rest_s, rounds] = ["work_s", "rest_s", "rounds"].map((id) => Number($(id).value));
  ask("/timer", { do: pauses ? "pause" : "start", work_s, rest_s, rounds });
});
$("stop").addEventListener("click", () => ask("/timer", { do: "stop" }));

// -- table ------------------------------------------------------------------------------------------------------

async function renderTable() {
  if ($("table-view").hidden || !said || setsShown === said.sets) return;
  const wanted = said.sets;
  setsShown = wanted;
  try {
    const answer = await fetch("/sets.json");
    if (!answer.ok) throw new Error(answer.statusText);
    fillTable(await answer.json());
  } catch (error) {
    console.warn(error);
    setsShown = -1; // with the next event
  }
}

function fillTable(sets) {
  const called = names();
  const table = document.querySelector("table");
  for (const body of Array.from(table.tBodies)) body.remove();
  for (const one of sets) {
    const body = table.createTBody();
    const row = body.insertRow();
    const station = called[one.station] ? `${one.station} · ${called[one.station]}` : one.station;
    const cells = [one.time, station, one.set, one.reps, one.good, one.caution, one.off_track, one.unknown];
    for (const cell of cells) row.insertCell().textContent = cell === 0 ? "·" : cell;
    const worst = row.insertCell();
    worst.append(sign(one.worst), one.furthest);
    const words = body.insertRow().insertCell();
    words.colSpan = cells.length + 1;
    words.textContent = one.sentence;
  }
  show($("no-sets"), sets.length === 0);
  show(table, sets.length > 0);
}

$("anew").addEventListener("click", () => {
  show($("really"), true);
  $("no").focus();
});
$("no").addEventListener("click", () => show($("really"), false));
$("yes").addEventListener("click", () => {
  show($("really"), false);
  forgetNames();
  ask("/anew", {});
});
$("language").addEventListener("change", (event) => {
  location.assign(`/?language=${event.target.value}${location.hash}`);
});

$("print").addEventListener("click", () => window.print());
window.addEventListener("beforeprint", () => {
  write($("sheet-day"), new Date().toLocaleDateString(document.documentElement.lang, { dateStyle: "full" }));
});

// -- who stands where: on this tablet only, never sent, gone with a new class ---------------------------------------

const NAMES = "squat-mirror.class.names";

function names() {
  try {
    const found = JSON.parse(localStorage.getItem(NAMES));
    return found && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch (error) {
    return {};
  }
}

function callThem(station, name) {
  const called = { ...names(), [station]: name.trim() };
  if (!called[station]) delete called[station];
  try {
    localStorage.setItem(NAMES, JSON.stringify(called));
  } catch (error) {
    console.info(error); // a private window keeps nothing
  }
}

function forgetNames() {
  try {
    localStorage.removeItem(NAMES);
  } catch (error) {
    console.info(error);
  }
  if (said) renderStations();
}

let opened = null; // the station whose person is on the screen

function openPerson(id) {
  const station = said && said.stations.find((one) => String(one.id) === String(id));
  if (!station) return;
  opened = station.name;
  write($("person-station"), station.name);
  $("person-name").value = names()[station.name] || "";
  $("person-sets").replaceChildren();
  show($("person-none"), false);
  $("person").showModal();
  lastSets(station.name);
}

async function lastSets(station) {
  try {
    const answer = await fetch("/sets.json");
    if (!answer.ok) throw new Error(answer.statusText);
    const theirs = (await answer.json()).filter((one) => one.station === station).slice(-3).reverse();
    if (opened !== station) return;
    $("person-sets").replaceChildren(...theirs.map((one) => {
      const item = document.createElement("li");
      item.append(sign(one.worst), `${one.time} · ${say("card.reps", { n: one.reps })} · ${one.sentence}`);
      return item;
    }));
    show($("person-none"), theirs.length === 0);
  } catch (error) {
    console.warn(error);
  }
}

$("person-close").addEventListener("click", () => $("person").close());
$("person-name").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault(); // else the card that has the focus then is tapped by the same key
  $("person").close();
});
$("person-name").addEventListener("input", () => callThem(opened, $("person-name").value));
$("person").addEventListener("close", () => {
  opened = null;
  setsShown = -1;
  if (said) render();
});

// -- the screen stays on, where the browser allows that (https, or this computer itself) --------------------------------

async function stayOn() {
  if (document.visibilityState !== "visible" || !navigator.wakeLock) return;
  try {
    await navigator.wakeLock.request("screen");
  } catch (error) {
    console.info(error); // a battery that is nearly empty refuses
  }
}

document.addEventListener("visibilitychange", stayOn);

// -- views ------------------------------------------------------------------------------------------------------

function turn() {
  const table = location.hash === "#table";
  show($("stations-view"), !table);
  show($("table-view"), table);
  $("to-stations").toggleAttribute("aria-current", !table);
  $("to-table").toggleAttribute("aria-current", table);
  layOut();
  renderTable();
}

window.addEventListener("hashchange", turn);
window.addEventListener("resize", layOut);
turn();
listen();
stayOn();
setInterval(tick, 200);
