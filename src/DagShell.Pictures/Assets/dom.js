
// ---- Elements.

function element(tag, classes, text) {
  const made = document.createElement(tag);
  if (classes) { made.className = classes; }
  if (text !== undefined) { made.textContent = text; }
  return made;
}

function button(text, title, act, data = {}) {
  const made = element('button', '', text);
  made.type = 'button';
  if (title) { made.title = title; }
  Object.assign(made.dataset, data);
  made.addEventListener('click', act);
  return made;
}
