// Code, lit: the words of the language, and comments.

// Words of the languages that people paste most; one list serves them all.
const KEYWORDS = new Set([
  "as", "async", "await", "break", "case", "catch", "class", "const", "continue", "def",
  "default", "do", "elif", "else", "enum", "except", "export", "extends", "false", "finally",
  "fn", "for", "from", "func", "function", "go", "if", "impl", "import", "in", "interface",
  "lambda", "let", "loop", "match", "mod", "move", "mut", "new", "nil", "None", "null",
  "package", "pub", "raise", "return", "select", "self", "static", "struct", "super", "switch",
  "this", "throw", "trait", "true", "True", "False", "try", "type", "use", "var", "where",
  "while", "with", "yield",
]);

/** Lights code: runs of `{text, light}`, light being plain, keyword or comment. */
export function lit(text) {
  const spans = [];
  const push = (text, light) => {
    const last = spans.at(-1);
    if (last?.light === light) last.text += text;
    else if (text !== "") spans.push({ text, light });
  };
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
    const at = commentAt(line);
    for (const word of line.slice(0, at).match(/[\p{Alphabetic}\p{Number}_]+|[^\p{Alphabetic}\p{Number}_]+/gu) ?? []) {
      push(word, KEYWORDS.has(word) ? "keyword" : "plain");
    }
    push(line.slice(at), "comment");
  }
  return spans;
}

// Where a line's comment begins; its length where there is none.
function commentAt(line) {
  const places = ["//", "# "].map((mark) => line.indexOf(mark));
  return Math.min(line.length, ...places.filter((at) => at >= 0 && isComment(line, at)));
}

// Not the `//` of an address, nor within a string.
function isComment(line, at) {
  const before = line.slice(0, at);
  return !before.endsWith(":") && (before.match(/"/g) ?? []).length % 2 === 0;
}
