// The sets this phone has opened, in its own local storage and nowhere else. Knows codes, not what they say.

const PLACE = "squat-mirror.sets";
const MOST = 1000;

/** [{code, opened}], oldest first; what somebody else left there is none of ours. */
export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE) || "[]");
    return Array.isArray(found) ? found.filter((one) => one && typeof one.code === "string" && typeof one.opened === "string") : [];
  } catch {
    return [];
  }
}

/** Keep a code unless it is kept already. False where the phone keeps nothing (a private window). */
export function keep(code, opened) {
  const before = kept();
  return before.some((one) => one.code === code) || write([...before, { code, opened }].slice(-MOST));
}

/** Forget one set, or all where none is named. */
export function forget(code) {
  const left = code === undefined ? [] : kept().filter((one) => one.code !== code);
  return left.length ? write(left) : clear();
}

function write(sets) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(sets));
    return true;
  } catch {
    return false;
  }
}

function clear() {
  try {
    localStorage.removeItem(PLACE);
    return true;
  } catch {
    return false;
  }
}
