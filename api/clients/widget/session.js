/**
 * The conversation without any page: talks to the service, keeps the token, knows no DOM.
 *
 * The token of an anonymous session is all that stays in the browser; the transcript comes from the
 * service. A message keeps its id when it is sent again, so it is answered once.
 */

const TIMEOUT_MS = 20_000;

/** A request that did not succeed; `status` is 0 when no answer came at all. */
export class SessionError extends Error {
  constructor(status, detail) {
    super(detail || `HTTP ${status}`);
    this.status = status;
  }
}

export class ChatSession {
  /**
   * @param {string} endpoint where the service is, "" for the page's own origin
   * @param {Storage} storage where the token is kept
   */
  constructor(endpoint, storage) {
    this.endpoint = endpoint.replace(/\/$/, "");
    this.storage = storage;
    this.key = `medbrain-session:${this.endpoint}`;
    this.token = this.#kept();
  }

  /** Begin, or pick up the conversation that the kept token belongs to. */
  async open(language) {
    if (this.token) {
      try {
        return await this.#request("GET", "/v1/chat/messages");
      } catch (error) {
        if (![401, 403, 404].includes(error.status)) throw error;
        this.forget();
      }
    }
    return this.start(language);
  }

  /** Begin a new conversation. */
  async start(language) {
    const opened = await this.#request("POST", "/v1/chat/sessions", { language });
    this.token = opened.token;
    try {
      this.storage.setItem(this.key, this.token);
    } catch {
      // Private browsing: the conversation then lives as long as the page.
    }
    return opened;
  }

  /** Send words. `id` stays the same when the message is sent again. */
  sendText(id, text) {
    return this.#request("POST", "/v1/chat/messages", { id, text });
  }

  /** Send the choices of a question. */
  sendChoice(id, questionId, values) {
    const choice = { question_id: questionId, values };
    return this.#request("POST", "/v1/chat/messages", { id, choice });
  }

  /** Have the service erase the conversation. */
  async erase() {
    if (this.token) await this.#request("DELETE", "/v1/chat/session");
    this.forget();
  }

  /** Let go of the token. */
  forget() {
    this.token = null;
    try {
      this.storage.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }

  /** The strings of the page in a language. */
  texts(language) {
    return this.#request("GET", `/v1/chat/texts?language=${encodeURIComponent(language)}`);
  }

  #kept() {
    try {
      return this.storage.getItem(this.key);
    } catch {
      return null;
    }
  }

  async #request(method, path, body) {
    const headers = { Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    let response;
    try {
      response = await fetch(this.endpoint + path, {
        method,
        headers,
        body: body ? JSON.stringify(body) : undefined,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw new SessionError(0, error.message);
    }
    if (response.status === 204) return {};
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new SessionError(response.status, answer.detail);
    return answer;
  }
}
