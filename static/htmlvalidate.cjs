// How the checks read our pages: html-validate --config static/htmlvalidate.cjs pages/*.html
module.exports = {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "submit", "button"] }], // one question, many boxes
    "no-redundant-role": "off", // the Design System's date is a group for the screen reader JAWS
    "prefer-native-element": "off", // the Design System's links that look like buttons
    "tel-non-breaking": "off", // a link that calls may have words
    "no-trailing-whitespace": "off", // templates leave some
  },
};
