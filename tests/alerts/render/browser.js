"use strict";
/* As much of a browser as the mail page uses, around Node's own streams and decoders. Reads from standard input
   {page, visits: [{hash, agent, languages, click, clipboard, old}]}, prints what each visitor then sees. */
const { readFileSync } = require("node:fs");

class Element {
  constructor(tag, attributes) {
    this.tag = tag;
    this.id = attributes.id;
    this.dataset = { word: attributes["data-word"] };
    this.hidden = "hidden" in attributes;
    this.textContent = "";
    this.children = [];
    this.listeners = [];
  }
  set innerHTML(_) {
    throw new Error("the page must never parse markup");
  }
  append(...more) {
    this.children.push(...more);
  }
  replaceChildren(...others) {
    this.children = others;
  }
  addEventListener(_, listener) {
    this.listeners.push(listener);
  }
  select() {}
  remove() {}
  async click() {
    await this.onclick?.();
    for (const listener of this.listeners) await listener();
  }
}

function elementsOf(page) {
  const found = [];
  for (const [, tag, rest] of page.replace(/<script>.*<\/script>/s, "").matchAll(/<([a-z0-9]+)((?: [^>]*)?)>/g)) {
    const attributes = Object.fromEntries([...rest.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, k, v]) => [k, v ?? ""]));
    found.push(new Element(tag, attributes));
  }
  return found;
}

async function visit(page, { hash, agent = "", languages = [], click = [], clipboard = true, old = false }) {
  const elements = elementsOf(page);
  const byId = (id) => elements.find((one) => one.id === id);
  const copied = [];
  const document = {
    title: "",
    documentElement: { lang: "en", dir: "ltr" },
    body: { append: (field) => copied.push(`by hand: ${field.value}`) },
    getElementById: byId,
    querySelectorAll: () => elements.filter((one) => one.dataset.word !== undefined),
    createElement: (tag) => new Element(tag, {}),
    execCommand: () => clipboard === "by hand",
  };
  const writeText = async (text) => {
    if (clipboard !== true) throw new Error("not allowed");
    copied.push(text);
  };
  const navigator = { userAgent: agent, languages, clipboard: { writeText } };
  const script = /<script>(.*)<\/script>/s.exec(page)[1];
  const Stream = old ? undefined : DecompressionStream;
  const names = ["document", "location", "navigator", "addEventListener", "DecompressionStream"];
  new Function(...names, script)(document, { hash }, navigator, () => undefined, Stream);
  while (byId("letter").hidden && byId("problem").hidden) await new Promise(setImmediate);
  for (const id of click) await (id === "first way" ? byId("ways").children[0] : byId(id)).click();
  const shown = {};
  for (const one of elements) if (one.id) shown[one.id] = one.hidden ? null : one.textContent;
  const ways = byId("ways").children.map((one) => [one.textContent, one.href]);
  return { shown, ways, copied, lang: document.documentElement.lang, dir: document.documentElement.dir };
}

async function main() {
  const { page, visits } = JSON.parse(readFileSync(0, "utf-8"));
  const results = [];
  for (const one of visits) results.push(await visit(page, one));
  process.stdout.write(JSON.stringify(results));
}

main();
