/**
 * Each kind of message as page elements. The kinds are a closed union (assistant/dialogue/messages.py);
 * one that is not known here is shown as its text, never as an empty bubble.
 */

import { element, icon } from "./elements.js";

const URGENCY_ICONS = {
  emergency_ambulance: "alert",
  emergency: "alert",
  consultation_24: "clock",
  consultation: "stethoscope",
  self_care: "home",
  uncertain: "question",
};

/**
 * @param {object} message one message of the wire
 * @param {{texts: object, choose: Function}} context words of the page; what a pressed button calls
 * @returns {HTMLElement}
 */
export function render(message, context) {
  const draw = KINDS[message.kind] ?? plain;
  return draw(message, context);
}

/** What the person said. */
export function renderOwn(text) {
  return element("div", { class: "bubble own", text });
}

const KINDS = {
  text: plain,
  question: question,
  understood: understood,
  outcome: outcome,
  emergency: emergency,
  answer: answer,
  error: problem,
};

function plain(message) {
  return element("div", { class: "bubble", text: message.text ?? "" });
}

function problem(message) {
  return element("div", { class: "bubble problem", role: "alert" }, icon("alert"), span(message.text));
}

function span(text, className) {
  return element("span", { text, class: className });
}

function question(message, context) {
  const card = element("div", { class: "bubble question" }, element("p", { text: message.text }));
  if (message.asked && message.at_most) card.prepend(progress(message, context));
  if (message.why) card.append(why(message, context));
  if (message.choices.length) {
    card.append(message.multiple ? severalChoices(message, context) : choices(message, context));
  }
  return card;
}

function progress(message, { texts }) {
  const label = `${texts.client_progress ?? ""} ${message.asked} / ${message.at_most}`.trim();
  return element(
    "div",
    { class: "progress" },
    element("progress", { value: message.asked, max: message.at_most, "aria-label": label }),
    span(label),
  );
}

function why(message, { texts }) {
  return element(
    "details",
    { class: "why" },
    element("summary", { text: texts.client_why ?? "?" }),
    element("p", { text: message.why }),
  );
}

function choices(message, { choose }) {
  return element(
    "div",
    { class: "choices", role: "group" },
    message.choices.map((choice) =>
      element("button", {
        type: "button",
        class: "choice",
        text: choice.label,
        "data-value": choice.value,
        onClick: () => choose(message.id, [choice.value], choice.label),
      }),
    ),
  );
}

function severalChoices(message, { choose, texts }) {
  const boxes = message.choices.map((choice) => {
    const box = element("input", { type: "checkbox", value: choice.value });
    return { box, label: element("label", { class: "tick" }, box, span(choice.label)), choice };
  });
  const send = () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ choice }) => choice);
    choose(message.id, chosen.map((c) => c.value), chosen.map((c) => c.label).join("、") || "–");
  };
  return element(
    "div",
    { class: "several" },
    boxes.map(({ label }) => label),
    element("button", { type: "button", class: "primary", text: texts.client_confirm ?? "OK", onClick: send }),
  );
}

/** What was understood: every item can be unticked before it is confirmed. */
function understood(message, { choose, texts }) {
  const rows = message.items.map((item) => {
    const box = element("input", { type: "checkbox", checked: true, value: item.id });
    const state = texts[`client_${item.presence}`];
    const label = element("label", { class: `tick ${item.presence}` }, box, span(item.name));
    if (state && item.presence !== "present") label.append(span(state, "state"));
    return { box, label };
  });
  const keep = (value) => {
    const kept = rows.filter(({ box }) => box.checked).map(({ box }) => box.value);
    const label = message.choices.find((choice) => choice.value === value)?.label ?? value;
    // With every item unticked nothing of it is right.
    const chosen = value === "confirm" && !kept.length ? "reject" : value;
    choose(message.id, [chosen, ...kept], label);
  };
  return element(
    "div",
    { class: "bubble understood" },
    element("p", { text: message.text }),
    element("div", { class: "ticks" }, rows.map(({ label }) => label)),
    element(
      "div",
      { class: "choices", role: "group" },
      message.choices.map((choice, index) =>
        element("button", {
          type: "button",
          class: index === 0 ? "primary" : "choice",
          text: choice.label,
          "data-value": choice.value,
          onClick: () => keep(choice.value),
        }),
      ),
    ),
  );
}

