// Requests to the server. What fails on the way is told apart from what the server refuses.

const PATIENCE = 20000;

function cookie(name) {
  const found = new RegExp("(?:^|;\\s*)" + name + "=([^;]*)").exec(document.cookie);
  return found ? decodeURIComponent(found[1]) : "";
}

/** `passing` says that the same request may succeed later; `body` is what the server sent. */
export class Refusal extends Error {
  constructor(code, message, { passing = false, body = {} } = {}) {
    super(message);
    Object.assign(this, { code, passing, body });
  }
}

export async function ask(method, address, body) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE);
  let response, answer;
  try {
    response = await fetch(address, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: { "Content-Type": "application/json", "X-XSRFToken": cookie("_xsrf") },
      body: body && JSON.stringify(body),
      signal: control.signal,
    });
    answer = await response.json();
  } catch {
    throw new Refusal("network", "", { passing: true });
  } finally {
    clearTimeout(timer);
  }
  return judged(response.status, answer);
}

function judged(status, answer) {
  if (status < 300) return answer;
  const error = (answer && answer.error) || {};
  const passing = status === 408 || status === 429 || status >= 500 || error.code === "xsrf";
  throw new Refusal(error.code || "refused", error.message || "", { passing, body: error });
}

/** POST one file; `progress` is told the share that has been sent. */
export function upload(address, file, name, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address + "?name=" + encodeURIComponent(name));
    request.setRequestHeader("X-XSRFToken", cookie("_xsrf"));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onerror = () => reject(new Refusal("network", "", { passing: true }));
    request.onload = () => {
      try {
        resolve(judged(request.status, JSON.parse(request.responseText)));
      } catch (error) {
        reject(error instanceof Refusal ? error : new Refusal("network", "", { passing: true }));
      }
    };
    request.send(file);
  });
}
