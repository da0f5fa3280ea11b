"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
    });
  }
  const SAYS = { y: "holds", n: "does not hold", x: "gave no verdict", "?": "cannot be judged" };
  for (const strip of document.querySelectorAll(".strip")) {
    const input = strip.querySelector("input[type=range]");
    const screen = strip.querySelector(".screen .f");
    const words = strip.querySelector(".screen figcaption");
    const places = strip.dataset.frames.split(" ");
    const captions = strip.dataset.captions.split("|");
    const lanes = [...strip.querySelectorAll(".lane")].map((lane) => [lane.dataset.name, lane.dataset.said]);
    const noun = strip.dataset.noun;
    const show = () => {
      const at = Number(input.value);
      const [sheet, x, y] = places[at].split(".");
      screen.className = screen.className.replace(/\bs\d+\b/, `s${sheet}`);
      screen.style.setProperty("--x", x);
      screen.style.setProperty("--y", y);
      const steps = lanes.slice(0, -1);
      const holding = steps.filter(([, said]) => said[at] === "y").map(([name]) => name);
      const success = lanes[lanes.length - 1][1][at] === "y" ? ["success"] : [];
      const odd = lanes.filter(([, said]) => "x?".includes(said[at]))
        .map(([name, said]) => `${name} ${SAYS[said[at]]}`);
      const told = [holding.length ? `${holding.join(", ")} hold${holding.length > 1 ? "" : "s"}` : "nothing holds", ...success, ...odd];
      const caption = captions[at] ? `${noun} ${at} of ${places.length - 1}, ${captions[at]}` : `${noun} ${at} of ${places.length - 1}`;
      words.textContent = `${caption}: ${told.join("; ")}`;
      screen.setAttribute("aria-label", caption);
      input.setAttribute("aria-valuetext", words.textContent);
    };
    input.addEventListener("input", show);
    show();
    const play = strip.querySelector(".play");
    let timer = 0;
    const stop = () => { clearInterval(timer); timer = 0; play.textContent = "Play"; };
    if (play) {
      play.hidden = false;
      play.addEventListener("click", () => {
        if (timer) { stop(); return; }
        if (Number(input.value) === places.length - 1) input.value = 0;
        play.textContent = "Stop";
        timer = setInterval(() => {
          if (Number(input.value) >= places.length - 1) { stop(); return; }
          input.value = Number(input.value) + 1;
          show();
        }, Math.max(60, Math.min(350, 8000 / places.length)));
        show();
      });
      input.addEventListener("pointerdown", () => timer && stop());
      input.addEventListener("keydown", () => timer && stop());
    }
  }
})();
