// The settings: profile, how it looks, notifications, sessions, password, keys.

import { button, h } from "./dom.js";
import { ask, field, openDialog } from "./dialog.js";
import { tr } from "./locale.js";
import { askPermission, permission } from "./notify.js";
import { why } from "./refusal.js";
import { choose, look } from "./theme.js";
import { toast } from "./toasts.js";
import { short } from "./when.js";

function section(title, ...children) {
  return h("section.set", {}, h("h3", {}, title), ...children);
}

function line(label, control, below) {
  return h("div.set-line", {}, h("span.grow", {}, h("span.block", {}, label), below && h("span.hint.block", {}, below)), control);
}

// One of a few, as buttons side by side.
function oneOf(label, choices, chosen, act) {
  const group = h("span.seg", { role: "radiogroup", aria: { label } });
  const show = (now) =>
    group.replaceChildren(
      ...choices.map(([value, words]) =>
        h("button", { type: "button", role: "radio", class: value === now ? "on" : "", aria: { checked: value === now }, onclick: () => (act(value), show(value)) }, words),
      ),
    );
  show(chosen);
  return group;
}

function appearance() {
  const now = look();
  const themes = ["system", "light", "dark"].map((theme) => [theme, tr(`settings-theme-${theme}`)]);
  const sizes = ["s", "m", "l", "xl"].map((size) => [size, tr(`settings-size-${size}`)]);
  return section(
    tr("settings-appearance"),
    line(tr("settings-theme"), oneOf(tr("settings-theme"), themes, now.theme, (theme) => choose({ theme }))),
    line(tr("settings-text-size"), oneOf(tr("settings-text-size"), sizes, now.size, (size) => choose({ size }))),
  );
}

function notices(notify) {
  const state = h("span.hint", { role: "status" });
  const toggle = h("button.tog", { type: "button", role: "switch", aria: { label: tr("web-notices") } });
  const show = () => {
    toggle.setAttribute("aria-checked", String(notify.wanted));
    toggle.disabled = ["denied", "none"].includes(permission());
    state.textContent = tr(permission() === "denied" ? "web-notices-denied" : "web-notices-how");
  };
  toggle.addEventListener("click", async () => {
    if (notify.wanted) notify.wanted = false;
    else notify.wanted = permission() === "granted" || (await askPermission()) === "granted";
    show();
  });
  show();
  return section(tr("web-notices-title"), line(tr("web-notices"), toggle, null), state);
}

function profile(account, connection) {
  const name = h("input.inp", { type: "text", value: account.me.name, maxLength: 64, autocomplete: "off" });
  const status = h("input.inp", { type: "text", value: account.me.status, maxLength: 140, placeholder: tr("settings-status-placeholder"), autocomplete: "off" });
  const keep = async (event) => {
    event.preventDefault();
    try {
      await connection.request({ type: "profile", name: name.value.trim(), status: status.value.trim() }).then((user) => account.apply({ ...user, type: "user" }));
      toast(tr("settings-profile-kept"));
    } catch (refusal) {
      toast(tr("settings-profile-not-kept", { why: why(refusal) }), "bad");
    }
  };
  return section(
    tr("settings-profile"),
    h("p.hint", {}, tr("settings-who", { username: `@${account.me.username}`, server: account.server.name })),
    h("form.form", { onsubmit: keep }, field(tr("sign-in-name"), name), field(tr("settings-status"), status, tr("settings-status-hint")), h("button.btn", { type: "submit" }, tr("settings-keep"))),
  );
}

function password(account, connection) {
  const input = (autocomplete) => h("input.inp", { type: "password", autocomplete, required: true });
  const [old, now] = [input("current-password"), input("new-password")];
  const error = h("p.field-error", { role: "alert", hidden: true });
  const change = async (event) => {
    event.preventDefault();
    error.hidden = true;
    try {
      await connection.request({ type: "change_password", old: old.value, new: now.value });
      toast(tr("settings-password-changed"));
      old.value = now.value = "";
    } catch (refusal) {
      error.textContent = [tr("settings-password-not-changed", { why: why(refusal) }), ...(refusal.rules ?? [])].join(" ");
      error.hidden = false;
    }
  };
  const user = h("input", { type: "text", autocomplete: "username", value: account.me.username, hidden: true, readOnly: true });
  return h("form.form", { onsubmit: change }, user, field(tr("settings-password-old"), old), field(tr("settings-password-new"), now), error, h("button.btn", { type: "submit" }, tr("settings-password-change")));
}

function sessions(account, connection) {
  const list = h("div", {}, h("p.hint", {}, tr("settings-waits")));
  const load = async () => {
    try {
      const answer = await connection.request({ type: "sessions" });
      list.replaceChildren(...answer.sessions.map((session) => one(session)));
    } catch (refusal) {
      list.replaceChildren(h("p.hint", {}, tr("settings-no-sessions", { why: why(refusal) })));
    }
  };
  const end = (session, label) =>
    ask({
      title: tr("confirm-end-session", { label }), about: tr("confirm-end-session-about"), yes: tr("confirm-end-session-yes"),
      act: async () => {
        try {
          await connection.request({ type: "end_session", session: session.session });
          toast(tr("settings-session-ended"));
        } catch (refusal) {
          toast(tr("settings-session-not-ended", { why: why(refusal) }), "bad");
        }
        load();
      },
    });
  const one = (session) => {
    const label = session.label || tr("settings-no-label");
    const about = tr("settings-session", { seen: short(Date.parse(session.seen)), address: session.address, created: short(Date.parse(session.created)) });
    const act = session.current ? h("span.tag.o", {}, tr("settings-this-one")) : button("dan.sm", tr("settings-sign-out"), () => end(session, label), { aria: { label: `${tr("settings-sign-out")}: ${label}` } });
    return line(label, act, about);
  };
  load();
  return section(tr("settings-sessions"), list, password(account, connection));
}

const KEYS = ["jump", "rooms", "unread", "search", "search-all", "people", "region", "send", "break", "edit-last", "escape"];

function keyboard() {
  const row = (key) => h("div.set-line", {}, h("span.grow", {}, tr(`keys-${key}-does`)), h("span.kbd", {}, tr(`keys-${key}`)));
  return section(tr("settings-keyboard"), ...KEYS.map(row));
}

/** Opens the settings. */
export function openSettings({ account, connection, notify }) {
  openDialog({
    title: tr("settings-title"),
    kind: "settings",
    body: [profile(account, connection), appearance(), notices(notify), sessions(account, connection), keyboard()],
  });
}
