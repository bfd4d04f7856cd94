// What every page may use, and no page needs: links, forms and buttons work without.
import { Button, ErrorSummary, NotificationBanner, SkipLink, createAll } from "govuk-frontend";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}

for (const component of [Button, ErrorSummary, NotificationBanner, SkipLink]) {
  createAll(component);
}

const inForms = ["character-count", "checkboxes", "password-input"].map((name) => `[data-module="govuk-${name}"]`);
if (document.querySelector([...inForms, ".govuk-js-service-navigation-toggle"].join())) {
  import(FORMS_JS).then(({ enhance }) => enhance());
}
