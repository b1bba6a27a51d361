/** The administrator's page: asks for the report, draws it with ECharts, offers it as CSV. */

const REPORT = "/v1/reports/demand-by-department";
const URGENCIES = ["emergency_ambulance", "emergency", "consultation_24", "consultation", "self_care", "uncertain", "unknown"];
const WORDS = {
  en: {
    title: "Demand by department", sign_in_title: "Reports", token: "Access token", sign_in: "Open the reports",
    sign_in_help: "For administrators. A token for local use comes from: medbrain token --role administrator",
    from: "From", until: "To", show: "Show", csv: "Download CSV", by_department: "Encounters by department and urgency",
    by_hour: "By hour of the day", by_day: "By day", table: "Table", total: "Encounters", busiest: "Busiest department",
    peak: "Peak hour", emergencies: "Emergencies", department: "Department", stamp: "Computed {at} · no personal data",
    disclosure: "Small numbers are withheld (“<5”) and others rounded to 5, so that nobody can be recognised. Totals are of the rounded numbers.",
    none: "No encounters in this period.", fault: "The report could not be loaded: {why}", denied: "This token is not valid here. It must be an administrator's and not expired.",
    emergency_ambulance: "Ambulance", emergency: "Emergency", consultation_24: "Within 24 h", consultation: "Routine", self_care: "Self-care", uncertain: "Uncertain", unknown: "Not recorded",
  },
  zh: {
    title: "各科室就诊需求", sign_in_title: "报表", token: "访问令牌", sign_in: "打开报表",
    sign_in_help: "仅供管理人员使用。本地令牌可用命令获取：medbrain token --role administrator",
    from: "开始", until: "结束", show: "查询", csv: "下载 CSV", by_department: "各科室就诊量（按紧急程度）",
    by_hour: "按一天中的时段", by_day: "按日期", table: "明细", total: "就诊总数", busiest: "最繁忙科室",
    peak: "高峰时段", emergencies: "急诊", department: "科室", stamp: "计算于 {at} · 不含个人信息",
    disclosure: "为防止识别个人，较小的数字不显示（“<5”），其余四舍五入到5。合计为取整后的数字之和。",
    none: "该时段没有就诊记录。", fault: "报表加载失败：{why}", denied: "令牌无效：须为管理人员令牌且未过期。",
    emergency_ambulance: "救护车", emergency: "急诊", consultation_24: "24小时内", consultation: "普通门诊", self_care: "自我护理", uncertain: "不确定", unknown: "未记录",
  },
};
const COLOURS = { emergency_ambulance: "#a3231c", emergency: "#e0685c", consultation_24: "#e5a13c", consultation: "#4b87c9", self_care: "#4f9d69", uncertain: "#8d7cc4", unknown: "#a9b4b9" };
const $ = (selector) => document.querySelector(selector);
const dark = matchMedia("(prefers-color-scheme: dark)");
let language = (localStorage.getItem("medbrain-language") ?? navigator.language).startsWith("zh") ? "zh" : "en";
let shown = null;

const say = (key, values = {}) => WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const token = () => sessionStorage.getItem("medbrain-administrator");

function label() {
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = say(place.dataset.text);
  for (const button of document.querySelectorAll("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
}

async function request(format) {
  const period = new FormData($("#period"));
  const query = new URLSearchParams({ since: period.get("since"), until: period.get("until"), language, format });
  const response = await fetch(`${REPORT}?${query}`, { headers: { Authorization: `Bearer ${token()}` } });
  if (response.ok) return response;
  if ([401, 403].includes(response.status)) {
    sessionStorage.removeItem("medbrain-administrator");
    signIn(say("denied"));
    throw new Error(say("denied"));
  }
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `HTTP ${response.status}`);
}

function signIn(fault = "") {
  $("#sign-in").hidden = false;
  $("#report").hidden = true;
  const place = $("#sign-in .error");
  place.textContent = fault;
  place.hidden = !fault;
}

async function load() {
  $("#sign-in").hidden = true;
  $("#report").hidden = false;
  $("#fault").hidden = true;
  try {
    shown = arrange(await (await request("json")).json());
    draw();
  } catch (error) {
    $("#fault").textContent = say("fault", { why: error.message });
    $("#fault").hidden = false;
  }
}

/** The report's tables as the page draws them: departments with their urgencies, most visited first. */
function arrange({ tables, labels, computed_at }) {
  const urgency = new Map();
  for (const [department, level, count] of tables.urgencies.rows) {
    if (!urgency.has(department)) urgency.set(department, {});
    urgency.get(department)[level] = count;
  }
  const departments = tables.departments.rows
    .map(([id, total]) => ({ name: labels.department[id] ?? id, total, urgency: urgency.get(id) ?? {} }))
    .sort((a, b) => (b.total ?? 0) - (a.total ?? 0));
  const byHour = new Map(tables.hours.rows);
  const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, total: byHour.get(String(hour).padStart(2, "0")) ?? 0 }));
  return { departments, hours, days: tables.days.rows.map(([day, total]) => ({ day, total })), computed_at };
}

const sum = (numbers) => numbers.reduce((total, n) => total + (n ?? 0), 0);
const shownNumber = (n) => (n === null ? "<5" : n.toLocaleString(language));

/** A sum of which parts may be withheld: "≥" when more is behind it, "<n" when nothing else is known. */
function shownSum(numbers) {
  const withheld = numbers.filter((n) => n === null).length;
  const known = sum(numbers);
  if (!withheld) return known.toLocaleString(language);
  return known ? `≥${known.toLocaleString(language)}` : `<${4 * withheld + 1}`;
}

