/**
 * <medbrain-chat>: the whole patient chat as one custom element, no framework, no build step.
 *
 *   <script type="module" src="/widget/medbrain-chat.js"></script>
 *   <medbrain-chat locale="en"></medbrain-chat>
 *
 * Attributes: locale ("en", "zh"), endpoint (where the service is; default: this script's origin).
 * Events: medbrain-outcome and medbrain-emergency, both with the urgency alone in `detail`.
 */

import { element, icon } from "./elements.js";
import { render, renderOwn } from "./messages.js";
import { ChatSession, SessionError } from "./session.js";
import { CSS } from "./styles.js";

const SENDING_TRIES = 3;
const RETRY_MS = 800;
const LONGEST_TEXT = 4000;

/** What is said when not even the page's words could be fetched. */
const OFFLINE = {
  en: "The service cannot be reached just now. In an emergency call 911 (or 112 / 999).",
  zh: "暂时无法连接服务。如遇紧急情况，请立即拨打120。",
};

const sheet = new CSSStyleSheet();
sheet.replaceSync(CSS);

class MedbrainChat extends HTMLElement {
  static observedAttributes = ["locale"];

  #texts = {};
  #session = null;
  #parts = {};
  #busy = false;
  #language = "";

  connectedCallback() {
    if (this.#session) return;
    const endpoint = this.getAttribute("endpoint") ?? new URL(import.meta.url).origin;
    this.#session = new ChatSession(endpoint, window.sessionStorage);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.#build();
    this.#open();
  }

  attributeChangedCallback() {
    if (this.#session && this.locale !== this.#language) this.#restart();
  }

  /** The language in use. */
  get locale() {
    return (this.getAttribute("locale") ?? navigator.language ?? "en").startsWith("zh") ? "zh" : "en";
  }

  #build() {
    const log = element("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
    const input = element("textarea", { rows: "1", maxlength: LONGEST_TEXT, onKeydown: (e) => this.#key(e) });
    input.addEventListener("input", () => this.#grow());
    const send = element("button", { type: "submit", class: "send" }, icon("send"));
    const composer = element("form", { class: "composer" }, input, send);
    composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say(input.value);
    });
    const actions = element("div", { class: "actions" });
    const title = element("h1", {});
    const subtitle = element("p", {});
    const panel = element(
      "section",
      { class: "panel" },
      element(
        "header",
        { class: "top" },
        element("span", { class: "avatar" }, icon("heart", 22)),
        element("div", { class: "grow" }, title, subtitle),
      ),
      log,
      element("footer", { class: "foot" }, composer, actions),
    );
    this.shadowRoot.append(panel);
    this.#parts = { panel, log, input, send, actions, title, subtitle };
  }

  #label() {
    const { panel, log, input, send, actions, title, subtitle } = this.#parts;
    const texts = this.#texts;
    panel.lang = this.locale;
    title.textContent = texts.client_title ?? "Medical Brain";
    subtitle.textContent = texts.client_subtitle ?? "";
    panel.setAttribute("aria-label", title.textContent);
    log.setAttribute("aria-label", texts.client_log ?? title.textContent);
    input.placeholder = texts.client_placeholder ?? "";
    input.setAttribute("aria-label", texts.client_placeholder ?? "");
    send.setAttribute("aria-label", texts.client_send ?? "");
    const commands = [
      ["client_go_back", () => this.#say(texts.client_go_back)],
      ["client_stop", () => this.#say(texts.client_stop)],
      ["client_start_over", () => this.#say(texts.client_start_over)],
      ["client_erase", () => this.#restart()],
    ];
    actions.replaceChildren(
      ...commands
        .filter(([key]) => texts[key])
        .map(([key, act]) => element("button", { type: "button", text: texts[key], onClick: act })),
    );
  }

  async #open() {
    this.#language = this.locale;
    await this.#during(async () => {
      const opened = await this.#session.open(this.locale);
      this.#texts = opened.texts ?? (await this.#session.texts(this.locale)).texts;
      this.#label();
      return opened.messages;
    });
  }

  /** Erase this conversation and begin again, in the language of now. */
  async #restart() {
    this.#parts.log.replaceChildren();
    try {
      await this.#session.erase();
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#session.forget();
    }
    await this.#open();
  }

  #say(words) {
    const text = (words ?? "").trim();
    if (!text || this.#busy) return;
    this.#parts.input.value = "";
    this.#grow();
    this.#exchange(text, (id) => this.#session.sendText(id, text));
  }

  #choose(questionId, values, label) {
    if (this.#busy) return;
    this.#exchange(label, (id) => this.#session.sendChoice(id, questionId, values));
  }

  async #exchange(label, send) {
    this.#settle();
    this.#append(renderOwn(label));
    const id = crypto.randomUUID();
    await this.#during(async () => (await this.#tryAgain(() => send(id))).messages);
  }

  /** The same message, with the same id, a few times: the service answers it once. */
  async #tryAgain(send) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        const worthAnother = error.status === 0 || error.status >= 500;
        if (!worthAnother || attempt === SENDING_TRIES) throw error;
        await new Promise((resume) => setTimeout(resume, RETRY_MS * attempt));
      }
    }
  }

  /** Shows that something is under way until `work` gives the messages, then shows these. */
  async #during(work) {
    this.#busy = true;
    this.#parts.send.disabled = true;
    const waiting = element("div", { class: "bubble" }, element("span", { class: "dots" }, ["i", "i", "i"].map((tag) => element(tag))));
    this.#append(waiting);
    try {
      const messages = await work();
      // Gone before the answer is scrolled to: taken out above it, it would push its title out of sight.
      waiting.remove();
      this.#show(messages);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      await this.#failed(error);
    } finally {
      waiting.remove();
      this.#busy = false;
      this.#parts.send.disabled = false;
      if (matchMedia("(pointer: fine)").matches) this.#parts.input.focus({ preventScroll: true });
    }
  }

  async #failed(error) {
    if ([401, 404].includes(error.status)) {
      this.#session.forget();
      this.#append(render({ kind: "error", text: this.#texts.client_expired ?? OFFLINE[this.locale] }, {}));
      return;
    }
    const text = this.#texts.client_unreachable ?? OFFLINE[this.locale];
    this.#append(render({ kind: "error", text }, {}));
  }

  /** Old questions lose their buttons: an answer belongs to the latest one. */
  #settle() {
    for (const bubble of this.#parts.log.querySelectorAll(".question, .understood")) {
      bubble.classList.add("done");
      for (const control of bubble.querySelectorAll("input, .choices button")) control.disabled = true;
    }
  }

  #show(messages) {
    const context = { texts: this.#texts, choose: (...picked) => this.#choose(...picked) };
    let first = null;
    for (const entry of messages) {
      const message = entry.message ?? entry;
      this.#settle();
      const own = entry.from === "user";
      const shown = own ? renderOwn(message.text) : render(message, context);
      this.#append(shown);
      if (!own) first ??= shown;
      this.#announce(message);
      this.#expect(message);
    }
    // A long card is read from its top.
    if (first) this.#parts.log.scrollTo({ top: Math.max(0, first.offsetTop - 12) });
  }

  #announce(message) {
    if (!["outcome", "emergency"].includes(message.kind)) return;
    const detail = { urgency: message.urgency };
    this.dispatchEvent(new CustomEvent(`medbrain-${message.kind}`, { detail, bubbles: true, composed: true }));
  }

  #expect(message) {
    if (message.kind !== "question") return;
    this.#parts.input.inputMode = message.expects === "number" ? "decimal" : "text";
  }

  #append(node) {
    const { log } = this.#parts;
    log.append(node);
    log.scrollTop = log.scrollHeight;
  }

  #grow() {
    const { input } = this.#parts;
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 140)}px`;
  }

  #key(event) {
    // Enter that ends an input method's composition (Chinese) must not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#say(this.#parts.input.value);
  }
}

customElements.define("medbrain-chat", MedbrainChat);
