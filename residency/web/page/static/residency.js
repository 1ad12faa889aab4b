// Renews the page while it is looked at. Without this file every page is whole, as of its loading.
//
// What the server sent last is compared part by part with what it sends now, and only parts that
// differ are replaced: what is typed, chosen or scrolled elsewhere stays. A page that cannot be
// renewed says so at its top, and its headline says no more how things are.
"use strict";

(() => {
  const EVERY_MS = 30_000;
  const LATEST_MS = 300_000; // between two tries, when the service does not answer
  const ANSWER_MS = 20_000;
  const OLD_AFTER_MS = 120_000; // then what is shown counts as not known

  const main = document.getElementById("main");
  const checked = document.getElementById("checked");
  const news = document.getElementById("news");
  let sent = [...main.children].map((part) => part.outerHTML);
  let etag = null;
  let failures = 0;
  let answeredAt = Date.now();
  let shownAt = answeredAt; // when all of the page was as the server had it
  let isOld = false;
  let timer = 0;
  let asking = false;

  const clock = (moment) => `${new Date(moment).toISOString().slice(11, 19)} UTC`;

  const say = (place, text) => {
    if (place.textContent !== text) place.textContent = text;
  };

  // The reader's own time beside UTC, where these differ.
  const addLocalTimes = (within) => {
    for (const time of within.querySelectorAll("time")) {
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime()) || moment.getTimezoneOffset() === 0) continue;
      time.title = moment.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
      const age = time.nextElementSibling;
      if (!age?.classList.contains("age") || age.dataset.local) continue;
      age.dataset.local = "yes";
      const local = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      age.textContent = age.textContent.replace(/\)$/, `, ${local} here)`);
    }
  };

  // What is typed waits; text that is selected too, but not for long: it may be of an old state.
  const isInUse = (part) => {
    const active = document.activeElement;
    if (part.contains(active) && active.matches("input, select, textarea")) return true;
    const chosen = getSelection();
    const isNew = Date.now() - shownAt < OLD_AFTER_MS;
    return isNew && !chosen.isCollapsed && part.contains(chosen.anchorNode);
  };

  // Where the reader is: what has the focus, and how far tables are scrolled.
  const readerAt = () => {
    const active = main.contains(document.activeElement) ? document.activeElement : null;
    return {
      active,
      href: active?.getAttribute("href"),
      region: [...main.querySelectorAll("[tabindex]")].indexOf(active),
      scrolled: [...main.querySelectorAll(".scroll")].map((each) => each.scrollLeft),
    };
  };

  const returnTo = (place) => {
    main.querySelectorAll(".scroll").forEach((each, at) => {
      each.scrollLeft = place.scrolled[at] ?? 0;
    });
    if (!place.active || document.activeElement === place.active) return;
    const isThere = main.contains(place.active);
    const link = [...main.querySelectorAll("a")].find(
      (each) => place.href && each.getAttribute("href") === place.href,
    );
    const region = main.querySelectorAll("[tabindex]")[place.region];
    (isThere ? place.active : (link ?? region))?.focus({ preventScroll: true });
  };

  // Shows each part that differs; gives whether all of them are shown.
  const showParts = (fresh, now) => {
    let isAll = true;
    [...main.children].forEach((part, at) => {
      if (sent[at] === now[at]) return;
      if (isInUse(part)) {
        isAll = false;
        return;
      }
      sent[at] = now[at];
      part.replaceWith(document.adoptNode(fresh[at]));
    });
    return isAll;
  };

  // Shows a page of other parts; what is typed in its form stays.
  const showAll = (fresh, now) => {
    const form = main.querySelector("form");
    const parts = fresh.map((part) => (part.matches("form") && form) || document.adoptNode(part));
    main.replaceChildren(...parts);
    sent = now;
    return true;
  };

  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = [...(page.getElementById("main")?.children ?? [])];
    if (!fresh.length) throw new Error("this is no page");
    const now = fresh.map((part) => part.outerHTML);
    const isAlike = fresh.length === main.children.length;
    const place = readerAt();
    const isAll = isAlike ? showParts(fresh, now) : showAll(fresh, now);
    addLocalTimes(main);
    returnTo(place);
    if (isAll) shownAt = Date.now();
    document.title = page.title;
    return isAll;
  };

  const headline = () => (main.querySelector("h1")?.textContent ?? "").trim().replace(/\s+/g, " ");

  const succeeded = (html, tag) => {
    const before = headline();
    if (isOld) sent = sent.map(() => ""); // all of it is shown anew
    const isAll = html === null || show(html);
    if (html === null) shownAt = Date.now();
    etag = isAll ? tag : null;
    isOld = isOld && !isAll;
    failures = 0;
    answeredAt = Date.now();
    const waits = isAll ? "" : "; a part of the page waits until you are done with it";
    say(checked, `Live: as of ${clock(answeredAt)}${waits}`);
    checked.className = "";
    if (headline() !== before) say(news, headline());
  };

  const failed = (why) => {
    failures += 1;
    say(checked, `Not renewed since ${clock(answeredAt)}: ${why}`);
    checked.className = "notice";
    if (Date.now() - answeredAt >= OLD_AFTER_MS && !isOld) crossOut(why);
  };

  // Says at the top that what follows may be so no more.
  const crossOut = (why) => {
    isOld = true;
    const title = main.querySelector("h1");
    const text = `? Not known any more: ${why}. At ${clock(answeredAt)} it said: ${headline()}`;
    title.textContent = text;
    title.closest(".headline")?.setAttribute("class", "headline not-proven");
    document.title = text;
    etag = null;
    say(news, text);
  };

  const reasonOf = (status) => {
    if (status === 401) return "you are not known to the service";
    return `the service answers with ${status}`;
  };

  const ask = async () => {
    const headers = etag === null ? {} : { "If-None-Match": etag };
    const options = { headers, cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) };
    try {
      const answer = await fetch(location.href, options);
      if (answer.status === 304) return succeeded(null, etag);
      if (!answer.ok) return failed(reasonOf(answer.status));
      succeeded(await answer.text(), answer.headers.get("ETag"));
    } catch {
      failed("the service does not answer");
    }
  };

  const renew = async () => {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    await ask();
    asking = false;
    timer = setTimeout(renew, Math.min(EVERY_MS * 2 ** Math.max(0, failures - 2), LATEST_MS));
  };

  document.addEventListener("visibilitychange", renew);
  addEventListener("pageshow", (event) => event.persisted && renew());
  addLocalTimes(main);
  say(checked, `Live: as of ${clock(answeredAt)}`);
  timer = setTimeout(renew, EVERY_MS);
})();
