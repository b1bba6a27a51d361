/** The widget's own look. Adopted as a sheet, so it needs no inline style under a strict policy. */

export const CSS = `
:host {
  --accent: var(--medbrain-accent, #0b6b6b);
  --accent-ink: var(--medbrain-accent-ink, #ffffff);
  --ground: #f6f8f8; --paper: #ffffff; --ink: #14242b; --soft: #52656d; --line: #d9e2e4;
  --own: #dff0ee; --own-ink: #0d3534;
  --red: #b3261e; --red-ground: #fdecea; --amber: #8a4b00; --amber-ground: #fff3e0;
  --blue: #1b5aa5; --blue-ground: #e9f1fb; --green: #1d6b3a; --green-ground: #e8f5ec;
  --violet: #5b3f9e; --violet-ground: #f1edfb;
  --radius: 16px;
  display: block; color: var(--ink); text-align: start;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC",
    "PingFang SC", "Microsoft YaHei", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: var(--medbrain-accent, #5cc4bd); --accent-ink: var(--medbrain-accent-ink, #06201f);
    --ground: #10191d; --paper: #18242a; --ink: #e9f0f2; --soft: #a5b7be; --line: #2c3b42;
    --own: #17403e; --own-ink: #dcf5f2;
    --red: #ff8a80; --red-ground: #3b1614; --amber: #ffc06a; --amber-ground: #362307;
    --blue: #8fc0ff; --blue-ground: #14283f; --green: #86d9a2; --green-ground: #12301d;
    --violet: #c3b1f5; --violet-ground: #261d3f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.panel {
  display: flex; flex-direction: column; height: 100%; min-height: 0; background: var(--ground);
  border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden;
  box-shadow: 0 12px 40px rgb(16 40 48 / 12%);
}
.top { display: flex; align-items: center; gap: 12px; padding: 12px 16px; background: var(--paper);
  border-block-end: 1px solid var(--line); }
.avatar { display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%;
  background: var(--accent); color: var(--accent-ink); flex: none; }
.top h1 { margin: 0; font-size: 1rem; line-height: 1.25; }
.top p { margin: 0; font-size: .8rem; color: var(--soft); }
.top .grow { flex: 1; min-width: 0; }
.icon { display: inline-grid; place-items: center; min-width: 40px; height: 40px; padding: 0 8px; gap: 6px;
  border: 0; border-radius: 20px; background: none; color: var(--soft); font: inherit; font-size: .85rem; cursor: pointer;
  grid-auto-flow: column; }
.icon:hover { background: var(--ground); color: var(--ink); }
.log { position: relative; flex: 1; min-height: 0; overflow-y: auto; padding: 16px; display: flex; flex-direction: column; gap: 10px;
  scroll-behavior: smooth; overscroll-behavior: contain; }
@media (prefers-reduced-motion: reduce) { .log { scroll-behavior: auto; } .dots i { animation: none; } }
.bubble { max-width: min(36rem, 88%); padding: 10px 14px; background: var(--paper); border: 1px solid var(--line);
  border-radius: 4px var(--radius) var(--radius) var(--radius); white-space: pre-line; overflow-wrap: anywhere;
  align-self: flex-start; }
.bubble p { margin: 0; }
.bubble.own { align-self: flex-end; background: var(--own); color: var(--own-ink); border-color: transparent;
  border-radius: var(--radius) 4px var(--radius) var(--radius); }
.bubble.problem { display: flex; gap: 10px; background: var(--amber-ground); border-color: var(--amber); }
.bubble.problem svg { flex: none; color: var(--amber); margin-block-start: 2px; }
.bubble.question, .bubble.understood { width: 100%; }
.question > p, .understood > p { font-weight: 600; }
.answer p { font-weight: 400; }
.progress { display: flex; align-items: center; gap: 10px; margin-block-end: 6px; font-size: .78rem; color: var(--soft); }
.progress progress { flex: 1; height: 6px; appearance: none; border: 0; border-radius: 3px; overflow: hidden; background: var(--line); }
.progress progress::-webkit-progress-bar { background: var(--line); }
.progress progress::-webkit-progress-value { background: var(--accent); border-radius: 3px; }
.progress progress::-moz-progress-bar { background: var(--accent); }
.choices { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 12px; }
.choice, .primary { min-height: 44px; padding: 8px 18px; border-radius: 22px; font: inherit; font-weight: 550; cursor: pointer;
  border: 1.5px solid var(--accent); background: var(--paper); color: var(--accent); }
.choice:hover { background: color-mix(in srgb, var(--accent) 10%, var(--paper)); }
.primary { background: var(--accent); color: var(--accent-ink); }
.done .choices, .done .several .primary, .done .why, .done .progress { display: none; }
.bubble.done > p { font-weight: 400; }
.done input { pointer-events: none; }
:focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 60%, transparent); outline-offset: 2px; }
.ticks, .several { display: flex; flex-direction: column; gap: 6px; margin-block-start: 10px; align-items: stretch; }
.tick { display: flex; align-items: center; gap: 10px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 10px; cursor: pointer; min-height: 44px; }
.tick input { width: 20px; height: 20px; accent-color: var(--accent); flex: none; margin: 0; }
.tick .state { margin-inline-start: auto; font-size: .8rem; color: var(--soft); border: 1px solid var(--line); border-radius: 10px; padding: 1px 8px; }
.tick:has(input:not(:checked)) span:first-of-type { text-decoration: line-through; color: var(--soft); }
.why, .sources { margin-block-start: 10px; font-size: .88rem; color: var(--soft); }
.why p { margin-block-start: 4px; color: var(--ink); }
summary { cursor: pointer; border-radius: 6px; padding: 2px 0; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: var(--radius); padding: 0 18px 14px; overflow: hidden; flex: none;
  --tone: var(--blue); --tone-ground: var(--blue-ground); }
.card header { display: flex; gap: 12px; align-items: center; margin: 0 -18px 12px; padding: 14px 18px; background: var(--tone-ground); color: var(--tone);
  border-inline-start: 6px solid var(--tone); }
.card header svg { flex: none; }
.card h2 { margin: 0; font-size: 1.12rem; line-height: 1.3; }
.card h3 { margin: 18px 0 8px; font-size: .98rem; }
.card h4 { margin: 10px 0 2px; font-size: .85rem; color: var(--soft); }
.card ul, .card ol, .answer ol { margin: 6px 0; padding-inline-start: 1.2em; }
.card li { margin-block: 3px; }
.lead { margin: 0 0 10px; font-size: 1.02rem; white-space: pre-line; }
.fact { margin: 6px 0; display: flex; gap: 10px; }
.fact strong { flex: none; color: var(--soft); font-weight: 550; min-width: 5.5em; }
.card[data-urgency="emergency_ambulance"], .card[data-urgency="emergency"], .emergency { --tone: var(--red); --tone-ground: var(--red-ground); }
.card[data-urgency="consultation_24"], .card[data-urgency="uncertain"] { --tone: var(--amber); --tone-ground: var(--amber-ground); }
.card[data-urgency="self_care"] { --tone: var(--green); --tone-ground: var(--green-ground); }
.emergency { border-color: var(--red); }
.emergency.crisis { --tone: var(--violet); --tone-ground: var(--violet-ground); border-color: var(--violet); }
.call { display: flex; justify-content: center; align-items: center; gap: 10px; min-height: 52px; margin: 10px 0; padding: 8px 16px; border-radius: 26px; text-decoration: none;
  font-weight: 650; font-size: 1.05rem; background: var(--tone); color: var(--paper); text-align: center; }
.call svg { flex: none; }
.condition { border: 1px solid var(--line); border-radius: 12px; padding: 8px 14px; margin-block: 8px; }
.condition summary { display: flex; align-items: center; gap: 10px; min-height: 32px; list-style: none; }
.condition summary::-webkit-details-marker { display: none; }
.condition .name { font-weight: 600; }
.condition .likelihood { margin-inline-start: auto; font-size: .82rem; color: var(--soft); text-align: end; }
.meter { display: inline-flex; gap: 3px; flex: none; }
.meter i { width: 8px; height: 14px; border-radius: 3px; background: var(--line); }
.meter i.on { background: var(--accent); }
.reasons.for li::marker { content: "+  "; color: var(--green); font-weight: 700; }
.reasons.against li::marker { content: "–  "; color: var(--red); font-weight: 700; }
.citations { font-size: .84rem; color: var(--soft); overflow-wrap: anywhere; }
.citations a { color: var(--blue); }
.citations q { display: block; margin-block: 2px 6px; }
.small { font-size: .8rem; color: var(--soft); margin: 12px 0 0; }
.dots { display: inline-flex; gap: 5px; padding: 4px 2px; }
.dots i { width: 8px; height: 8px; border-radius: 50%; background: var(--soft); animation: beat 1.2s infinite ease-in-out; }
.dots i:nth-child(2) { animation-delay: .15s; } .dots i:nth-child(3) { animation-delay: .3s; }
@keyframes beat { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
.foot { background: var(--paper); border-block-start: 1px solid var(--line); padding: 10px 12px 8px; }
.composer { display: flex; gap: 8px; align-items: flex-end; }
.composer textarea { flex: 1; min-width: 0; resize: none; min-height: 46px; max-height: 140px; padding: 11px 16px; border: 1.5px solid var(--line); border-radius: 23px;
  font: inherit; line-height: 1.35; color: var(--ink); background: var(--ground); }
.composer textarea:focus { outline: none; border-color: var(--accent); }
.send { width: 46px; height: 46px; border: 0; border-radius: 50%; background: var(--accent); color: var(--accent-ink); display: grid; place-items: center; cursor: pointer; flex: none; }
.send:disabled { opacity: .45; cursor: default; }
.actions { display: flex; flex-wrap: wrap; gap: 2px 6px; margin-block-start: 6px; }
.actions button { border: 0; background: none; color: var(--soft); font: inherit; font-size: .82rem; padding: 4px 8px; min-height: 28px; border-radius: 14px; cursor: pointer; }
.actions button:hover { background: var(--ground); color: var(--ink); }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 520px) {
  .log { padding: 12px; } .bubble { max-width: 94%; } .fact { flex-direction: column; gap: 0; }
  .condition .likelihood { font-size: .76rem; } .meter { display: none; }
}
`;
