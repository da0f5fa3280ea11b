// A phone: home pages with icons and folders, a search, and apps that are opened by a tap.
//
// phone.begin({apps, pages, wallpaper}) lays it out: `apps` is {name: {shape, colour}}, `pages` a
// list of pages, each a list of places: {app: name}, {folder: title, apps: [names]} or null.
(() => {
  const COLUMNS = 3;
  const SWIPE = 30;
  const SHAPES = {
    circle: '<circle cx="16" cy="16" r="11"/>',
    square: '<rect x="6" y="6" width="20" height="20"/>',
    triangle: '<polygon points="16,5 28,26 4,26"/>',
    star: '<polygon points="16,3 19.5,12 29,12.5 21.5,18.5 24,28 16,22.5 8,28 10.5,18.5 3,12.5 12.5,12"/>',
  };
  let layout = { apps: {}, pages: [[]], wallpaper: "#fff" };
  let now = {};
  let pressed = null;

  const screen = document.getElementById("screen");
  const part = (parent, tag, properties) => {
    const made = Object.assign(document.createElement(tag), properties);
    parent.appendChild(made);
    return made;
  };
  const icon = (name) => {
    const { shape, colour } = layout.apps[name];
    return `<svg viewBox="0 0 32 32" fill="${colour}">${SHAPES[shape]}</svg>`;
  };
  const change = (what) => {
    now = { ...now, ...what };
    draw();
  };
  const open = (name) => change({ app: name, folder: null, search: null });

  const appPlace = (parent, name, left, top) => {
    const place = part(parent, "button", { className: "place", innerHTML: icon(name) + name });
    Object.assign(place.style, { left: `${left}px`, top: `${top}px` });
    place.dataset.app = name;
    place.onclick = () => open(name);
  };
  const folderPlace = (parent, one, left, top) => {
    const tile = `<span class="tile">${one.apps.map(icon).join("")}</span>`;
    const place = part(parent, "button", { className: "place", innerHTML: tile + one.folder });
    Object.assign(place.style, { left: `${left}px`, top: `${top}px` });
    place.dataset.folder = one.folder;
    place.onclick = () => change({ folder: one.folder });
  };

  const drawHome = () => {
    const field = part(screen, "button", { className: "field", id: "field", textContent: "Search" });
    field.onclick = () => change({ search: "" });
    layout.pages[now.page].forEach((one, at) => {
      const [left, top] = [(at % COLUMNS) * 48, 33 + Math.floor(at / COLUMNS) * 56];
      if (one && one.app) appPlace(screen, one.app, left, top);
      if (one && one.folder) folderPlace(screen, one, left, top);
    });
    const dots = part(screen, "div", { id: "dots" });
    layout.pages.forEach((_, at) => part(dots, "i", { className: at === now.page ? "on" : "" }));
  };
  const drawFolder = () => {
    const shade = part(screen, "div", { id: "shade" });
    shade.onclick = () => change({ folder: null });
    const panel = part(screen, "div", { id: "folder" });
    part(panel, "h1", { textContent: now.folder });
    folderOf(now.folder).apps.forEach((name, at) => {
      appPlace(panel, name, 5 + (at % 2) * 54, 22 + Math.floor(at / 2) * 56);
    });
  };
  const drawSearch = () => {
    const page = part(screen, "div", { id: "search" });
    part(page, "div", {
      className: now.search ? "field filled" : "field",
      textContent: now.search || "Search",
    });
    results().forEach((name, at) => {
      const row = part(page, "button", {
        className: "result", innerHTML: `${icon(name)}<span>${name}</span>`,
      });
      row.style.top = `${34 + at * 44}px`;
      row.dataset.app = name;
      row.onclick = () => open(name);
    });
  };
  const drawApp = () => {
    const page = part(screen, "div", { id: "app", innerHTML: icon(now.app) });
    part(page, "h1", { textContent: now.app });
    for (let at = 0; at < 5; at += 1) part(page, "hr", {}).style.top = `${136 + at * 14}px`;
  };
  const draw = () => {
    screen.innerHTML = "";
    screen.style.background = layout.wallpaper;
    if (now.app !== null) drawApp();
    else if (now.search !== null) drawSearch();
    else if (now.folder !== null) drawFolder();
    else drawHome();
  };

  const places = () => layout.pages.flatMap((page, at) => page.map((one) => [at, one]));
  const folderOf = (title) => places().find(([, one]) => one && one.folder === title)[1];
  // What is typed first, then what begins with the same letter.
  const results = () => {
    if (!now.search) return [];
    const alike = Object.keys(layout.apps).filter((name) => name[0] === now.search[0]);
    return alike.sort((a, b) => (b === now.search) - (a === now.search) || (a < b ? -1 : 1));
  };

  document.getElementById("home").onclick = () => {
    const away = now.app !== null || now.search !== null || now.folder !== null;
    change({ app: null, search: null, folder: null, page: away ? now.page : 0 });
  };
  document.addEventListener("mousedown", (event) => { pressed = event.clientX; }, true);
  document.addEventListener("mouseup", (event) => {
    const moved = pressed === null ? 0 : event.clientX - pressed;
    pressed = null;
    if (Math.abs(moved) < SWIPE || now.app !== null || now.search !== null || now.folder !== null) return;
    const page = now.page - Math.sign(moved);
    if (page >= 0 && page < layout.pages.length) change({ page });
  }, true);
  // A keyboard gives its text to whatever is searched for.
  const type = (text) => { if (now.search !== null && now.app === null) change({ search: text }); };

  // What brings an app nearer to being open: a CSS selector of what to tap, or gestures.
  const tap = (selector) => ({ selector, gestures: [] });
  const make = (gesture) => ({ selector: "", gestures: [gesture] });
  const icons = (name) => `#screen [data-app="${name}"]`;
  const opens = (name) => now.app === null && document.querySelector(icons(name)) !== null;
  const wanted = (name) => {
    if (now.app === name) return { selector: "", gestures: [] };
    if (now.app !== null) return tap("#home");
    if (opens(name)) return tap(icons(name));
    if (now.search !== null) return make(`type ${name}`);
    if (now.folder !== null) return tap("#home, #shade");
    const lies = places().find(([, one]) => one && [one.app, ...(one.apps || [])].includes(name));
    if (lies === undefined) return tap("#field");
    if (lies[0] !== now.page) return make(lies[0] > now.page ? "swipe left" : "swipe right");
    return tap(`#screen [data-folder="${lies[1].folder}"]`);
  };
  // Those of the points at which a tap meets one of the elements.
  const squares = (selector, points) => {
    const elements = selector ? [...document.querySelectorAll(selector)] : [];
    const meets = ([x, y]) => {
      const met = document.elementFromPoint(x, y);
      return met !== null && elements.some((one) => one.contains(met));
    };
    return points.flatMap((point, at) => (meets(point) ? [at] : []));
  };

  window.phone = {
    begin: (given) => {
      layout = given;
      now = { page: 0, folder: null, search: null, app: null };
      pressed = null;
      draw();
    },
    state: () => now,
    type, wanted, opens, squares,
  };
})();
