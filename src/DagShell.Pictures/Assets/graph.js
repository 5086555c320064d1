
// ---- The graph of a run. In that of a large one boxes stand for several nodes, and what is around a node is drawn when it is asked for.

function openGraph(section, run, { choose, showMembers }) {
  const host = section.querySelector('.viewport');
  const pictures = new Map([[host.querySelector('svg.dag').dataset.view ?? 'whole', host.querySelector('svg.dag')]]);
  for (const name of ['failed', 'whole']) {
    if (run.columns[`picture.${name}`] !== undefined) { pictures.set(name, null); }
  }
  const isFolded = run.columns['view.whole'] !== undefined;
  const members = new Map();
  let shown = [...pictures.keys()][0];
  let aroundBoxes = null;
  let aroundNode = -1;
  let mask = null;

  const view = openView(host, { chosen: onChosen });
  const ways = element('div', 'ways');
  if (isFolded) {
    ways.setAttribute('role', 'group');
    ways.setAttribute('aria-label', 'What the graph shows');
    const titles = { failed: 'Failed', whole: 'Whole' };
    for (const name of pictures.keys()) { ways.append(button(titles[name], '', () => show(name), { view: name })); }
    const around_ = button('Around it', 'What is around the chosen node', () => { if (aroundNode >= 0) { around(aroundNode, true); } },
      { view: 'around' });
    around_.disabled = true;
    ways.append(around_);
    host.querySelector('.tools').prepend(ways);
    markWay();
  }
  openReadably();

  // The nodes of each box of a picture.
  function membersOf(name) {
    if (name === 'around') { return aroundBoxes; }
    if (!members.has(name)) {
      const boxes = [];
      run.columns[`view.${name}`].forEach((box, node) => { if (box > 0) { (boxes[box - 1] ??= []).push(node); } });
      members.set(name, boxes);
    }
    return members.get(name);
  }

  function boxOf(name, node) {
    if (!isFolded) { return node; }
    return name === 'around' ? aroundBoxes.findIndex(nodes => nodes.includes(node)) : run.columns[`view.${name}`][node] - 1;
  }

  function onChosen(box) {
    if (!isFolded) { choose(box); return; }
    const nodes = membersOf(shown)[box];
    if (nodes.length === 1) { choose(nodes[0]); } else { showMembers(nodes); }
  }

  function markWay() {
    for (const way of ways.children) { way.setAttribute('aria-pressed', way.dataset.view === shown); }
  }

  // A picture that is packed becomes one when it is first shown.
  function pictureOf(name) {
    if (pictures.get(name) === null) {
      const template = document.createElement('template');
      template.innerHTML = run.columns[`picture.${name}`][0];
      pictures.set(name, template.content.querySelector('svg.dag'));
    }
    return pictures.get(name);
  }

  function show(name, picture = pictureOf(name)) {
    shown = name;
    view.take(picture);
    markWay();
    match();
    openReadably();
  }

  // A large picture opens on what failed, or its first boxes, large enough to be read.
  function openReadably() {
    if (view.fitScale() < 0.4 && shown !== 'around') {
      const boxes = [...view.svg.querySelectorAll('.node')];
      view.centre(Math.max(0, boxes.findIndex(box => box.classList.contains('failed'))));
    }
  }

  function match() {
    if (mask === null) { view.match(null); return; }
    const boxes = isFolded ? membersOf(shown) : null;
    view.match(box => boxes === null ? mask[box] === 1 : boxes[box].some(node => mask[node] === 1));
  }

  function around(node, isAsked) {
    aroundNode = node;
    const { picture, boxes } = drawAround(run, node);
    aroundBoxes = boxes;
    show('around', picture);
    view.pin(boxOf('around', node));
    if (isAsked) { section.scrollIntoView({ block: 'nearest' }); }
  }

  return {
    around,
    filter(next) { mask = next; match(); },
    mark(node) {
      if (!isFolded) { view.pin(node); return; }
      ways.lastElementChild.disabled = node < 0;
      if (node < 0) { view.pin(-1); return; }
      aroundNode = node;
      const box = boxOf(shown, node);
      if (box >= 0) { view.pin(box); } else { around(node, false); }
    },
  };
}

