/** Which of several tabs of one person is theirs now: the one that was touched last. Only that one goes to a match. */

const KEY = "madang.tab";
const own = Math.random().toString(36).slice(2);

function touched() {
  try {
    localStorage.setItem(KEY, own);
  } catch {
    // Without storage every tab is the one.
  }
}

/** Whether this tab was touched last, or nobody can say. */
export function isThis() {
  try {
    return (localStorage.getItem(KEY) ?? own) === own;
  } catch {
    return true;
  }
}

/** @param {string} key @returns {string | null} */
export function remembered(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** For as long as this tab lives. @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Then the next page knows nothing of it.
  }
}

for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touched, { capture: true });
if (!document.hidden) touched();
document.addEventListener("visibilitychange", () => !document.hidden && touched());
