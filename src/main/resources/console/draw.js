// Draws the page after the state has changed, once for all changes of a moment.
export { html, svg, nothing, render } from './lit/lit-html.js';
export { repeat } from './lit/directives/repeat.js';

let draw = () => {};
let waiting = false;

export function drawWith(function_) {
  draw = function_;
}

export function redraw() {
  if (!waiting) {
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      draw();
    });
  }
}
