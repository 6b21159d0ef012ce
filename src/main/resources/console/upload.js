// Sends a file. It becomes an import that has not started; its page shows the check.
import { JOBS, upload as send } from './api.js';
import { html, nothing, redraw } from './draw.js';
import { bytes, name } from './format.js';
import { may } from './me.js';
import { notice, problem } from './parts.js';
import { text } from './texts.js';

const CHARSETS = ['UTF-8', 'windows-1252', 'ISO-8859-1', 'ISO-8859-15'];

/** Survives going from page to page while a file is sent. */
const state = { file: null, sent: 0, all: 0, abort: null, fault: null, ended: null, over: false, duplicates: 'reject', charset: 'UTF-8' };

const hold = (event) => event.preventDefault();

const isOnImports = () => /^#?\/?$/.test(location.hash);

async function start(files) {
  state.over = false;
  if (files.length !== 1) {
    state.fault = files.length ? { title: text.failed, message: text.upload.one } : null;
    redraw();
    return;
  }
  const parameters = new URLSearchParams();
  if (state.duplicates !== 'reject') {
    parameters.set('onDuplicate', state.duplicates);
  }
  if (state.charset !== 'UTF-8') {
    parameters.set('charset', state.charset);
  }
  Object.assign(state, { file: files[0], sent: 0, all: files[0].size, fault: null });
  const going = send(`${JOBS}/start?${parameters}`, files[0], (sent, all) => {
    Object.assign(state, { sent, all });
    redraw();
  });
  state.abort = going.abort;
  addEventListener('beforeunload', hold);
  redraw();
  try {
    const job = await going.done;
    state.file = null;
    if (isOnImports()) {
      location.hash = `#/job/${job.jobId}`;
    } else {
      state.ended = { job };
    }
  } catch (e) {
    state.file = null;
    if (e.name !== 'AbortError') {
      e.title = e.status >= 400 && e.status < 500 && e.status !== 401 ? text.upload.refused : e.title;
      state.fault = e;
      state.ended = isOnImports() ? null : { fault: e, file: files[0].name };
    }
  }
  removeEventListener('beforeunload', hold);
  redraw();
}

function forget() {
  state.ended = null;
  redraw();
}

/** Tells of an upload that ended while another page was looked at. */
export function uploaded() {
  if (!state.ended) {
    return nothing;
  }
  const { job, fault, file } = state.ended;
  const close = html`<button type="button" class="link" @click=${forget}>${text.close}</button>`;
  return job
    ? notice('good', text.upload.done, html`${name(job.fileName, 60)} <a href=${`#/job/${job.jobId}`} @click=${forget}>${text.upload.look}</a> ${close}`)
    : notice('bad', fault.title, html`${name(file, 60)}: ${fault.message} ${close}`);
}

async function sample() {
  const response = await fetch('console/sample.csv');
  start([new File([await response.blob()], 'sample.csv', { type: 'text/csv' })]);
}

function sending() {
  const done = state.sent >= state.all;
  return html`<section class="card upload"><h2>${text.upload.going} ${name(state.file.name)}</h2>
    <progress max=${state.all || 1} value=${state.sent} aria-label=${text.upload.title}></progress>
    <p class="quiet">${done ? text.upload.storing : text.upload.of(bytes(state.sent), bytes(state.all))}
      ${done ? nothing : html`<button type="button" class="link" @click=${() => state.abort()}>${text.cancel}</button>`}</p></section>`;
}

const choice = (label, value, values, change) => html`<label>${label}<select @change=${(e) => change(e.target.value)}>
  ${values.map(([key, words]) => html`<option value=${key} ?selected=${value === key}>${words}</option>`)}</select></label>`;

export function uploadCard() {
  state.ended = null;
  const drag = (event, over) => {
    event.preventDefault();
    if (state.over !== over) {
      state.over = over;
      redraw();
    }
  };

  const view = () => {
    if (!may('operator')) {
      return html`<p class="quiet">${text.upload.viewer} ${text.needs('operator')}</p>`;
    }
    if (state.file) {
      return sending();
    }
    return html`<section class="card upload ${state.over ? 'over' : ''}" aria-label=${text.upload.title}
      @dragover=${(e) => drag(e, true)} @dragleave=${(e) => drag(e, false)}
      @drop=${(e) => { e.preventDefault(); start(e.dataTransfer.files); }}>
      <div class="choose">
        <label class="file primary">${text.upload.choose}<input type="file" id="file"
          @change=${(e) => { const files = [...e.target.files]; e.target.value = ''; start(files); }}></label>
        <p>${state.over ? text.upload.dropHere : text.upload.drop}</p>
      </div>
      ${problem(state.fault)}
      ${state.fault?.status === 400 ? html`<p><a href="templates/kintell_sessions_template.csv" download>${text.upload.template}</a></p>` : nothing}
      <details><summary>${text.upload.options}</summary><div class="fields">
        ${choice(text.upload.existing, state.duplicates, Object.entries(text.upload.duplicates), (v) => { state.duplicates = v; })}
        ${choice(text.upload.charset, state.charset, CHARSETS.map((c) => [c, c]), (v) => { state.charset = v; })}
      </div></details>
    </section>`;
  };

  return {
    view,
    leave: () => { state.fault = null; },
    sample: () =>
      may('operator')
        ? html`<p>${text.list.emptyAdvice}</p><button type="button" @click=${sample}>${text.list.sample}</button>`
        : html`<p>${text.list.emptyViewer}</p>`,
  };
}
