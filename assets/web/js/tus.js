// One upload by tus 1.0 (https://tus.io/protocols/resumable-upload): made, sent in pieces,
// gone on with from where the server has it. The session's cookie is the login.

const VERSION = { "Tus-Resumable": "1.0.0" };
// A piece is what a broken line can cost; the whole passes in as many as it takes.
const PIECE = 8 * 1024 * 1024;

/** Why an upload stopped: `status` is HTTP's, 0 where nothing was answered. */
export class UploadError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** Whether trying again can help. */
  get passes() {
    return this.status === 0 || this.status === 409 || this.status === 423 || this.status === 429 || this.status >= 500;
  }
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function call(method, url, { headers = {}, body = null, onSent, signal }) {
  return new Promise((resolve, reject) => {
    // fetch tells nothing of how far an upload is; this does.
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries({ ...VERSION, ...headers })) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onSent?.(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request);
      else reject(new UploadError(request.status, request.responseText.slice(0, 300)));
    };
    request.onerror = request.ontimeout = () => reject(new UploadError(0, ""));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/** Makes an upload for a file; resolves to its address. */
export async function create(file, room, signal) {
  const metadata = [`filename ${base64(file.name)}`, `room ${base64(room)}`];
  if (file.type) metadata.push(`filetype ${base64(file.type)}`);
  const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata.join(",") };
  const made = await call("POST", "/files", { headers, signal });
  const url = new URL(made.getResponseHeader("Location"), location.href);
  if (url.origin !== location.origin) throw new UploadError(502, "");
  return url.pathname;
}

/** How many bytes of an upload the server has; null if it does not know it any more. */
export async function offset(url, signal) {
  try {
    const head = await call("HEAD", url, { signal });
    return Number(head.getResponseHeader("Upload-Offset"));
  } catch (error) {
    if ([403, 404, 410].includes(error.status)) return null;
    throw error;
  }
}

/** Sends a file from `from` to its end; `onProgress(done)` hears how far it is. */
export async function send(file, url, from, { signal, onProgress }) {
  let done = from;
  onProgress(done);
  do {
    const piece = file.slice(done, done + PIECE);
    const headers = { "Upload-Offset": String(done), "Content-Type": "application/offset+octet-stream" };
    const sent = await call("PATCH", url, { headers, body: piece, signal, onSent: (bytes) => onProgress(done + bytes) });
    done = Number(sent.getResponseHeader("Upload-Offset"));
    onProgress(done);
  } while (done < file.size);
}

/** Takes an upload back. */
export function terminate(url) {
  return call("DELETE", url, {}).catch(() => {
    // What is left behind expires by itself.
  });
}
