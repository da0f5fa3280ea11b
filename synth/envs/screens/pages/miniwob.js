// What synth does with a page of MiniWoB++, once it has been loaded: begin the episode of a seed,
// see its end without the page covering itself, give it another mission, and tell what it asks for.
(() => {
  const pristine = document.body.cloneNode(true);
  const [PROBES, PAIRS, PATIENCE] = [5, 8, 8];
  // Spread over 0 to 1 from the first few on.
  const VALUES = Array.from({ length: 24 }, (_, k) => ((k + 1) * 0.6180339887) % 1);
  let outcome = null;
  let drawn = 0;

  // Thinking takes no time here, and no episode ends for lack of it.
  core.EPISODE_MAX_TIME = Infinity;
  // The page's own end counts the reward and covers the page. Here the page stays as it stood.
  core.endEpisode = (reward, proportional, reason) => {
    if (core.EP_TIMER === null) return;
    clearTimeout(core.EP_TIMER);
    core.EP_TIMER = null;
    core.clearTimer();
    WOB_RAW_REWARD_GLOBAL = WOB_REWARD_GLOBAL = reward;
    WOB_REWARD_REASON = reason;
    WOB_DONE_GLOBAL = true;
    outcome = reward;
  };
  // Some pages take the focus back as soon as they have seen it; it is what shows the deed.
  HTMLElement.prototype.blur = () => {};

  // The problem of a seed; with changes {k: value}, its k-th random number is that value.
  const begin = (seed, changes) => {
    document.body.replaceWith(pristine.cloneNode(true));
    core.cover_div = document.getElementById("sync-task-cover");
    core.clickTrackCtx = undefined;
    window.getSelection().empty();
    Math.seedrandom(seed);
    const random = Math.random;
    drawn = 0;
    Math.random = () => {
      const value = random();
      drawn += 1;
      return drawn - 1 in changes ? changes[drawn - 1] : value;
    };
    outcome = null;
    core.startEpisodeReal();
    document.getElementById("query").scrollTop = 0;
    return core.getUtterance();
  };

  // All that is in sight of the problem, its words aside.
  const inputs = () => [...document.querySelectorAll("#wrap input, #wrap textarea, #wrap select")]
    .map((one) => [one.value, one.checked === true]);
  const layout = () => {
    const copy = document.getElementById("wrap").cloneNode(true);
    copy.querySelector("#query").remove();
    return JSON.stringify([copy.innerHTML, inputs()]);
  };
  const state = () => {
    const every = [...document.querySelectorAll("#wrap *")];
    const scrolled = every.map((one) => one.scrollTop).filter((top) => top);
    const focus = every.indexOf(document.activeElement);
    return JSON.stringify([core.getUtterance(), layout(), scrolled, focus, outcome]);
  };

  // Missions of the same layout: the problem is made anew with one random number changed, and kept
  // where nothing in sight differs and the words do. Numbers are tried from both ends, since words
  // are drawn before all else or after it; where what is open follows from the words, the last two
  // together. Gives [mission, changes] pairs.
  const missions = (seed, most) => {
    const found = new Map([[begin(seed, {}), {}]]);
    const [same, count] = [layout(), drawn];
    const fits = (changes) => {
      const words = begin(seed, changes);
      if (found.has(words) || found.size === most || layout() !== same) return false;
      found.set(words, changes);
      return true;
    };
    let idle = 0;
    for (let turn = 0; turn < count && idle < PATIENCE && found.size < most; turn += 1) {
      const at = turn % 2 ? (turn - 1) / 2 : count - 1 - turn / 2;
      // A number of which none of the first values makes another mission is the layout's.
      const decides = VALUES.slice(0, PROBES).filter((value) => fits({ [at]: value })).length;
      if (decides) VALUES.slice(PROBES).forEach((value) => fits({ [at]: value }));
      idle = decides ? 0 : idle + 1;
    }
    for (const first of VALUES.slice(0, found.size === 1 ? PAIRS : 0)) {
      for (const last of VALUES.slice(0, PAIRS)) fits({ [count - 2]: first, [count - 1]: last });
    }
    return [...found];
  };

  // The elements that the mission asks to be clicked next; any of them will do.
  const all = (selector) => [...document.querySelectorAll(selector)];
  const ORDINALS = ["1st", "2nd", "3rd"];
  const submit = () => all("#area button");
  const WANTED = {
    "click-tab": (words) => [all("#area ul a")[Number(words.match(/#(\d)/)[1]) - 1]],
    "focus-text-2": (words) => [all("#area input")[ORDINALS.indexOf(words.match(/\d\w\w/)[0])]],
    "click-color": (words) => {
      const name = words.match(/the (\w+) colored/)[1];
      return all("#area .color").filter((one) => one.dataset.color === name);
    },
    "click-widget": (words) => {
      const kind = words.match(/"(\w+)"/)[1];
      return all(`#area [data-type="${kind}"]`);
    },
    "grid-coordinate": (words) => [document.getElementById(words.match(/\(.*\)/)[0])],
    "click-shades": (words) => {
      const name = words.match(/of (\w+)/)[1];
      const wrong = all("#area span").filter(
        (one) => (one.dataset.color === name) !== (one.className === "selected"));
      return wrong.length ? wrong : submit();
    },
    "number-checkboxes": (words) => {
      const pattern = PATTERNS[Number(words.match(/"(\d)"/)[1])].flat();
      const wrong = all("#checkboxes input").filter(
        (one, at) => one.checked !== (pattern[at] === 1));
      return wrong.length ? wrong : submit();
    },
  };

  // The places, of those given, at which a click meets an element that is wanted, a little inside
  // it where there is room. Nothing is wanted once the episode has ended.
  const places = (task, points) => {
    if (outcome !== null) return [];
    const wanted = WANTED[task](core.getUtterance()).filter((one) => one);
    const meets = (x, y) => {
      const met = document.elementFromPoint(x, y);
      return met !== null && wanted.some((one) => one.contains(met));
    };
    const met = points.map((point, at) => [at, point]).filter(([, [x, y]]) => meets(x, y));
    const inside = met.filter(([, [x, y]]) => [[-2, 0], [2, 0], [0, -2], [0, 2]].every(
      ([dx, dy]) => meets(x + dx, y + dy)));
    return (inside.length ? inside : met).map(([at]) => at);
  };

  window.wob = {
    begin, missions, layout, state, places,
    experts: Object.keys(WANTED),
    outcome: () => outcome,
  };
})();
