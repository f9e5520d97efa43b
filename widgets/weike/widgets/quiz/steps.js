// Which buttons the bar offers, and which of them most people want now.

/**
 * `cards` in their order, `current` the one on the screen; `column` where all are. While `offline`,
 * an answer that was checked waits for its feedback, and its member need not.
 */
export function stepsOf({ phase, asking, column, cards, current, offline }) {
  const last = current === cards.length - 1;
  if (asking) return { kinds: [], primary: null };
  if (phase === "review") {
    const kinds = column ? ["result"] : [current > 0 && "back", "result", !last && "next"];
    return { kinds, primary: "result" };
  }
  const onward = last || column ? "submit" : "next";
  if (column) return { kinds: [onward], primary: onward };
  const card = cards[current];
  const check = card && card.atOnce && !card.silent && !card.feedback && !(offline && card.pending);
  return {
    kinds: [current > 0 && "back", check && "check", onward],
    primary: check ? "check" : onward,
  };
}
