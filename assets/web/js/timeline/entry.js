// One line of a timeline: a message as it now stands, or a happening.

// Bumped by each change, so that a row knows whether it shows the present.
let revision = 0;

/** The entry of a message, from `history` or from its event. */
export function messageEntry(line) {
  return {
    kind: "message",
    seq: line.seq,
    time: Date.parse(line.time),
    from: line.from,
    name: line.name,
    text: line.text ?? "",
    nonce: line.nonce,
    replyTo: line.reply_to ?? null,
    files: line.files ?? [],
    edited: Boolean(line.edited),
    deleted: Boolean(line.deleted),
    reactions: line.reactions ?? [],
    revision: ++revision,
  };
}

/** The entry of a log event that is a line of its own, or null. */
export function eventEntry(line) {
  if (line.type === "message") return messageEntry(line);
  if (!["joined", "left", "topic"].includes(line.type)) return null;
  const { seq, username, name, by, reason, topic } = line;
  const time = Date.parse(line.time);
  return { kind: "system", what: line.type, seq, time, username, name, by, reason, topic, revision: ++revision };
}

/** Changes a message by what an `edited`, `deleted` or `reaction` event says. */
export function amend(entry, line, me) {
  if (line.type === "edited") {
    if (!entry.deleted) Object.assign(entry, { text: line.text, edited: true });
  } else if (line.type === "deleted") {
    Object.assign(entry, { text: "", files: [], reactions: [], deleted: true });
  } else if (line.type === "reaction") {
    entry.reactions = reacted(entry.reactions, line, me);
  }
  entry.revision = ++revision;
}

function reacted(reactions, { emoji, by, on }, me) {
  const kept = reactions.map((reaction) => ({ ...reaction, by: [...reaction.by] }));
  let reaction = kept.find((each) => each.emoji === emoji);
  if (!reaction) {
    if (!on) return kept;
    reaction = { emoji, count: 0, by: [], mine: false };
    kept.push(reaction);
  }
  const had = by === me ? reaction.mine : reaction.by.includes(by);
  if (had !== on) reaction.count += on ? 1 : -1;
  reaction.by = reaction.by.filter((each) => each !== by);
  if (on) reaction.by.push(by);
  if (by === me) reaction.mine = on;
  return kept.filter((each) => each.count > 0);
}
