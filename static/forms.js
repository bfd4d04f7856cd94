// What only some pages use: app.js fetches this where it is needed.
import { CharacterCount, Checkboxes, PasswordInput, ServiceNavigation, createAll } from "govuk-frontend";

export function enhance(scope = document) {
  for (const component of [CharacterCount, Checkboxes, PasswordInput, ServiceNavigation]) {
    createAll(component, {}, scope);
  }
}
