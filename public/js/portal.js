// What the pages gain from a script. Every page works without it; nothing here holds state.
(() => {
  "use strict";

  document.documentElement.classList.add("has-script");

  // Menus and action forms are <details>: a click elsewhere or Escape closes them, and only one is open.
  const openMenus = () => document.querySelectorAll("details.menu[open]");

  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Buttons that copy a text, or what an address of this portal answers (the kubeconfig).
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    const label = button.querySelector("[data-copy-label]") || button;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? (await textAt(button.dataset.copyFrom)));
      label.textContent = button.dataset.copied;
    } catch {
      label.textContent = button.dataset.copyFailed;
    }
    setTimeout(() => { label.textContent = before; }, 2500);
  });

  const textAt = async (address) => {
    // Without a session a page is redirected to the sign-in page, which is not what was to be copied.
    const response = await fetch(address, { credentials: "same-origin", redirect: "error" });
    if (!response.ok) throw new Error(String(response.status));
    return response.text();
  };

  // A form that changes something is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });

  // A page that comes back from the browser's memory is fresh: its forms can be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    }
  });

  // After an error the reader starts at its summary.
  document.querySelector("[data-focus]")?.focus();

  // A log that is being written stays at its end while the reader has not scrolled up.
  let logAtEnd = true;
  document.addEventListener("htmx:beforeSwap", () => {
    const log = document.getElementById("operation-log");
    logAtEnd = !log || log.scrollTop + log.clientHeight >= log.scrollHeight - 24;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const log = document.getElementById("operation-log");
    if (log && logAtEnd) log.scrollTop = log.scrollHeight;
  });

  // Live news must not close a form that somebody is filling in, unless it is about a state that is over.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (!target?.querySelector("details[open]")) return;
    const next = fragment.querySelector("[data-phase]");
    if (next && next.dataset.phase === target.dataset.phase) event.detail.shouldSwap = false;
  });

  // Browsers allow six connections to a server. A tab in the background gives its live stream back; when it is
  // looked at again the stream opens anew and what it shows is fetched once.
  document.addEventListener("visibilitychange", () => {
    for (const element of document.querySelectorAll("[sse-connect]")) {
      if (document.hidden) {
        element["htmx-internal-data"]?.sseEventSource?.close();
        element.dataset.paused = "true";
      } else if (element.dataset.paused) {
        delete element.dataset.paused;
        htmx.trigger(element, "htmx:afterProcessNode");
        for (const child of element.querySelectorAll("[hx-trigger*='sse:']")) {
          htmx.trigger(child, "htmx:afterProcessNode");
          htmx.trigger(child, "portal:refresh");
        }
      }
    }
  });
})();
