// The address line, like the front of an envelope: who can read what is written here.

import { h } from "./dom.js";
import { tr } from "./locale.js";

export class Address {
  constructor(element, account, connection) {
    Object.assign(this, { element, account, connection });
    this.to = h("span.grow.cut");
    this.typing = h("span.typing", { aria: { live: "polite" } });
    element.append(this.to, this.typing);
  }

  /** Shows the room in front as it now is. */
  render() {
    const { account } = this;
    const room = account.rooms.get(account.front);
    if (!room) return;
    const server = account.server.name;
    const name = h("b", {}, room.with ? account.title(room) : `#${room.room}`);
    let rest = tr("address-offline", { server });
    if (this.connection.state.kind !== "offline") {
      rest = room.with ? tr("address-direct", { server }) : tr("address-room", { people: room.members, server });
    }
    this.to.replaceChildren(`${tr("address-to")} `, name, ` · ${rest}`);
    this.typing.textContent = this.#typing(room.room);
  }

  #typing(room) {
    const who = [...(this.account.typing.get(room)?.keys() ?? [])].map((username) => this.account.nameOf(username));
    if (who.length === 0 || !this.connection.online) return "";
    if (who.length === 1) return tr("typing-one", { a: who[0] });
    return who.length === 2 ? tr("typing-two", { a: who[0], b: who[1] }) : tr("typing-many");
  }
}
