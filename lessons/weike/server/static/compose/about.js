// What the lesson says of itself: title, topic, minutes, for whom, in which language.

const TEXTS = ["title", "topic", "audience", "language"];
const MOST_MINUTES = 120;

/** Fill the fields from `document` and write back what is typed; `retitled(old, title)` comes first. */
export function fillAbout(document, { changed, retitled }) {
  const field = (name) => window.document.getElementById("about-" + name);
  for (const name of TEXTS) {
    const input = field(name);
    input.value = document[name];
    input.oninput = () => {
      if (name === "title") retitled(document.title, input.value);
      document[name] = input.value;
      changed();
    };
  }
  const minutes = field("minutes");
  minutes.value = document.minutes === null ? "" : document.minutes;
  minutes.oninput = () => {
    const number = Number(minutes.value);
    document.minutes = Number.isInteger(number) && number >= 1 && number <= MOST_MINUTES ? number : null;
    changed();
  };
}
