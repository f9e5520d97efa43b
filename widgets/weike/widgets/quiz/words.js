// The words of one language, and the few figures that need them.

/** t("Question {n}", {n: 2}): the translation, or the English text itself. */
export function translator(words) {
  return (message, values) =>
    (words[message] || message).replace(/\{(\w+)\}/g, (whole, name) =>
      values && name in values ? String(values[name]) : whole
    );
}

export function points(value) {
  return String(Math.round(value * 100) / 100);
}

/** Seconds as 9:05 or 1:02:03. */
export function clockFace(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = two(Math.floor(seconds) % 60);
  return hours ? hours + ":" + two(minutes) + ":" + tail : minutes + ":" + tail;
}

/** Seconds as a length of time that a person would say. */
export function duration(t, seconds) {
  if (seconds < 90) return t("{n} s", { n: Math.max(1, Math.ceil(seconds)) });
  if (seconds < 90 * 60) return t("{n} min", { n: Math.ceil(seconds / 60) });
  if (seconds < 36 * 3600) return t("{n} h", { n: Math.ceil(seconds / 3600) });
  return t("{n} d", { n: Math.ceil(seconds / 86400) });
}

/** Seconds between two of the server's own times; a phone's clock may be wrong. */
export function secondsBetween(now, then) {
  return (Date.parse(then) - Date.parse(now)) / 1000;
}
