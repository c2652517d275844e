// Slash commands, done.

import { tr } from "./locale.js";
import { why } from "./refusal.js";
import { allowed, isCommand, parse, unescaped } from "./slash.js";
import { toast } from "./toasts.js";

// So many people are named in an answer to /who.
const NAMED = 40;

export class Commands {
  /** `send({text, replyTo})` sends a message; `opened(room)` brings a room to the front. */
  constructor({ account, connection, composer, outbox, send, opened }) {
    Object.assign(this, { account, connection, composer, outbox, send, opened });
    composer.accept = (written) => this.#take(written);
  }

  // Whether what is written was taken: a message is sent, a command is done.
  #take({ text, replyTo }) {
    if (!isCommand(text)) return this.send({ text: unescaped(text), replyTo });
    const room = this.account.rooms.get(this.account.front);
    const { error, command, whom, ...said } = parse(text, this.account.me, room);
    if (error) {
      this.composer.refuse(tr(error, { ...said, usage: command && tr(`slash-${command}`) }));
      return false;
    }
    if (command === "me") return this.send({ text: `/me ${said.text}`, replyTo });
    this.#run(command, room, whom, said.text);
    return "command";
  }

  #run(command, room, whom, text) {
    const acts = {
      help: () => this.#say(allowed(this.account.me, room).map((each) => tr("slash-line", { usage: tr(`slash-${each}`), what: tr(`slash-${each}-what`) })).join("\n"), room),
      nick: () => this.#ask({ type: "profile", name: text }),
      join: async () => this.opened((await this.#ask({ type: "join", room: text }, "answer-not-joined")).room),
      leave: () => this.#ask({ type: "leave", room: room.room }, "answer-not-left", tr("answer-left", { room: room.room })),
      msg: () => this.#direct(whom, text),
      topic: () => this.#ask({ type: "set_topic", room: room.room, topic: text }, "answer-not-done", tr("done-topic")),
      who: () => this.#who(room),
      kick: () => this.#ask({ type: "kick", username: whom, reason: text }, "answer-not-done", tr("done-kicked", { who: this.account.nameOf(whom) })),
      ban: () => this.#ask({ type: "ban", username: whom, reason: text }, "answer-not-done", tr("done-banned", { who: this.account.nameOf(whom) })),
      alert: () => this.#ask({ type: "alert", text }, "answer-not-done", tr("done-alerted")),
    };
    Promise.resolve(acts[command]()).catch((failed) => {
      // What was refused has been said already.
      if (failed !== REFUSED) throw failed;
    });
  }

  async #ask(line, failed = "answer-not-done", done = null) {
    try {
      const answer = await this.connection.request(line);
      if (done) toast(done);
      return answer;
    } catch (refusal) {
      toast(tr(failed, { who: this.account.nameOf(line.username ?? ""), why: why(refusal) }), "bad");
      throw REFUSED;
    }
  }

  async #direct(username, text) {
    const { room } = await this.#ask({ type: "open_direct", username }, "answer-no-direct");
    if (text !== "" && !this.outbox.add({ room, text, replyTo: null, files: [], transfers: [] })) toast(tr("web-not-kept"), "bad");
    this.opened(room);
  }

  async #who(room) {
    const { users, more } = await this.#ask({ type: "members", room: room.room });
    const names = users.slice(0, NAMED).map((user) => user.name).join(", ");
    const all = !more && users.length <= NAMED;
    this.#say(tr(all ? "who" : "who-more", { room: room.room, count: users.length, names }), room);
  }

  // Said over the field of the room that it was asked in.
  #say(text, room) {
    if (room.room === this.account.front) this.composer.inform(text);
  }
}

// Stands for a refusal that was shown.
const REFUSED = Symbol("refused");
