// Staff and provider pages: parts of a page change in place, by htmx.
// Its settings are in the layout's meta element; every form and link works without it.
import "htmx.org";
import { Button, ErrorSummary, createAll } from "govuk-frontend";
import { enhance } from "./forms.js";

const BROKEN_RULES = 422;

// What came is alive like the rest, and who asked for it is led to it.
document.addEventListener("htmx:after:swap", ({ detail }) => {
  const { swap, target } = detail.ctx;
  if (swap === "none" || !(target instanceof Element) || !target.isConnected) {
    return;
  }
  createAll(Button, {}, target);
  createAll(ErrorSummary, {}, target);
  enhance(target);
  target.querySelector("[data-focus-after-swap]")?.focus();
});

// An answer that is no part of the page is shown as a page of its own.
document.addEventListener("htmx:response:error", ({ detail }) => {
  const { request, response } = detail.ctx;
  if (response.status === BROKEN_RULES) {
    return;
  }
  if (request.method.toUpperCase() === "GET") {
    location.assign(request.action);
  } else {
    location.reload();
  }
});
