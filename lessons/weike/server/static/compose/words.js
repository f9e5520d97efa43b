// The words of the page, which the server puts into it in the reader's language.

let words = null;

/** t("{n} questions", {n: 3}); English where no translation is known. */
export function t(message, values = {}) {
  if (words === null) {
    const source = document.getElementById("compose-words");
    words = source ? JSON.parse(source.textContent) : {};
  }
  return (words[message] || message).replace(/\{(\w+)\}/g, (whole, name) =>
    values[name] === undefined ? whole : String(values[name]));
}

/** Why something did not work, in a sentence: the server's own, or that nobody answers. */
export function reason(error) {
  return error.message || t("There is no connection. Please try again.");
}
