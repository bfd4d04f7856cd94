// Pages of somebody who has been harmed: the quick way out, and nothing left on the screen.
import { ExitThisPage, createAll } from "govuk-frontend";

const IDLE = 10 * 60 * 1000;
const SIGNS_OF_LIFE = ["keydown", "pointerdown", "scroll", "input"];

function blank() {
  document.documentElement.classList.add("portal-blank");
  document.title = "";
}

// The GOV.UK component leaves the page in the history, where Back would find it: ours does not.
class Exit extends ExitThisPage {
  exitPage() {
    blank();
    location.replace(this.$button.href);
  }

  resetPage() {
    // A page that was left stays blank.
  }
}

createAll(Exit);

// A page that the browser kept and shows again has to be asked for again.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) {
    blank();
    location.reload();
  }
});

// Nobody is there: show nothing, and ask again when somebody is.
let waiting;
function rest() {
  blank();
  for (const sign of SIGNS_OF_LIFE) {
    addEventListener(sign, () => location.reload(), { once: true, capture: true });
  }
}
function wake() {
  clearTimeout(waiting);
  waiting = setTimeout(rest, IDLE);
}
for (const sign of SIGNS_OF_LIFE) {
  addEventListener(sign, wake, { passive: true, capture: true });
}
wake();
