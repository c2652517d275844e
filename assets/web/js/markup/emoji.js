// Runs of emoji, which have a face of their own.

const clusters = new Intl.Segmenter("und", { granularity: "grapheme" });

// Drawn as an emoji by its own nature, or because a variation selector asks for it.
const EMOJI =
  /\u{FE0F}|^[\u{1F300}-\u{1FAFF}\u{1F000}-\u{1F2FF}\u231A\u231B\u23E9-\u23EC\u23F0\u23F3\u25FD\u25FE\u2614\u2615\u2648-\u2653\u267F\u2693\u26A1\u26AA\u26AB\u26BD\u26BE\u26C4\u26C5\u26CE\u26D4\u26EA\u26F2\u26F3\u26F5\u26FA\u26FD\u2705\u270A\u270B\u2728\u274C\u274E\u2753-\u2755\u2757\u2795-\u2797\u27B0\u27BF\u2B1B\u2B1C\u2B50\u2B55]/u;
// Text without any of these holds none, and is not cut into clusters.
const MAY_HOLD = /[\u231A-\u2B55\u{FE0F}\u{1F000}-\u{1FAFF}]/u;

/** Cuts text into runs with and without emoji, and adds them to `spans`. */
export function emojiRuns(text, kind, spans) {
  if (text === "") return;
  if (!MAY_HOLD.test(text)) {
    push(text, kind, spans);
    return;
  }
  for (const { segment } of clusters.segment(text)) {
    push(segment, EMOJI.test(segment) ? "emoji" : kind, spans);
  }
}

function push(text, kind, spans) {
  const last = spans.at(-1);
  if (last?.kind === kind) last.text += text;
  else spans.push({ kind, text });
}
