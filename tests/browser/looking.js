// What a page is looked over for.  Each function gives what it finds wrong, in words.
(() => {
  const LEAST = 24; // CSS pixels (WCAG 2.2, 2.5.8)
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const SPACING = `
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }`;

  const named = (element) => {
    const words = (element.innerText || element.value || "").trim().slice(0, 40);
    return `<${element.tagName.toLowerCase()}${element.id ? ` id=${element.id}` : ""}> "${words}"`;
  };

  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true });
  };

  // A link in a sentence is as high as its line.
  const isInText = (element) =>
    getComputedStyle(element).display === "inline" &&
    element.parentElement.innerText.trim().length > element.innerText.trim().length;

  // A box to tick is as large as the label beside it.
  const sizeOf = (element) => {
    const boxes = [element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
    const isTicked = ["radio", "checkbox"].includes(element.type);
    return (isTicked ? boxes : boxes.slice(0, 1)).reduce(
      ({ width, height }, box) => ({ width: Math.max(width, box.width), height: Math.max(height, box.height) }),
      { width: 0, height: 0 },
    );
  };

  const smallTargets = () =>
    [...document.querySelectorAll(TARGETS)]
      .filter((element) => isSeen(element) && !isInText(element))
      .map((element) => [element, sizeOf(element)])
      .filter(([, { width, height }]) => width < LEAST || height < LEAST)
      .map(([element, { width, height }]) => `${named(element)} is ${width} by ${height}`);

  const mayScroll = (element) => element.closest(".portal-scroll") !== null;

  const overflowing = () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const wide = [...document.body.querySelectorAll("*")]
      .filter((element) => isSeen(element) && !mayScroll(element))
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => `${named(element)} ends to the right of ${clientWidth}`);
    return scrollWidth > clientWidth ? [`the page is ${scrollWidth} wide on ${clientWidth}`, ...wide] : wide;
  };

  const clipped = () =>
    [...document.body.querySelectorAll("*")]
      .filter((element) => isSeen(element) && !mayScroll(element) && element.innerText?.trim())
      .filter((element) => ["hidden", "clip"].includes(getComputedStyle(element).overflowX))
      .filter(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
        scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1)
      .map((element) => `${named(element)} is cut off`);

  // As readers may set it (WCAG 2.1, 1.4.12).  A sheet made by a script is none that the policy refuses.
  const withSpacing = (look) => {
    const before = document.adoptedStyleSheets;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SPACING);
    document.adoptedStyleSheets = [...before, sheet];
    try {
      return look();
    } finally {
      document.adoptedStyleSheets = before;
    }
  };

  const covers = (top, element) => top !== null && !top.contains(element) && !element.contains(top);

  // What the keyboard is at: nothing once it has left the page.
  const stop = () => {
    const element = document.activeElement;
    if (element === null || element === document.body) {
      return null;
    }
    const style = getComputedStyle(element);
    const { top, left, bottom, right } = element.getBoundingClientRect();
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const wrong = [];
    if ((style.outlineStyle === "none" || style.outlineWidth === "0px") && style.boxShadow === "none") {
      wrong.push("shows no focus");
    }
    if (bottom <= 0 || top >= innerHeight || right <= 0 || left >= innerWidth) {
      wrong.push("is out of view");
    } else if (covers(document.elementFromPoint(x, y), element)) {
      wrong.push("is covered");
    }
    const isSkipLink = element.classList.contains("govuk-skip-link");
    return { name: named(element), isSkipLink, wrong };
  };

  const moving = () => document.getAnimations().map(({ animationName }) => `${animationName} moves`);

  const facts = () => ({
    title: document.title,
    headings: [...document.querySelectorAll("h1")].map((heading) => heading.innerText.trim().split("\n").at(-1)), // its caption aside
    language: document.documentElement.lang,
    direction: document.documentElement.dir,
    words: document.querySelector("main").innerText,
    focused: document.activeElement !== document.body,
  });

  const openAll = () => document.querySelectorAll("details").forEach((element) => { element.open = true; });

  globalThis.looking = { clipped, facts, moving, openAll, overflowing, smallTargets, stop, withSpacing };
})();
