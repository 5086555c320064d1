
// ---- The page of a run: one node is chosen at a time, in the timeline, the graph and the nodes alike.

async function openPage() {
  const data = document.getElementById('columns');
  const run = openRun(await readColumns(data), data.dataset);
  for (const plain of document.querySelectorAll('.plain')) { plain.remove(); }
  document.querySelector('section.time').hidden = false;
  const filterBar = document.querySelector('.filter');
  filterBar.hidden = false;

  let chosen = -1;
  const parts = [];
  const panel = openPanel(document.querySelector('.panel'), run, {
    choose,
    around: run.columns['view.whole'] ? node => graph.around(node, true) : null,
  });
  const timeline = openTimeline(document.querySelector('section.time'), run, choose);
  performance.mark('drawn');
  const nodes = openNodes(document.querySelector('section.nodes'), run, choose);
  const graph = openGraph(document.querySelector('section.graph'), run, { choose, showMembers: panel.showMembers });
  parts.push(timeline, nodes, graph);

  function choose(node) {
    chosen = node === chosen ? -1 : node;
    for (const part of parts) { part.mark(chosen); }
    panel.show(chosen);
    const address = chosen < 0 ? '' : `#node=${encodeURIComponent(run.names[chosen])}`;
    history.replaceState(null, '', location.href.split('#')[0] + address);
  }

  function open(node) {
    if (node >= 0) {
      chosen = -1;
      choose(node);
    }
  }

  function openAddress() {
    const name = /^#node=(.*)$/.exec(location.hash)?.[1];
    if (name !== undefined) {
      try { open(run.indexOf(decodeURIComponent(name))); } catch { /* No name at all. */ }
    }
  }

  document.addEventListener('click', event => {
    const link = event.target.closest('main a.go');
    if (link) {
      event.preventDefault();
      open(Number(link.dataset.node));
    }
    const copy = event.target.closest('[data-copy]');
    if (copy) {
      copyText(copy.previousElementSibling.textContent).then(() => {
        copy.textContent = 'Copied';
        setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
      });
    }
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && chosen >= 0) { choose(-1); }
    else if (event.key === 'Escape' && !document.querySelector('.panel').hidden) { panel.show(-1); }
    else if (event.key === '/' && !/INPUT|TEXTAREA/.test(event.target.tagName)) {
      event.preventDefault();
      filterBar.querySelector('input').focus();
    }
  });
  addEventListener('hashchange', openAddress);
  for (const copy of document.querySelectorAll('[data-copy]')) { copy.hidden = false; }

  // ---- What is shown: the states that are pressed, of these what has the words that are typed.

  const input = filterBar.querySelector('input');
  const found = filterBar.querySelector('.found');
  function filter() {
    const states = new Set([...filterBar.querySelectorAll('[aria-pressed=true]')].map(state => Number(state.dataset.state)));
    const text = input.value.trim();
    let mask = null;
    if (text !== '' || states.size > 0) {
      mask = run.find(text);
      let count = 0;
      for (let node = 0; node < run.count; node++) {
        if (mask[node] === 1 && states.size > 0 && !states.has(run.state[node])) { mask[node] = 0; }
        count += mask[node];
      }
      found.textContent = `${count.toLocaleString('en')} of ${run.count.toLocaleString('en')}`;
    } else {
      found.textContent = '';
    }
    timeline.filter(mask);
    nodes.filter(mask);
    graph.filter(mask);
  }
  input.addEventListener('input', filter);
  input.addEventListener('keydown', event => {
    if (event.key === 'Enter' && timeline.shown.length > 0) { open(timeline.shown[0]); }
    else if (event.key === 'Escape') { input.value = ''; filter(); event.stopPropagation(); }
  });
  for (const state of filterBar.querySelectorAll('[data-state]')) {
    state.addEventListener('click', () => {
      state.setAttribute('aria-pressed', state.getAttribute('aria-pressed') !== 'true');
      filter();
    });
  }

  openAddress();
  performance.mark('ready');
}

if ('DecompressionStream' in window) {
  openPage();
}