function draw() {
  const { departments, hours, days, computed_at: at } = shown;
  $("#stamp").textContent = say("stamp", { at: new Date(at).toLocaleString(language) });
  // Each table withholds other small numbers: the one that withholds least comes nearest.
  const total = Math.max(...[departments, hours, days].map((rows) => sum(rows.map((row) => row.total))));
  const urgent = departments.flatMap((d) => [d.urgency.emergency_ambulance, d.urgency.emergency]);
  const peak = hours.reduce((best, h) => ((h.total ?? 0) > (best?.total ?? 0) ? h : best), null);
  tiles([
    [say("total"), total.toLocaleString(language)],
    [say("busiest"), departments[0]?.name ?? "–"],
    [say("peak"), peak ? `${String(peak.hour).padStart(2, "0")}:00` : "–"],
    [say("emergencies"), shownSum(urgent)],
  ]);
  drawDepartments(departments);
  drawBars("#by-hour", hours.map((h) => String(h.hour).padStart(2, "0")), hours.map((h) => h.total));
  drawBars("#by-day", days.map((d) => d.day), days.map((d) => d.total), true);
  drawTable(departments);
}

function tiles(pairs) {
  $("#tiles").replaceChildren(
    ...pairs.map(([name, value]) => {
      const tile = document.createElement("div");
      tile.className = "card tile";
      const number = document.createElement("b");
      number.textContent = value;
      const caption = document.createElement("span");
      caption.textContent = name;
      tile.append(number, caption);
      return tile;
    }),
  );
}

function chart(selector, option) {
  const place = $(selector);
  echarts.getInstanceByDom(place)?.dispose();
  const drawn = echarts.init(place, dark.matches ? "dark" : null, { renderer: "svg" });
  drawn.setOption({
    backgroundColor: "transparent", animation: false, textStyle: { fontFamily: "inherit" },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true }, tooltip: { trigger: "axis", confine: true }, ...option,
  });
}

function drawDepartments(departments) {
  const used = URGENCIES.filter((urgency) => departments.some((d) => d.urgency[urgency]));
  const rows = [...departments].reverse();
  chart("#by-department", {
    grid: { left: 8, right: 16, top: 44, bottom: 8, containLabel: true },
    legend: { top: 0, itemWidth: 12, itemHeight: 12, type: "scroll" },
    xAxis: { type: "value", minInterval: 1 },
    yAxis: { type: "category", data: rows.map((d) => d.name) },
    series: used.map((urgency) => ({
      name: say(urgency), type: "bar", stack: "urgency", barMaxWidth: 22, itemStyle: { color: COLOURS[urgency] },
      data: rows.map((d) => d.urgency[urgency] ?? 0),
    })),
  });
}

function drawBars(selector, labels, values, zoom = false) {
  chart(selector, {
    xAxis: { type: "category", data: labels },
    yAxis: { type: "value", minInterval: 1 },
    ...(zoom && labels.length > 60 ? { dataZoom: [{ type: "inside" }] } : {}),
    series: [{ type: "bar", data: values.map((v) => v ?? 0), barMaxWidth: 26, itemStyle: { color: dark.matches ? "#5cc4bd" : "#0b6b6b", borderRadius: [3, 3, 0, 0] } }],
  });
}

function cell(tag, text, number = false) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (number) made.className = "number";
  if (tag === "th") made.scope = "col";
  return made;
}

function drawTable(departments) {
  const head = document.createElement("tr");
  head.append(cell("th", say("department")), ...URGENCIES.map((u) => cell("th", say(u), true)), cell("th", say("total"), true));
  const rows = departments.map((d) => {
    const row = document.createElement("tr");
    row.append(cell("td", d.name), ...URGENCIES.map((u) => cell("td", shownNumber(u in d.urgency ? d.urgency[u] : 0), true)), cell("td", shownNumber(d.total), true));
    return row;
  });
  const thead = document.createElement("thead");
  thead.append(head);
  const tbody = document.createElement("tbody");
  if (rows.length) {
    const last = document.createElement("tr");
    last.append(cell("td", say("total")), ...URGENCIES.map((u) => cell("td", shownNumber(sum(departments.map((d) => d.urgency[u]))), true)), cell("td", shownNumber(sum(departments.map((d) => d.total))), true));
    tbody.append(...rows, last);
  } else {
    const row = document.createElement("tr");
    const empty = cell("td", say("none"));
    empty.colSpan = URGENCIES.length + 2;
    row.append(empty);
    tbody.append(row);
  }
  $("#table").replaceChildren(thead, tbody);
}

async function download() {
  const blob = await (await request("csv")).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = "demand-by-department.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
$("#period").since.value = day(-90);
$("#period").until.value = day(1);
$("#period").addEventListener("submit", (event) => { event.preventDefault(); load(); });
$("#csv").addEventListener("click", () => download().catch(() => load()));
$("#sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("medbrain-administrator", new FormData(event.target).get("token").trim());
  event.target.reset();
  load();
});
for (const button of document.querySelectorAll("[data-language]"))
  button.addEventListener("click", () => {
    language = button.dataset.language;
    localStorage.setItem("medbrain-language", language);
    label();
    if (token()) load();
  });
dark.addEventListener("change", () => shown && draw());
addEventListener("resize", () => document.querySelectorAll(".chart").forEach((place) => echarts.getInstanceByDom(place)?.resize()));
label();
if (token()) load();
else signIn();
