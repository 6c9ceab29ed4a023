// Comfort for forms and keys. Every form works without it.
//
//   data-focus                    gets the focus when the page opens (error summary)
//   <a data-key="n">              opened by that key while nobody is typing
//   data-when="id_type=sim,other" shown only while the field has one of these values (* = any)
//   data-add-row="TEMPLATE-ID"    a button that adds the <template>'s row before itself ("__n__" → number)
//   data-enter="NAME"             Enter in this field presses the submit button of that name
//   data-print                    a button that prints the page
//   data-scripted                 hidden where scripts are off, because it would do nothing there
//   data-max-bytes, data-max-text a file input: more than so many bytes is not sent, with this sentence

function isTyping(element) {
  return Boolean(element && element.closest("input, textarea, select, [contenteditable]"));
}

function valueOf(form, name) {
  const field = form.elements.namedItem(name);
  return field ? String(field.value || "") : "";
}

function showWhen(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    const value = valueOf(form, name);
    part.hidden = values === "*" ? value === "" : !values.split(",").includes(value);
  }
}

function addRow(button) {
  const template = document.getElementById(button.dataset.addRow);
  const number = button.parentElement.querySelectorAll("[data-row]").length + 1;
  const row = template.content.cloneNode(true);
  const numbered = (text) => text.replaceAll("__n__", String(number));
  for (const element of row.querySelectorAll("*")) {
    for (const attribute of element.attributes) attribute.value = numbered(attribute.value);
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) node.textContent = numbered(node.textContent);
    }
  }
  const first = row.querySelector("input, select, textarea");
  button.before(row);
  first.focus();
}

// A file that is too large would be sent for minutes before it is refused.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.dataset || !input.dataset.maxBytes) return;
  const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
  input.setCustomValidity(bytes > Number(input.dataset.maxBytes) ? input.dataset.maxText : "");
  input.reportValidity();
});

// A second click or Enter while the first submit is on its way does nothing.
const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // back from the browser's page cache: the form may be sent again
  for (const form of document.forms) sent.delete(form);
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest && event.target.closest("form");
    if (!form || event.repeat) return;
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.key === "Enter" && event.target.dataset && event.target.dataset.enter) {
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.elements.namedItem(event.target.dataset.enter));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const link = document.querySelector(`a[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (link) {
    event.preventDefault();
    link.click();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.form) showWhen(event.target.form);
});
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-row]");
  if (add) {
    event.preventDefault();
    addRow(add);
    return;
  }
  // A button that waits for something else says what it waits for; it does not submit.
  if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
  if (event.target.closest("[data-print]")) print();
});

for (const form of document.forms) showWhen(form);
for (const element of document.querySelectorAll("[data-scripted]")) element.hidden = false;
// On a telephone the menu is longer than the screen: the page one is on shall be seen in it.
const here = document.querySelector(".appbar [aria-current]");
if (here) here.closest("ul").scrollLeft = here.offsetLeft - here.closest("ul").offsetLeft - 48;
// A photo that camera.js kept over a submit is not needed on any other page.
if (!document.querySelector("[data-camera]")) sessionStorage.removeItem("foto");
const focus = document.querySelector("[data-focus]");
if (focus) focus.focus();
