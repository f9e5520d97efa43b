// The focus goes where the next thing to read is, and that place comes into view.

/** Focus `element`, and show it from the beginning of `from` on, above the bar at the bottom. */
export function focusOn(element, { from, bar }) {
  if (!element) return;
  element.focus({ preventScroll: true });
  // The page says with scroll-padding what its own bars cover.
  const covered = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  const { top, bottom } = from.getBoundingClientRect();
  const end = window.innerHeight - bar.offsetHeight;
  if (top >= covered && bottom <= end) return;
  const fits = bottom - top <= end - covered;
  from.scrollIntoView({ block: fits && top >= covered ? "center" : "start" });
}
