// Builds what the browser gets: `node static/build.mjs`, or `make install`.
// Each file in static/built/ bears a hash of its content, and lies there compressed as well;
// manifest.json tells their names.  A file over its budget fails the build.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";
import rtlcss from "rtlcss";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const templates = join(here, "..", "templates");
const built = join(here, "built");

const browsers = ["chrome63", "safari11.1", "firefox67"];
const banner = "/*! Has parts of govuk-frontend (MIT, Crown Copyright) and htmx (0BSD). */";

// Bytes on the wire, by brotli.
const budgets = {
  "app.css": 10_000,
  "app.rtl.css": 10_000,
  "entry.css": 6_000,
  "app.js": 3_000,
  "forms.js": 8_000,
  "victim.js": 5_000,
  "staff.js": 20_000,
};

// What the first page that somebody sees may be made of: the way in, the footer's pages, what went wrong.
const entryComponents = [
  "back_link", "button", "date_input", "details", "error_message", "error_summary", "exit_this_page",
  "generic_header", "hint", "input", "inset_text", "label", "language_navigation", "notification_banner",
  "password_input", "phase_banner", "service_navigation", "skip_link", "table", "warning_text",
];
const entryPages = /(^|\/)(errors|entry|public)\//;
const entryWords = "govuk-body govuk-heading-l govuk-heading-m govuk-link govuk-list govuk-list--bullet p h1 h2 ul li";

const manifest = {};
const tooLarge = [];

function keep(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const hashed = name.replace(".", `.${hash}.`);
  const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  writeFileSync(join(built, hashed), bytes);
  writeFileSync(join(built, `${hashed}.br`), br);
  writeFileSync(join(built, `${hashed}.gz`), gzipSync(bytes, { level: 9 }));
  manifest[name] = hashed;
  const budget = budgets[name];
  console.log(`${name.padEnd(12)} ${bytes.length} bytes, ${br.length} by brotli${budget ? ` of ${budget}` : ""}`);
  if (budget && br.length > budget) {
    tooLarge.push(name);
  }
  return hashed;
}

// Without the media queries that match "unwanted", like those of Internet Explorer, which are not CSS.
function without(unwanted, css) {
  const root = postcss.parse(css);
  root.walkAtRules("media", (rule) => {
    if (unwanted.test(rule.params)) {
      rule.remove();
    }
  });
  return root.toString();
}

async function minified(css) {
  return (await esbuild.transform(css, { loader: "css", minify: true, target: browsers })).code.trim();
}

function isEntry(path) {
  const isAroundEveryPage = !path.includes("/");
  return isAroundEveryPage || entryPages.test(path) || entryComponents.some((name) => path === `components/${name}.html`);
}

async function purged(css) {
  const pages = readdirSync(templates, { recursive: true }).map((path) => path.replaceAll("\\", "/"));
  const content = pages
    .filter((path) => path.endsWith(".html") && isEntry(path))
    .map((path) => ({ raw: readFileSync(join(templates, path), "utf8"), extension: "html" }));
  const [result] = await new PurgeCSS().purge({
    content: [...content, { raw: entryWords, extension: "html" }],
    css: [{ raw: css }],
    variables: false,
    dynamicAttributes: ["data-force", "aria-expanded", "dir"],
    safelist: {
      standard: ["portal-blank", "govuk-frontend-supported"],
      deep: [/^govuk-exit-this-page/],
      greedy: [/^govuk-label--/, /^govuk-fieldset__legend--/, /^govuk-input--width-/, /^govuk-grid-/],
    },
  });
  return result.css;
}

async function sheets() {
  const compiled = sass.compile(join(here, "app.scss"), {
    loadPaths: [here, join(here, "..", "node_modules")],
    quietDeps: true,
    style: "compressed",
  });
  const css = without(/\\|\ufffd/, compiled.css);
  if (css.includes("url(")) {
    throw new Error("The sheet asks for another file");
  }
  keep("app.css", await minified(css));
  keep("app.rtl.css", await minified(rtlcss.process(css)));
  keep("entry.css", await minified(without(/^(only )?print$/, await purged(css))));
}

async function script(name, define = {}) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(here, name)],
    banner: { js: banner },
    bundle: true,
    define,
    external: ["./forms.*.js"],
    format: "esm",
    legalComments: "none",
    minify: true,
    target: name === "staff.js" ? "es2022" : "es2018",
    write: false,
  });
  return keep(name, outputFiles[0].text);
}

async function scripts() {
  const forms = await script("forms.js");
  await script("app.js", { FORMS_JS: JSON.stringify(`./${forms}`) });
  await script("victim.js");
  await script("staff.js");
}

rmSync(built, { recursive: true, force: true });
mkdirSync(built);
await sheets();
await scripts();
for (const icon of ["icon.svg", "icon.png"]) {
  keep(icon, readFileSync(join(here, icon)));
}
writeFileSync(join(built, "manifest.json"), JSON.stringify(manifest, null, 2));
if (tooLarge.length) {
  console.error(`Over budget: ${tooLarge.join(", ")}`);
  process.exit(1);
}
