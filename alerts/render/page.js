"use strict";
/* The mail page: reads a letter from the address's fragment, shows it and makes the links that send it.
   WORDS, PROVIDERS, LIMITS and VERSION are written above it by page.py. Everything in the fragment is somebody's text
   until proven otherwise: it is only ever shown as text, and nothing is done with one that is not as it should be. */

class Damaged extends Error {}
class TooOld extends Error {}
class Nothing extends Error {}
class Over extends Error {}

const ADDRESS = /^[A-Za-z0-9_'+-]+(\.[A-Za-z0-9_'+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const CONTROL_IN_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/;

let words = WORDS.en;

function bytesOf(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

function inflater() {
  try {
    return new DecompressionStream("deflate-raw");
  } catch {
    throw new TooOld();
  }
}

/* What the packed bytes unfold to, at most LIMITS.unpacked of it: a few bytes can unfold to gigabytes. */
async function unfolded(packed) {
  const stream = inflater();
  const writer = stream.writable.getWriter();
  const written = writer.write(packed).then(() => writer.close());
  written.catch(() => undefined); /* the reader below hears of the same fault */
  const reader = stream.readable.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LIMITS.unpacked) {
      reader.cancel().catch(() => undefined);
      throw new Damaged();
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function isAddresses(value) {
  const isOne = (one) => typeof one === "string" && one.length <= 254 && ADDRESS.test(one);
  return Array.isArray(value) && value.length <= LIMITS.addresses && value.every(isOne);
}

function isText(value, limit, forbidden) {
  return typeof value === "string" && value.length <= limit && !forbidden.test(value) && value.isWellFormed?.() !== false;
}

function mailOf(plain) {
  const isRight =
    plain !== null &&
    typeof plain === "object" &&
    isAddresses(plain.t) &&
    isAddresses(plain.c) &&
    isText(plain.s, LIMITS.subject, CONTROL) &&
    isText(plain.b, LIMITS.body, CONTROL_IN_TEXT) &&
    (plain.d === undefined || Number.isSafeInteger(plain.d));
  if (!isRight) throw new Damaged();
  const language = typeof plain.l === "string" && Object.hasOwn(WORDS, plain.l) ? plain.l : "en";
  return { language, to: plain.t, cc: plain.c, subject: plain.s, body: plain.b, deadline: plain.d ?? Infinity };
}

async function readMail(fragment) {
  if (fragment === "") throw new Nothing();
  if (fragment.length > LIMITS.fragment) throw new Damaged();
  const match = /^([0-9]+)\.([A-Za-z0-9_-]+)$/.exec(fragment);
  if (match === null || match[1] !== VERSION) throw new Damaged();
  const packed = bytesOf(match[2]);
  return mailOf(JSON.parse(await unfolded(packed)));
}

function encoded(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase());
}

function joined(base, parts) {
  const query = parts.filter(([, value]) => value !== "").map(([name, value]) => `${name}=${encoded(value)}`).join("&");
  return base + (base.endsWith("?") ? "" : "&") + query;
}

function fitting(head, whole, limit) {
  return whole.length <= limit ? { url: whole, whole: true } : { url: head, whole: false };
}

function composeLink(mail, provider) {
  const parts = [
    ["to", mail.to.join(provider.separator)],
    ["cc", mail.cc.join(provider.separator)],
    [provider.subject, mail.subject],
  ];
  const body = ["body", mail.body.replaceAll("\n", provider.newline)];
  return fitting(joined(provider.base, parts), joined(provider.base, [...parts, body]), provider.limit);
}

function mailtoLink(mail, limit) {
  const to = mail.to.map((one) => encoded(one).replaceAll("%40", "@")).join(",");
  const parts = [
    ["cc", mail.cc.join(",")],
    ["subject", mail.subject],
  ];
  const body = ["body", mail.body.replaceAll("\n", "\r\n")];
  return fitting(`mailto:${to}${joined("?", parts)}`, `mailto:${to}${joined("?", [...parts, body])}`, limit);
}

/* Windows hands a program about 2,000 characters of an address; other systems hand on all of it. */
function mailtoLimit() {
  return /Windows/.test(navigator.userAgent) ? LIMITS.mailto_windows : LIMITS.mailto;
}

const byId = (id) => document.getElementById(id);

function say(word) {
  byId("state").textContent = words[word];
}

async function copy(text, quiet) {
  try {
    await navigator.clipboard.writeText(text);
    say(quiet ? "pasting" : "copied");
  } catch {
    say(copyTheOldWay(text) ? (quiet ? "pasting" : "copied") : "not_copied");
  }
}

function copyTheOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  return isDone;
}

function way(label, link, body, isFirst) {
  const anchor = document.createElement("a");
  anchor.className = isFirst ? "way first" : "way";
  anchor.textContent = label;
  anchor.href = link.url;
  if (!isFirst) {
    anchor.target = "_blank";
    anchor.rel = "noreferrer noopener";
  }
  if (!link.whole) anchor.addEventListener("click", () => copy(body, true));
  return anchor;
}

function setWords(language) {
  words = WORDS[language];
  document.documentElement.lang = language;
  document.documentElement.dir = words.dir;
  document.title = words.title;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = words[element.dataset.word];
}

function showAddresses(part, id, addresses) {
  byId(part).hidden = addresses.length === 0;
  byId(id).textContent = addresses.join(", ");
  byId(`copy-${id}`).onclick = () => copy(addresses.join(", "), false);
}

function showMail(mail) {
  showAddresses("addressees", "to", mail.to);
  showAddresses("copies", "cc", mail.cc);
  byId("subject").textContent = mail.subject;
  byId("copy-subject").onclick = () => copy(mail.subject, false);
  byId("text").textContent = mail.body;
  byId("copy-text").onclick = () => copy(mail.body, false);
  const links = [[words.open, mailtoLink(mail, mailtoLimit())]];
  for (const provider of PROVIDERS) links.push([provider.label, composeLink(mail, provider)]);
  byId("ways").replaceChildren(...links.map(([label, link], index) => way(label, link, mail.body, index === 0)));
  byId("pasting").hidden = links.every(([, link]) => link.whole);
  byId("state").textContent = "";
  byId("problem").hidden = true;
  byId("letter").hidden = false;
}

function showProblem(error) {
  const known = [[Nothing, "nothing"], [TooOld, "too_old"], [Over, "over"]];
  const word = known.find(([kind]) => error instanceof kind)?.[1] ?? "damaged";
  byId("letter").hidden = true;
  byId("ways").replaceChildren();
  byId("problem").textContent = words[word];
  byId("problem").hidden = false;
}

/* A link that cannot be read does not say its language: the browser's is taken then. */
function browserLanguage() {
  const languages = (navigator.languages ?? []).map((one) => one.toLowerCase().split("-")[0]);
  return languages.map((one) => (one === "ku" ? "ckb" : one)).find((one) => Object.hasOwn(WORDS, one)) ?? "en";
}

async function start() {
  try {
    const mail = await readMail(location.hash.slice(1));
    setWords(mail.language);
    if (Date.now() >= mail.deadline * 1000) throw new Over();
    showMail(mail);
  } catch (error) {
    if (!(error instanceof Over)) setWords(browserLanguage());
    showProblem(error);
  }
}

addEventListener("hashchange", start);
start();