// A node with what it depends on and what depends on it, two steps each way; of many neighbours the first, and a box for the rest.
function drawAround(run, middle) {
  const most = 10;
  const [width, height, gapAcross, gapAlong] = [190, 40, 12, 70];
  const rank = [7, 6, 1, 2, 3, 0, 4, 5];
  const seen = new Set([middle]);
  const columns = [[[middle]]];
  const step = (from, neighbours) => {
    const next = [];
    for (const boxes of from) {
      for (const node of boxes.length === 1 ? boxes : []) {
        for (const other of neighbours(node)) { if (!seen.has(other)) { seen.add(other); next.push(other); } }
      }
    }
    next.sort((one, other) => rank[run.state[one]] - rank[run.state[other]] || one - other);
    const boxes = next.slice(0, next.length > most + 1 ? most : most + 1).map(node => [node]);
    if (boxes.length < next.length) { boxes.push(next.slice(boxes.length)); }
    return boxes;
  };
  columns.push(step(columns[0], run.downstream));
  columns.push(step(columns[1], run.downstream));
  columns.unshift(step(columns[0], run.upstream));
  columns.unshift(step(columns[0], run.upstream));

  const boxes = [];
  const places = [];
  const tallest = Math.max(...columns.map(column => column.length));
  const full = tallest * (height + gapAcross) + 20;
  columns.filter(column => column.length > 0).forEach((column, index) => {
    const top = (full - column.length * (height + gapAcross)) / 2;
    column.forEach((nodes, row) => {
      boxes.push(nodes);
      places.push({ x: 16 + index * (width + gapAlong), y: top + row * (height + gapAcross), column: index });
    });
  });
  const boxOf = new Map(boxes.flatMap((nodes, box) => nodes.map(node => [node, box])));
  const svg = (tag, attributes, ...children) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) { made.setAttribute(name, value); }
    made.append(...children);
    return made;
  };
  const cut = text => text.length <= 26 ? text : `${text.slice(0, 13)}…${text.slice(-12)}`;
  const edges = new Map();
  for (const [node, to] of boxOf) {
    for (const other of run.upstream(node)) {
      const from = boxOf.get(other);
      if (from !== undefined && places[from].column < places[to].column) { edges.set(`${from} ${to}`, [from, to]); }
    }
  }
  const picture = svg('svg', {
    class: 'dag', role: 'group', 'aria-label': `Around ${run.names[middle]}`,
    viewBox: `0 0 ${Math.max(...places.map(place => place.x)) + width + 16} ${full}`,
  });
  for (const [from, to] of [...edges.values()].slice(0, 800)) {
    const [x1, y1, x2, y2] = [places[from].x + width, places[from].y + height / 2, places[to].x, places[to].y + height / 2];
    const half = (x1 + x2) / 2;
    picture.append(svg('path', {
      class: 'edge thin', 'data-from': from, 'data-to': to,
      d: `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}m-7-4 7 4-7 4`,
    }));
  }
  boxes.forEach((nodes, box) => {
    const isOne = nodes.length === 1;
    const name = isOne ? run.names[nodes[0]] : `${nodes.length.toLocaleString('en')} more`;
    const facts = isOne
      ? `${run.sign(nodes[0])} ${run.stateText(nodes[0])}${run.start[nodes[0]] < 0 ? '' : ` · ${durationText(run.duration(nodes[0]))}`}`
      : 'nodes';
    const title = isOne ? `${name}\n${facts}${run.text('message', nodes[0]) ? `\n${run.text('message', nodes[0])}` : ''}` : name;
    picture.append(svg('g', {
      class: `node ${isOne ? run.word(nodes[0]) : 'folded'}`, transform: `translate(${places[box].x} ${places[box].y})`, 'data-node': box,
    },
    svg('title', {}, title), svg('rect', { width, height, rx: 7 }),
    svg('text', { class: 'name', x: width / 2, y: 17 }, cut(name)), svg('text', { class: 'facts', x: width / 2, y: 32 }, facts)));
  });
  return { picture, boxes };
}
