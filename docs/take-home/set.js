// What a code says, sign by sign as docs/take_home.md has it, and what can be counted from it. Knows no page.

const CODE = /^1([0-9A-Z]{6}|-{6})([A-Z]{2})([0-9A-Z]{2})((?:[GCOU]{2}(?:[0-9A-Z]{2}|--){2}[HNPBU](?:[0-9A-Z]{2}|--)[0-9A-Z]{4}){0,20})$/;
const EACH = 13;
const BELOW_NOUGHT = 500;

export const VERDICTS = { G: "good", C: "caution", O: "off_track", U: "unknown" };
export const DEPTHS = { H: "high", N: "nearly_parallel", P: "parallel", B: "below_parallel", U: "unknown" };

const number = (signs) => parseInt(signs, 36);
const degrees = (signs) => (signs === "--" ? null : (number(signs) - BELOW_NOUGHT) / 10);

/** The set of a code, or null for what is none: at is a Date or null; each knee has a verdict and inside_deg. */
export function read(code) {
  const found = CODE.exec(code);
  if (!found) return null;
  const [, minutes, language, count, reps] = found;
  const at = minutes.startsWith("-") ? null : new Date(number(minutes) * 60000);
  const parts = reps.match(new RegExp(`.{${EACH}}`, "g")) || [];
  const first = number(count) - parts.length;
  return {
    at: at === null || isNaN(at) ? null : at,
    language: language.toLowerCase(),
    count: number(count),
    reps: parts.map((part, i) => rep(part, first + i + 1)),
  };
}

function rep(part, n) {
  return {
    n,
    left: { verdict: VERDICTS[part[0]], inside_deg: degrees(part.slice(2, 4)) },
    right: { verdict: VERDICTS[part[1]], inside_deg: degrees(part.slice(4, 6)) },
    depth: DEPTHS[part[6]],
    depth_deg: degrees(part.slice(7, 9)),
    down_s: number(part.slice(9, 11)) / 10,
    up_s: number(part.slice(11, 13)) / 10,
  };
}

/** Squats in which both knees stayed good, and those in which both were judged. */
export function clean(set) {
  const judged = set.reps.filter((one) => one.left.verdict !== "unknown" && one.right.verdict !== "unknown");
  return { good: judged.filter((one) => one.left.verdict === "good" && one.right.verdict === "good").length, judged: judged.length };
}

/** Of one knee: how often it was judged, caution and off track, and its furthest inside, or null. */
export function knee(set, side) {
  const legs = set.reps.map((one) => one[side]);
  const known = legs.map((leg) => leg.inside_deg).filter((deg) => deg !== null);
  const often = (verdict) => legs.filter((leg) => leg.verdict === verdict).length;
  return {
    judged: legs.length - often("unknown"),
    caution: often("caution"),
    off_track: often("off_track"),
    most_deg: known.length ? Math.max(...known) : null,
  };
}

/** [label, how often] of the depths that are known, commonest first. */
export function depths(set) {
  const often = new Map();
  for (const one of set.reps) if (one.depth !== "unknown") often.set(one.depth, (often.get(one.depth) || 0) + 1);
  return [...often].sort((a, b) => b[1] - a[1]);
}

/** Mean seconds down and up; null without repetitions. */
export function tempo(set) {
  const mean = (key) => set.reps.reduce((sum, one) => sum + one[key], 0) / set.reps.length;
  return set.reps.length ? { down: mean("down_s"), up: mean("up_s") } : null;
}

const COLUMNS = ["set_at", "opened", "rep", "left", "left_inside_deg", "right", "right_inside_deg", "depth", "depth_deg", "down_s", "up_s"];

/** All kept sets as CSV with full stops, a line a repetition, oldest first. kept: [{code, opened}]. */
export function csv(kept) {
  const rows = kept.flatMap(({ code, opened }) => {
    const set = read(code);
    return (set ? set.reps : []).map((one) => [
      set.at ? set.at.toISOString() : "", opened, one.n, one.left.verdict, one.left.inside_deg ?? "",
      one.right.verdict, one.right.inside_deg ?? "", one.depth, one.depth_deg ?? "", one.down_s, one.up_s,
    ]);
  });
  return [COLUMNS, ...rows].map((row) => row.join(",")).join("\r\n") + "\r\n";
}
