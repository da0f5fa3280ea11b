// A page in which nothing moves by itself. Its clock stands, and goes on only when it is told to;
// what it draws by chance of its own, it draws from a seed; nothing blinks, fades or glides.
(() => {
  const RealDate = Date;
  const START = RealDate.UTC(2024, 0, 15, 9, 30);
  let now = START;
  let last = 0;
  const waiting = new Map();

  function StillDate(...given) {
    if (!new.target) return new RealDate(now).toString();
    return given.length ? new RealDate(...given) : new RealDate(now);
  }
  StillDate.prototype = RealDate.prototype;
  StillDate.now = () => now;
  StillDate.parse = RealDate.parse;
  StillDate.UTC = RealDate.UTC;
  window.Date = StillDate;
  performance.now = () => now - START;

  const later = (call, delay, every, given) => {
    last += 1;
    const wait = Math.max(Number(delay) || 0, every ? 1 : 0);
    waiting.set(last, { due: now + wait, every: every ? wait : null, call, given });
    return last;
  };
  window.setTimeout = (call, delay, ...given) => later(call, delay, false, given);
  window.setInterval = (call, delay, ...given) => later(call, delay, true, given);
  window.clearTimeout = window.clearInterval = (id) => { waiting.delete(id); };
  window.requestAnimationFrame = (call) => later((() => call(now - START)), 16, false, []);
  window.cancelAnimationFrame = window.clearTimeout;

  // Let so many milliseconds pass: what falls due is called in order.
  const pass = (milliseconds) => {
    const end = now + milliseconds;
    for (;;) {
      let next = null;
      for (const [id, one] of waiting) {
        if (one.due <= end && (next === null || one.due < next[1].due)) next = [id, one];
      }
      if (next === null) break;
      const [id, one] = next;
      now = Math.max(now, one.due);
      if (one.every === null) waiting.delete(id);
      else one.due += one.every;
      if (typeof one.call === "function") one.call(...one.given);
    }
    now = end;
  };
  Object.defineProperty(window, "still", { value: { pass } });

  document.addEventListener("DOMContentLoaded", () => {
    const style = document.createElement("style");
    style.textContent = `*, *::before, *::after {
      animation: none !important; transition: none !important;
      caret-color: transparent !important; scroll-behavior: auto !important; }`;
    document.head.appendChild(style);
  });
})();
