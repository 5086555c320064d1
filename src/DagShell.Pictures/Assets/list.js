
// ---- Lists of any length: only the rows in sight are elements. A short one is drawn as a whole, so that it prints and can be searched.

const drawnWhole = 80;
let lists = 0;

function openList(host, { rowHeight, draw, choose, label, move }) {
  const id = `list${++lists}`;
  const plane = document.createElement('div');
  plane.className = 'plane';
  host.classList.add('list');
  host.replaceChildren(plane);
  host.tabIndex = 0;
  host.setAttribute('role', 'listbox');
  host.setAttribute('aria-label', label);
  let items = [];
  let cursor = -1;
  let chosen = -1;
  let shown = [0, 0];
  let frame = 0;

  const isWhole = () => items.length <= drawnWhole;
  const heightOf = () => typeof rowHeight === 'function' ? rowHeight() : rowHeight;

  function rowOf(index) {
    const row = document.createElement('div');
    const node = items[index];
    row.id = `${id}-${index}`;
    row.className = 'line';
    row.setAttribute('role', 'option');
    row.setAttribute('aria-posinset', index + 1);
    row.setAttribute('aria-setsize', items.length);
    row.setAttribute('aria-selected', node === chosen);
    row.dataset.node = node;
    row.dataset.index = index;
    row.classList.toggle('cursor', index === cursor);
    row.style.height = `${heightOf()}px`;
    if (!isWhole()) { row.style.top = `${index * heightOf()}px`; }
    draw(node, row);
    return row;
  }

  function render() {
    frame = 0;
    const height = heightOf();
    host.classList.toggle('whole', isWhole());
    let [first, last] = [0, items.length];
    if (!isWhole()) {
      first = Math.max(0, Math.floor(host.scrollTop / height) - 4);
      last = Math.min(items.length, first + Math.ceil(host.clientHeight / height) + 8);
    }
    plane.style.height = isWhole() ? '' : `${items.length * height}px`;
    shown = [first, last];
    const rows = [];
    for (let index = first; index < last; index++) { rows.push(rowOf(index)); }
    plane.replaceChildren(...rows);
    if (cursor >= first && cursor < last) { host.setAttribute('aria-activedescendant', `${id}-${cursor}`); }
    else { host.removeAttribute('aria-activedescendant'); }
  }

  function redraw() {
    frame ||= requestAnimationFrame(render);
  }

  function reveal(index) {
    const height = heightOf();
    if (isWhole()) {
      render();
      document.getElementById(`${id}-${index}`)?.scrollIntoView({ block: 'nearest' });
      return;
    }
    if (index * height < host.scrollTop) { host.scrollTop = Math.max(0, index * height - height); }
    else if ((index + 1) * height > host.scrollTop + host.clientHeight) { host.scrollTop = (index + 2) * height - host.clientHeight; }
    render();
  }

  function go(index) {
    if (items.length === 0) { return; }
    cursor = Math.max(0, Math.min(items.length - 1, index));
    reveal(cursor);
  }

  host.addEventListener('scroll', () => { if (!isWhole()) { redraw(); } }, { passive: true });
  host.addEventListener('click', event => {
    const row = event.target.closest('.line');
    if (row && getSelection().isCollapsed) {
      cursor = Number(row.dataset.index);
      choose(Number(row.dataset.node));
    }
  });
  host.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const page = Math.max(1, Math.floor(host.clientHeight / heightOf()) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -items.length, End: items.length };
    if (event.key in moves) {
      event.preventDefault();
      go(cursor < 0 ? 0 : cursor + moves[event.key]);
    } else if ((event.key === 'Enter' || event.key === ' ') && cursor >= 0) {
      event.preventDefault();
      choose(items[cursor]);
    } else if ((event.key === 'ArrowLeft' || event.key === 'ArrowRight') && cursor >= 0 && move) {
      event.preventDefault();
      const next = items.indexOf(move(items[cursor], event.key === 'ArrowLeft'));
      if (next >= 0) { go(next); }
    }
  });
  new ResizeObserver(redraw).observe(host);

  return {
    redraw,
    render,
    get items() { return items; },
    get shown() { return shown; },
    show(next) {
      items = next;
      cursor = -1;
      host.scrollTop = 0;
      render();
    },
    // Marks what is chosen, and brings it into sight inside the list.
    mark(node) {
      chosen = node;
      const index = node < 0 ? -1 : items.indexOf(node);
      if (index >= 0 && !isWhole()) { cursor = index; reveal(index); } else { cursor = index; render(); }
    },
  };
}
