
// ---- The page of a run: one node is chosen at a time, in the timeline, the graph and the table alike.

const timeline = document.querySelector('.timeline');
const bars = [...document.querySelectorAll('.timeline .bar')];
const rows = [...document.querySelectorAll('.nodes tbody tr')];
let chosen = -1;

function choose(index) {
  chosen = index === chosen ? -1 : index;
  timeline.classList.toggle('dimmed', chosen >= 0);
  for (const element of [...bars, ...rows]) {
    element.classList.toggle('chosen', Number(element.dataset.node) === chosen);
  }
  for (const view of views) {
    view.pin(chosen);
  }
}

for (const bar of bars) {
  bar.addEventListener('click', () => choose(Number(bar.dataset.node)));
}

for (const row of rows) {
  row.addEventListener('click', () => {
    if (getSelection().isCollapsed) {
      choose(Number(row.dataset.node));
      if (chosen >= 0) { views.forEach(view => view.centre(chosen)); }
    }
  });
}

for (const link of document.querySelectorAll('a.go')) {
  link.addEventListener('click', () => {
    chosen = -1;
    choose(Number(link.dataset.node));
  });
}

// ---- The timeline's zoom: the plane gets wider, and what is in the middle stays there.

const plane = timeline.querySelector('.plane');
const scroll = timeline.querySelector('.scroll');
const axis = plane.querySelector('.axis');
const seconds = Number(timeline.dataset.seconds);
let widening = 1;

function tickStep(least) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
  if (least > 1) { return steps.find(step => step >= least) ?? Math.ceil(least / 86400) * 86400; }
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least * 0.999999);
}

function tickText(time, step) {
  if (step < 0.01) { return `${+(time * 1000).toFixed(3)} ms`; }
  if (step < 1) { return `${+time.toFixed(2)} s`; }
  if (time < 60 && step < 60) { return `${Math.round(time)} s`; }
  const two = number => String(Math.floor(number)).padStart(2, '0');
  return `${Math.floor(time / 3600)}:${two(time / 60 % 60)}:${two(time % 60)}`;
}

function drawTicks() {
  if (!(seconds > 0)) { return; }
  const step = tickStep(seconds / Math.max(1, plane.clientWidth / 130));
  const ticks = [];
  for (let time = 0; time < seconds && ticks.length < 2000; time += step) {
    const tick = document.createElement('span');
    tick.style.left = `${100 * time / seconds}%`;
    tick.textContent = tickText(time, step);
    ticks.push(tick);
  }
  axis.replaceChildren(...ticks);
}

function widen(factor, x = scroll.clientWidth / 2) {
  const next = Math.min(200, Math.max(1, widening * factor));
  const at = (scroll.scrollLeft + x) / widening;
  widening = next;
  plane.style.width = `${100 * widening}%`;
  scroll.scrollLeft = at * widening - x;
  drawTicks();
}

const zoomButtons = document.createElement('div');
zoomButtons.className = 'zoom';
for (const [text, title, act] of [['−', 'Less detail', () => widen(0.5)], ['+', 'More detail', () => widen(2)], ['Fit', 'Show all', () => widen(0)]]) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.title = title;
  button.addEventListener('click', act);
  zoomButtons.append(button);
}
document.querySelector('.legend').append(zoomButtons);
scroll.addEventListener('wheel', event => {
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    widen(Math.exp(-event.deltaY * 0.002), event.clientX - scroll.getBoundingClientRect().left);
  }
}, { passive: false });
new ResizeObserver(drawTicks).observe(scroll);

// ---- The table: sorted by a click on a heading, filtered by what is typed.

const body = document.querySelector('.nodes tbody');
const headings = [...document.querySelectorAll('.nodes th')];

headings.forEach((heading, column) => heading.querySelector('button').addEventListener('click', () => {
  const isUp = heading.getAttribute('aria-sort') !== 'ascending';
  headings.forEach(other => other.removeAttribute('aria-sort'));
  heading.setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
  const valueOf = row => row.cells[column].dataset.value === undefined ? row.cells[column].textContent : Number(row.cells[column].dataset.value);
  const compare = (one, other) => typeof one === 'number' ? one - other : one.localeCompare(other, undefined, { numeric: true });
  const sorted = rows.map(row => ({ row, value: valueOf(row) })).sort((one, other) => compare(one.value, other.value) * (isUp ? 1 : -1));
  body.append(...sorted.map(item => item.row));
}));

document.querySelector('.filter').addEventListener('input', event => {
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every(word => text.includes(word));
  }
});
