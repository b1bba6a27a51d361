/** Build page elements from text only: nothing here ever reads markup. */

/**
 * @param {string} tag the element's name
 * @param {object} attributes class, text, on<Event> functions, anything else as an attribute
 * @param {...(Node|string|null)} children what goes inside
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2).toLowerCase(), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) made.append(child);
  return made;
}

const SHAPES = {
  send: "M4 12 20 4l-4 16-4.5-6.5L4 12Zm7.5 1.5L20 4",
  phone:
    "M6.6 3.5 9 4l1.2 4-2 1.6a13 13 0 0 0 6.2 6.2l1.6-2 4 1.2.5 2.4c0 1.6-1.3 3.1-3 3.1C10 20.5 3.5 14 3.5 6.5c0-1.7 1.5-3 3.1-3Z",
  restart: "M4.5 9A8 8 0 1 1 4 13M4 4v5h5",
  close: "M6 6l12 12M18 6 6 18",
  alert: "M12 4 2.5 20h19L12 4Zm0 6v4.5m0 2.6v.1",
  heart: "M12 20S3.5 15 3.5 9A4.5 4.5 0 0 1 12 6.8 4.5 4.5 0 0 1 20.5 9C20.5 15 12 20 12 20Z",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm0 4V12l3 2",
  home: "M4 11 12 4l8 7v9h-5.5v-6h-5v6H4v-9Z",
  stethoscope:
    "M6 4v5a4 4 0 0 0 8 0V4M10 13v2.5a4.5 4.5 0 0 0 9 0V14m0 0a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
  bed: "M3 18V6m0 8h18v4m0-4v-2a3 3 0 0 0-3-3h-7v5M7 11.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z",
  chat: "M4 5h16v11H10l-4.5 4v-4H4V5Z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  question: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4m0 3v.1",
};

/** A line drawing that takes the colour of its text; decoration only. */
export function icon(name, size = 20) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: size,
    height: size,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.8",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
    focusable: "false",
  }))
    drawing.setAttribute(key, value);
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", SHAPES[name]);
  drawing.append(line);
  return drawing;
}
