// Why something was refused, in words: what happened and what to do.

import { tr } from "./locale.js";

// The codes of the protocol (docs/protocol.md, 2.7) that have a text of their own.
const CODES = new Set([
  "bad_credentials", "username_taken", "bad_username", "weak_password", "muted", "no_such_room", "room_exists",
  "bad_room_name", "not_a_member", "no_such_user", "no_such_message", "no_such_file", "text_too_long",
  "storage_unavailable", "internal", "lost", "banned", "forbidden", "bad_request",
]);

/** The words for a Refusal, or for what was kept of one. */
export function why(refusal) {
  const { code, message = "", retryAfter } = refusal ?? {};
  if (code === "rate_limited") {
    return retryAfter ? tr("error-rate-limited", { seconds: Math.ceil(retryAfter) }) : tr("error-rate-limited-some");
  }
  if (code === "timed_out") return tr("web-error-timed-out");
  if (code === "offline") return tr("error-offline");
  if (CODES.has(code)) return tr(`error-${code.replaceAll("_", "-")}`, { said: message });
  return tr("error-unknown", { said: message });
}
