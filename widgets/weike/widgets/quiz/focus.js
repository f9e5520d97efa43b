// The focus goes where the next thing to read is, and that place comes into view.

/** Focus `element`, and show it from the beginning of `from` on, above the bar at the bottom. */
export function focusOn(element, { from, bar }) {
  if (!element) return;
  element.focus({ preventScroll: true });
  const { top, bottom } = from.getBoundingClientRect();
  const free = window.innerHeight - bar.offsetHeight;
  if (top >= 0 && bottom <= free) return;
  from.scrollIntoView({ block: top < 0 || bottom - top > free ? "start" : "center" });
}
