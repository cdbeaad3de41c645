// The page: shows the set behind the #, keeps it on this phone, lists, prints, saves and deletes. Sends nothing.

import { clean, csv, depths, knee, read, tempo } from "./set.js";
import { forget, keep, kept } from "./history.js";
import { WORDS } from "./words.js";

const SIGNS = { good: "●", caution: "▲", off_track: "■", unknown: "◌" };
const COMMA = ["de", "es"];
const MOST_DEG = 15, MOST_BESIDE = 10;
const SVG = "http://www.w3.org/2000/svg";
const REALLY_MS = 5000;
const at = (id) => document.getElementById(id);

let language = "en";
let shown = null; // the code that is on the page
let unsure = null; // the clock of a delete that waits for its second tap

const say = (name, gaps = {}) =>
  WORDS[language][name].replace(/\{(\w+)\}/g, (whole, gap) => (gap in gaps ? String(gaps[gap]) : whole));
const decimal = (value, places = 1) =>
  value.toFixed(places).replace(".", COMMA.includes(language) ? "," : ".");
const whole = (value) => String(Math.round(value) || 0);

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function day(set, opened) {
  const date = set.at || new Date(opened);
  const own = navigator.language.startsWith(language) ? navigator.language : language; // 21/09 or 9/21
  return date.toLocaleString(own, { dateStyle: "medium", timeStyle: "short" });
}

const squats = (set) => (set.count === 1 ? say("squats_one") : say("squats_many", { n: set.count }));

function cleanly(set) {
  const { good, judged } = clean(set);
  return judged ? say("clean", { good, judged }) : say("unjudged");
}

function told(set, side) {
  const { judged, caution, off_track: off, most_deg: most } = knee(set, side);
  return judged && most !== null
    ? say("knee", { deg: whole(Math.max(0, most)), off, caution, judged })
    : say("knee_unknown");
}

// -- bars: one a squat, its sign under it, so that no colour is needed

function drawn(name, how) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(how)) made.setAttribute(key, value);
  return made;
}

