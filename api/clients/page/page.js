/** The public page: its own words in the chosen language, kept for this browser only. */

const chat = document.querySelector("medbrain-chat");
const buttons = [...document.querySelectorAll("[data-language]")];

async function speak(language) {
  chat.setAttribute("locale", language);
  document.documentElement.lang = language;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  const response = await fetch(`/v1/chat/texts?language=${language}`);
  if (!response.ok) return;
  const { texts } = await response.json();
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = texts[`client_${place.dataset.text}`] ?? "";
  }
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    localStorage.setItem("medbrain-language", button.dataset.language);
    speak(button.dataset.language);
  });
}

const asked = new URLSearchParams(location.search).get("language") ?? localStorage.getItem("medbrain-language");
speak((asked ?? navigator.language ?? "en").startsWith("zh") ? "zh" : "en");
