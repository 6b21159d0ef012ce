// Numbers, times and names as people read them.
import { html } from './draw.js';

const whole = new Intl.NumberFormat('en');
const zone = 'kintell-utc';

export const inUtc = () => localStorage.getItem(zone) === 'yes';
export const showUtc = (yes) => localStorage.setItem(zone, yes ? 'yes' : 'no');

export const number = (value) => whole.format(value ?? 0);

/** 1 row, 2 rows. */
export const count = (value, one, many = one + 's') => `${number(value)} ${value === 1 ? one : many}`;

export function bytes(value) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let size = value;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit && size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

export function duration(seconds) {
  if (seconds < 1) {
    return 'under 1 s';
  }
  if (seconds < 60) {
    return `${Math.round(seconds)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const dayOf = (date) => (inUtc() ? date.toISOString().slice(0, 10) : date.toDateString());

const zoned = () => (inUtc() ? { timeZone: 'UTC' } : {});

const options = (date) => ({
  ...zoned(),
  ...(dayOf(date) === dayOf(new Date()) ? {} : { year: 'numeric', month: 'short', day: 'numeric' }),
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export function clock(text) {
  const date = new Date(text);
  return new Intl.DateTimeFormat('en-GB', options(date)).format(date) + (inUtc() ? ' UTC' : '');
}

/** A moment; its full form is shown on hovering. */
export const time = (text) =>
  text ? html`<time datetime=${text} title=${text}>${clock(text)}</time>` : '';

export const day = (text) =>
  new Intl.DateTimeFormat('en-GB', { ...zoned(), day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(text));

const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Characters that cannot be seen, or that turn the text around, are written out. */
export const visible = (text) =>
  String(text ?? '').replace(HIDDEN, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));

/** A long text keeps its beginning and its end. */
export function short(text, most = 90) {
  const characters = [...visible(text)];
  return characters.length <= most
    ? characters.join('')
    : characters.slice(0, most - 24).join('') + ' … ' + characters.slice(-20).join('');
}

export const name = (text, most) => html`<bdi class="name">${short(text, most)}</bdi>`;