function callButton(number, label) {
  return element(
    "a",
    { class: "call", href: `tel:${number.replace(/[^+\d]/g, "")}` },
    icon("phone"),
    span(label),
  );
}

function emergency(message, { texts }) {
  return element(
    "section",
    { class: `card emergency${message.crisis ? " crisis" : ""}`, role: "alert" },
    element("header", {}, icon(message.crisis ? "heart" : "alert", 28), element("h2", { text: message.title })),
    element("p", { class: "lead", text: message.text }),
    callButton(message.call, message.call_label),
    list(message.advice, "advice"),
    foldedSources(message.sources, texts, message.reasons, texts.client_reasons),
  );
}

function outcome(message, { texts }) {
  return element(
    "section",
    { class: "card outcome", "data-urgency": message.urgency },
    element(
      "header",
      {},
      icon(URGENCY_ICONS[message.urgency] ?? "question", 28),
      element("h2", { text: message.title }),
    ),
    element("p", { class: "lead", text: message.text }),
    message.call ? callButton(message.call, `${texts.client_call ?? ""} ${message.call}`.trim()) : null,
    fact(texts.client_reason, message.urgency_reason),
    fact(texts.client_department, message.department),
    message.conditions.length ? element("h3", { text: texts.client_conditions }) : null,
    message.conditions.map((condition, index) => possible(condition, texts, index === 0)),
    message.return_sooner.length ? element("h3", { text: texts.client_return_sooner }) : null,
    list(message.return_sooner, "warnings"),
    foldedSources(message.sources, texts),
    element("p", { class: "small", text: message.disclaimer }),
  );
}

function fact(title, text) {
  if (!text) return null;
  return element("p", { class: "fact" }, element("strong", { text: title }), span(text));
}

function possible(condition, texts, open) {
  const meter = element("span", { class: "meter", "aria-hidden": "true" });
  const filled = Math.max(1, Math.round(condition.probability * 5));
  for (let step = 0; step < 5; step += 1) meter.append(element("i", { class: step < filled ? "on" : "" }));
  return element(
    "details",
    { class: "condition", open },
    element("summary", {}, span(condition.name, "name"), span(condition.likelihood, "likelihood"), meter),
    reasons(texts.client_for, condition.reasons_for, "for"),
    reasons(texts.client_against, condition.reasons_against, "against"),
    condition.advice.length ? element("h4", { text: texts.client_advice }) : null,
    list(condition.advice, "advice"),
    citations(condition.sources),
  );
}

function reasons(title, items, className) {
  if (!items.length) return null;
  return element("div", { class: `reasons ${className}` }, element("h4", { text: title }), list(items));
}

function list(items, className) {
  if (!items?.length) return null;
  return element("ul", { class: className }, items.map((item) => element("li", { text: item })));
}

function foldedSources(sources, texts, why = [], whyTitle = "") {
  if (!sources.length && !why.length) return null;
  return element(
    "details",
    { class: "sources" },
    element("summary", { text: texts.client_sources }),
    why.length ? reasons(whyTitle, why, "because") : null,
    citations(sources),
  );
}

function citations(sources) {
  if (!sources.length) return null;
  return element(
    "ol",
    { class: "citations" },
    sources.map((source) => {
      const name = [source.title, source.source, source.year].filter(Boolean).join(" · ");
      const safe = /^https?:\/\//.test(source.url ?? "");
      const title = safe
        ? element("a", { href: source.url, target: "_blank", rel: "noopener noreferrer", text: name })
        : span(name);
      return element("li", {}, title, source.quote ? element("q", { text: source.quote }) : null);
    }),
  );
}

function answer(message, { texts }) {
  return element(
    "div",
    { class: "bubble answer" },
    element("p", { text: message.text }),
    foldedSources(message.citations, texts),
  );
}
