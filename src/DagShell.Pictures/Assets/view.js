
// ---- A drawn dag that pans and zooms, follows a node's upstream and downstream, and finds nodes by name.

function openView(view, { chosen: onChosen } = {}) {
  const info = view.querySelector('.info');
  const search = view.querySelector('.tools input');
  let svg = null;
  let nodes = [];
  let titles = [];
  let fullWidth = 1;
  let fullHeight = 1;
  let upstream = [];
  let downstream = [];
  let pinned = -1;
  let cursor = -1;

  // Takes a picture in, in place of the one that is there.
  function take(next) {
    if (next !== svg && svg !== null) { svg.replaceWith(next); }
    svg = next;
    svg.setAttribute('role', 'group');
    nodes = [...svg.querySelectorAll('.node')];
    titles = nodes.map(node => node.querySelector('title').textContent);
    const isNew = svg.dataset.full === undefined;
    svg.dataset.full ??= svg.getAttribute('viewBox');
    [, , fullWidth, fullHeight] = svg.dataset.full.split(' ').map(Number);
    upstream = nodes.map(() => []);
    downstream = nodes.map(() => []);
    for (const element of svg.querySelectorAll('.edge')) {
      const edge = { element, from: Number(element.dataset.from), to: Number(element.dataset.to) };
      upstream[edge.to].push(edge);
      downstream[edge.from].push(edge);
    }
    pinned = -1;
    cursor = -1;
    if (isNew) { nodes.forEach(listenTo); }
    leave();
    fit();
  }

  function listenTo(node, index) {
    node.setAttribute('tabindex', index === 0 ? '0' : '-1');
    node.setAttribute('role', 'button');
    node.setAttribute('aria-label', titles[index].split('\n').slice(0, 3).join(', '));
    node.addEventListener('pointerenter', () => { if (pinned < 0 && pointers.size === 0) { follow(index); } });
    node.addEventListener('pointerleave', () => { if (pinned < 0) { leave(); } });
    node.addEventListener('focus', () => { cursor = index; if (node.matches(':focus-visible') && pinned < 0) { follow(index); } });
    node.addEventListener('blur', () => { if (pinned < 0) { leave(); } });
  }

  // ---- What is seen: the middle of the view in the picture's own units, and how many pixels one of them takes.

  let middle = { x: fullWidth / 2, y: fullHeight / 2 };
  let scale = 1;
  let wasMoved = false;

  function size() {
    return { width: Math.max(1, view.clientWidth), height: Math.max(1, view.clientHeight) };
  }

  function show() {
    const { width, height } = size();
    svg.setAttribute('viewBox', [middle.x - width / scale / 2, middle.y - height / scale / 2, width / scale, height / scale].join(' '));
  }

  // The tools lie over the upper edge; a picture that fits begins below them.
  const toolsHeight = 44;

  function fitScale() {
    const { width, height } = size();
    return Math.min(width / fullWidth, Math.max(1, height - toolsHeight) / fullHeight, 1.2);
  }

  function fit() {
    scale = fitScale();
    middle = { x: fullWidth / 2, y: fullHeight / 2 - toolsHeight / scale / 2 };
    wasMoved = false;
    show();
  }

  // Zooms so that what is under a point of the view stays there.
  function zoom(factor, x, y) {
    const { width, height } = size();
    const next = Math.min(4, Math.max(Math.min(fitScale(), 1) / 2, scale * factor));
    const offset = { x: (x ?? width / 2) - width / 2, y: (y ?? height / 2) - height / 2 };
    middle.x += offset.x / scale - offset.x / next;
    middle.y += offset.y / scale - offset.y / next;
    scale = next;
    wasMoved = true;
    show();
  }

  function pan(x, y) {
    middle.x = Math.min(fullWidth, Math.max(0, middle.x - x / scale));
    middle.y = Math.min(fullHeight, Math.max(0, middle.y - y / scale));
    wasMoved = true;
    show();
  }

  // ---- Mouse, fingers, keys.

  const pointers = new Map();
  let travelled = 0;

  function spread() {
    const [one, other] = [...pointers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  }

  view.addEventListener('wheel', event => {
    // In a page that scrolls, the wheel scrolls the page.
    if (view.dataset.wheel === 'ctrl' && !event.ctrlKey && !event.metaKey) { return; }
    event.preventDefault();
    const place = view.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002)), event.clientX - place.left, event.clientY - place.top);
  }, { passive: false });

  view.addEventListener('pointerdown', event => {
    if (event.button !== 0 || event.target.closest('.tools')) { return; }
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    travelled = 0;
  });

  view.addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId);
    if (!before) { return; }
    const moved = { x: event.clientX - before.x, y: event.clientY - before.y };
    travelled += Math.hypot(moved.x, moved.y);
    if (travelled < 4) { return; }
    if (!view.hasPointerCapture(event.pointerId)) {
      view.setPointerCapture(event.pointerId);
      view.classList.add('panning');
    }
    const apart = pointers.size === 2 ? spread() : 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.size === 2) {
      const place = view.getBoundingClientRect();
      const [one, other] = [...pointers.values()];
      zoom(spread() / Math.max(1, apart), (one.x + other.x) / 2 - place.left, (one.y + other.y) / 2 - place.top);
    } else {
      pan(moved.x, moved.y);
    }
  });

  for (const type of ['pointerup', 'pointercancel']) {
    view.addEventListener(type, event => {
      pointers.delete(event.pointerId);
      view.classList.remove('panning');
    });
  }

  view.addEventListener('keydown', event => {
    if (event.target.closest('.tools')) { return; }
    const step = event.shiftKey ? 60 : 0;
    const actions = {
      '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(0.8), '0': fit,
      ArrowLeft: () => step ? pan(step, 0) : go(-1, 0), ArrowRight: () => step ? pan(-step, 0) : go(1, 0),
      ArrowUp: () => step ? pan(0, step) : go(0, -1), ArrowDown: () => step ? pan(0, -step) : go(0, 1),
      Enter: () => { if (cursor >= 0) { pick(cursor); } },
      ' ': () => { if (cursor >= 0) { pick(cursor); } },
    };
    if (!onChosen) { actions.Escape = () => pin(-1); }
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });

  // An arrow key goes along the edge that leads that way, or to the nearest node there.
  function go(right, down) {
    const middleOf = index => {
      const place = nodes[index].getBoundingClientRect();
      return { x: place.left + place.width / 2, y: place.top + place.height / 2 };
    };
    if (nodes.length === 0) { return; }
    let next = cursor < 0 ? Math.max(0, pinned) : -1;
    if (next < 0) {
      const from = middleOf(cursor);
      const near = new Set([...upstream[cursor].map(edge => edge.from), ...downstream[cursor].map(edge => edge.to)]);
      let best = Infinity;
      for (let index = 0; index < nodes.length; index++) {
        const to = middleOf(index);
        const along = (to.x - from.x) * right + (to.y - from.y) * down;
        const aside = Math.abs((to.x - from.x) * down) + Math.abs((to.y - from.y) * right);
        const far = along + 2 * aside + (near.has(index) ? 0 : 1e5);
        if (along > 1 && (near.has(index) || aside < along * 2) && far < best) {
          best = far;
          next = index;
        }
      }
    }
    if (next >= 0) { focus(next); }
  }

  function focus(index) {
    for (const node of nodes) { node.setAttribute('tabindex', '-1'); }
    nodes[index].setAttribute('tabindex', '0');
    const place = nodes[index].getBoundingClientRect();
    const around = view.getBoundingClientRect();
    if (place.left < around.left || place.right > around.right || place.top < around.top + toolsHeight || place.bottom > around.bottom) {
      centre(index);
    }
    nodes[index].focus({ preventScroll: true });
  }

  for (const button of view.querySelectorAll('.tools button[data-zoom]')) {
    button.addEventListener('click', () => ({ in: () => zoom(1.25), out: () => zoom(0.8), fit })[button.dataset.zoom]());
  }

  new ResizeObserver(() => wasMoved ? show() : fit()).observe(view);

  // ---- Upstream and downstream.

  // Marks everything that can be reached from a node in one direction, and says how many nodes that is.
  function mark(start, edgesOf, endOf, direction) {
    const seen = new Set([start]);
    const open = [start];
    while (open.length > 0) {
      for (const edge of edgesOf[open.pop()]) {
        edge.element.classList.add('near', direction);
        const next = endOf(edge);
        if (!seen.has(next)) {
          seen.add(next);
          open.push(next);
          nodes[next].classList.add('near', direction);
        }
      }
    }
    return seen.size - 1;
  }

  function leave() {
    svg.classList.remove('following');
    for (const element of svg.querySelectorAll('.near, .chosen')) {
      element.classList.remove('near', 'chosen', 'upstream', 'downstream');
    }
    if (info) { info.hidden = true; }
  }

  function follow(index) {
    leave();
    svg.classList.add('following');
    nodes[index].classList.add('near', 'chosen');
    const before = mark(index, upstream, edge => edge.from, 'upstream');
    const after = mark(index, downstream, edge => edge.to, 'downstream');
    if (!info) { return; }
    const [name, ...facts] = titles[index].split('\n');
    const heading = document.createElement('strong');
    heading.textContent = name;
    const reach = document.createElement('span');
    reach.className = 'reach';
    const counts = [`${before} upstream`, `${after} downstream`].map(text => {
      const part = document.createElement('b');
      part.textContent = text;
      return part;
    });
    reach.append(counts[0], ' · ', counts[1]);
    info.replaceChildren(heading, facts.join('\n') + (facts.length > 0 ? '\n' : ''), reach);
    info.hidden = false;
  }

  // A click pins what is followed, a click beside nodes lets it go.
  view.addEventListener('click', event => {
    if (travelled >= 4 || event.target.closest('.tools')) { return; }
    const index = nodes.indexOf(event.target.closest('.node'));
    if (index < 0 && onChosen) { return; }
    pick(index === pinned ? -1 : index);
  });

  function pin(index) {
    pinned = index;
    if (index < 0) { leave(); } else { follow(index); }
  }

  // What a user chose here is told to the page around, which may choose other things with it.
  function pick(index) {
    if (onChosen) { onChosen(index < 0 ? pinned : index); } else { pin(index); }
  }

  // ---- Finding a node.

  function centre(index) {
    const place = nodes[index].getBoundingClientRect();
    const around = view.getBoundingClientRect();
    scale = Math.max(scale, 0.9);
    const shown = svg.viewBox.baseVal;
    middle = {
      x: shown.x + (place.left + place.width / 2 - around.left) * shown.width / around.width,
      y: shown.y + (place.top + place.height / 2 - around.top) * shown.height / around.height,
    };
    wasMoved = true;
    show();
  }

  let found = [];
  search?.addEventListener('input', () => {
    const text = search.value.trim().toLowerCase();
    found = text === '' ? [] : nodes.map((_, index) => index).filter(index => titles[index].split('\n')[0].toLowerCase().includes(text));
    match(text === '' ? null : index => found.includes(index));
  });
  search?.addEventListener('keydown', event => {
    if (event.key === 'Enter' && found.length > 0) {
      centre(found[0]);
      found.push(found.shift());
    } else if (event.key === 'Escape') {
      search.value = '';
      search.dispatchEvent(new Event('input'));
    }
  });

  // Leaves only some nodes bright; all of them where nothing is asked for.
  function match(isMatch) {
    svg.classList.toggle('searching', isMatch !== null);
    nodes.forEach((node, index) => node.classList.toggle('match', isMatch !== null && isMatch(index)));
  }

  take(view.querySelector('svg.dag'));
  return { take, centre, pin, match, fitScale, get svg() { return svg; } };
}