function bars(svg, set, side) {
  const step = 12, tall = 60, wide = Math.max(6, set.reps.length) * step;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${wide} ${tall + 14}`);
  svg.setAttribute("aria-label", `${say(side)}: ${told(set, side)}`);
  svg.append(drawn("line", { x1: 0, x2: wide, y1: tall, y2: tall, class: "floor" }));
  set.reps.forEach((one, i) => {
    const { verdict, inside_deg: deg } = one[side], x = (i + 0.5) * step;
    if (deg !== null) {
      const high = Math.max(1.5, (tall * Math.min(Math.max(deg, 0), MOST_DEG)) / MOST_DEG);
      svg.append(drawn("rect", { x: x - 3.5, y: tall - high, width: 7, height: high, rx: 1.5, class: verdict }));
    }
    const sign = drawn("text", { x, y: tall + 11, class: verdict });
    sign.textContent = SIGNS[verdict];
    svg.append(sign);
  });
}

// -- the set

function show(code, opened) {
  const set = code === null ? null : read(code);
  at("set").hidden = set === null;
  if (set === null) return;
  at("knees").className = set.reps.length > MOST_BESIDE ? "many" : "";
  at("when").textContent = day(set, opened);
  const cut = set.count > set.reps.length && set.reps.length > 0;
  at("count").textContent = cut ? say("newest", { n: set.count, shown: set.reps.length }) : squats(set);
  at("clean").textContent = cleanly(set);
  for (const side of ["left", "right"]) {
    at(`${side}-name`).textContent = say(side);
    at(`${side}-told`).textContent = told(set, side);
    bars(at(side), set, side);
  }
  at("signs").textContent = say("signs");
  const deep = depths(set).map(([label, n]) => say("counted", { n, label: say(label) }));
  at("depth").textContent = deep.length ? say("depth", { what: deep.join(", ") }) : "";
  const pace = tempo(set);
  at("tempo").textContent = pace ? say("tempo", { down: decimal(pace.down), up: decimal(pace.up) }) : "";
  at("each-name").textContent = say("each");
  at("print").textContent = say("print");
  table(set);
}

function table(set) {
  const head = element("tr");
  for (const column of ["n", "left", "right", "depth", "tempo"]) head.append(element("th", say(`column_${column}`)));
  at("table").tHead.replaceChildren(head);
  at("table").tBodies[0].replaceChildren(...set.reps.map((one) => {
    const row = element("tr");
    const leg = ({ verdict, inside_deg: deg }) => `${SIGNS[verdict]} ${deg === null ? say(verdict) : decimal(deg)}`;
    const depth = one.depth === "unknown" ? "–" : say(one.depth);
    const cells = [one.n, leg(one.left), leg(one.right), depth, `${decimal(one.down_s)} / ${decimal(one.up_s)}`];
    row.append(...cells.map((cell) => element("td", String(cell))));
    return row;
  }));
}

// -- the history

function list() {
  const sets = kept().filter((one) => read(one.code) !== null);
  at("none").hidden = sets.length > 0;
  at("of-history").hidden = sets.length === 0;
  at("sets").replaceChildren(...sets.reverse().map(({ code, opened }) => {
    const set = read(code), item = element("li");
    const open = element("button", "", "open"), gone = element("button", "×", "gone");
    open.type = gone.type = "button";
    open.append(element("b", squats(set)), element("span", day(set, opened)), element("span", cleanly(set)));
    open.title = say("show");
    if (code === shown) open.setAttribute("aria-current", "true");
    gone.title = say("forget");
    gone.setAttribute("aria-label", `${say("forget")}: ${day(set, opened)}`);
    open.addEventListener("click", () => { shown = code; everything(); scrollTo({ top: 0 }); });
    gone.addEventListener("click", () => { dropped(code); });
    item.append(open, gone);
    return item;
  }));
}

function save() {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([csv(kept())], { type: "text/csv" }));
  link.download = "squat-mirror.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REALLY_MS);
}

function calm() {
  clearTimeout(unsure);
  unsure = null;
  at("delete").textContent = say("delete");
}

function deleted() {
  if (unsure === null) {
    at("delete").textContent = say("really");
    unsure = setTimeout(calm, REALLY_MS);
    return;
  }
  dropped();
}

/** Forgotten here, and by the address: opened again it would be kept again. */
function dropped(code) {
  forget(code);
  if (code === undefined || shown === code) shown = null;
  history.replaceState(null, "", location.pathname);
  everything();
}

// -- all of it

function everything() {
  document.documentElement.lang = language;
  at("language").value = language;
  at("language").setAttribute("aria-label", say("language"));
  for (const name of ["none", "export", "private", "coaching"]) at(name).textContent = say(name);
  at("history-name").textContent = say("history");
  calm();
  const found = kept().find((one) => one.code === shown);
  show(shown, found ? found.opened : new Date().toISOString());
  list();
}

function trouble(name) {
  at("trouble").hidden = !name;
  at("trouble").textContent = name ? say(name) : "";
}

/** Takes the code behind the #, if there is one, and keeps it. */
function opened() {
  const code = location.hash.slice(1), set = read(code);
  if (set && set.language in WORDS) language = set.language;
  else if (!code) language = [navigator.language.slice(0, 2)].find((one) => one in WORDS) || "en";
  shown = set ? code : null;
  const stays = set === null || keep(code, new Date().toISOString());
  everything();
  trouble(code && set === null ? "no_code" : stays ? "" : "not_kept");
}

at("language").addEventListener("change", (event) => { language = event.target.value; everything(); trouble(""); });
at("print").addEventListener("click", () => print());
at("export").addEventListener("click", save);
at("delete").addEventListener("click", deleted);
addEventListener("hashchange", opened);
addEventListener("beforeprint", () => { at("each").open = true; });
opened();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("worker.js").catch(() => {});
