/** The doctor's page: a note in, a cited differential out. The service decides; this page shows. */

import { element } from "/widget/elements.js";

const WORDS = {
  en: {
    title: "Decision support", help: "For clinicians. Paste a note or describe the case. A token for local use comes from: medbrain token --role doctor",
    token: "Access token", age: "Age in years", sex: "Sex", unknown: "Not known", female: "Female", male: "Male", note: "Note", assess: "Assess", empty: "The differential appears here, with reasons and sources.",
    working: "Assessing …", understood: "Understood", for: "For", against: "Against", open: "Not yet known", tests: "Suggested tests", care: "First-line care", passages: "From the literature", sources: "Sources", next: "Ask next", denied: "This token is not valid here. It must be a doctor's and not expired.",
    department: "Department", version: "Knowledge {version}", status: "drafted, not clinically reviewed",
    emergency_ambulance: "Ambulance now", emergency: "Emergency department now", consultation_24: "See a doctor within 24 hours", consultation: "Routine appointment", self_care: "Self-care", uncertain: "Uncertain",
  },
  zh: {
    title: "辅助决策", help: "供医生使用。粘贴病历或描述病情。本地令牌可用命令获取：medbrain token --role doctor",
    token: "访问令牌", age: "年龄（岁）", sex: "性别", unknown: "不详", female: "女", male: "男", note: "病历描述", assess: "分析", empty: "鉴别诊断将显示在这里，附理由和来源。",
    working: "正在分析……", understood: "已识别", for: "支持", against: "不支持", open: "尚不清楚", tests: "建议检查", care: "初步处理", passages: "文献依据", sources: "来源", next: "下一步询问", denied: "令牌无效：须为医生令牌且未过期。",
    department: "科室", version: "知识版本 {version}", status: "草稿，未经临床审核",
    emergency_ambulance: "立即呼叫救护车", emergency: "立即去急诊", consultation_24: "24小时内就诊", consultation: "普通门诊", self_care: "自我护理", uncertain: "不确定",
  },
};
const $ = (selector) => document.querySelector(selector);
let language = (localStorage.getItem("medbrain-language") ?? navigator.language).startsWith("zh") ? "zh" : "en";
const say = (key) => WORDS[language][key] ?? key;

function label() {
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = say(place.dataset.text);
  for (const button of document.querySelectorAll("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  if (!$("#answer").dataset.full) $("#answer").replaceChildren(element("p", { class: "empty", text: say("empty") }));
  $("#token-field").hidden = Boolean(sessionStorage.getItem("medbrain-doctor"));
}

function fail(text) {
  const place = $("#case .error");
  place.textContent = text;
  place.hidden = !text;
}

async function assess(form) {
  const given = form.get("token").trim();
  if (given) sessionStorage.setItem("medbrain-doctor", given);
  const body = { note: form.get("note"), language };
  if (form.get("age")) body.age_years = Number(form.get("age"));
  if (form.get("sex")) body.sex = form.get("sex");
  const response = await fetch("/v1/decision-support", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${sessionStorage.getItem("medbrain-doctor") ?? ""}` },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if ([401, 403].includes(response.status)) {
    sessionStorage.removeItem("medbrain-doctor");
    label();
    throw new Error(say("denied"));
  }
  if (!response.ok) throw new Error(answer.detail ?? `HTTP ${response.status}`);
  return answer;
}

const list = (items) => element("ul", {}, items.map((text) => element("li", { text })));
const block = (title, content) => element("div", {}, element("h3", { text: title }), content);

function show(answer) {
  $("#answer").dataset.full = "yes";
  $("#answer").replaceChildren(
    urgency(answer),
    ...answer.conditions.filter((c) => c.probability >= 0.005).slice(0, 8).map(condition),
    element("p", { class: "muted", text: `${answer.notice} ${say("version").replace("{version}", answer.knowledge_version)}` }),
  );
}

function urgency(answer) {
  const findings = answer.case.findings.map((f) => element("span", { class: `chip ${f.presence}`, text: f.name }));
  const next = answer.next_question;
  return element(
    "div",
    { class: "card urgency", "data-urgency": answer.urgency },
    element("h2", { text: say(answer.urgency) }),
    element("p", { text: answer.urgency_reason }),
    element("p", { class: "muted", text: `${say("department")}: ${answer.department_name}` }),
    next ? element("p", { text: `${say("next")}: ${next.text}` }) : null,
    element("div", { class: "chips", "aria-label": say("understood") }, findings),
  );
}

function condition(found, index) {
  const percent = Math.round(found.probability * 100);
  return element(
    "details",
    { class: "card condition", open: index === 0 },
    element(
      "summary",
      {},
      element("span", { class: "name", text: `${found.name} · ${found.icd10.join(", ")}` }),
      element("span", { class: "share", text: `${percent} %` }),
      element("progress", { class: "track", max: 100, value: percent, "aria-hidden": "true" }),
    ),
    element(
      "div",
      { class: "columns" },
      found.reasons_for.length ? block(say("for"), list(found.reasons_for.map((r) => r.name))) : null,
      found.reasons_against.length ? block(say("against"), list(found.reasons_against.map((r) => r.name))) : null,
      found.not_yet_known.length ? block(say("open"), list(found.not_yet_known.map((r) => r.name))) : null,
      found.tests.length ? block(say("tests"), list(found.tests)) : null,
    ),
    block(say("care"), element("p", { text: found.care })),
    found.citations.length ? block(say("passages"), element("div", {}, found.citations.map(citation))) : null,
    block(`${say("sources")} (${say("status")})`, element("ul", {}, found.sources.map((s) => element("li", {}, link(s.url, `${s.title}. ${s.publisher} ${s.year}`))))),
  );
}

function link(url, text) {
  if (!/^https?:\/\//.test(url ?? "")) return element("span", { text });
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer", text });
}

function citation(cited) {
  const name = [cited.title, cited.source, cited.year].filter(Boolean).join(" · ");
  return element("div", {}, link(cited.url, name), cited.quote ? element("blockquote", { text: cited.quote }) : null);
}

$("#case").addEventListener("submit", async (event) => {
  event.preventDefault();
  fail("");
  $("#answer").replaceChildren(element("p", { class: "empty", text: say("working") }));
  try {
    show(await assess(new FormData(event.target)));
    label();
  } catch (error) {
    delete $("#answer").dataset.full;
    label();
    fail(error.message);
  }
});
for (const button of document.querySelectorAll("[data-language]"))
  button.addEventListener("click", () => {
    language = button.dataset.language;
    localStorage.setItem("medbrain-language", language);
    delete $("#answer").dataset.full;
    label();
  });
label();
