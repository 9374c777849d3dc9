// Gives names where Wagtail's page editor has none. Lines of a list and their sections are named after the list and
// the place in it, as in "Steps 2", again whenever lines come, go or change places; the button of a colleague who
// looks at the same page is named as its tooltip.
(() => {
  const LINE = "[data-streamfield-child]";
  const heading = (line) => {
    const list = line.parentElement;
    const wrapper = list.closest(".w-panel__wrapper");
    const label = wrapper && wrapper.querySelector(":scope > .w-field__label");
    const section = list.closest("section[data-panel]");
    return label || (section && section.querySelector("[data-panel-heading-text]"));
  };
  const isThere = (line) => {
    const deleted = line.querySelector(":scope > input[name$='-deleted']");
    return !deleted || deleted.value === "";
  };

  const call = (element, said) => {
    if (element && element.getAttribute("aria-label") !== said) element.setAttribute("aria-label", said);
  };

  function nameLines() {
    const places = new Map();
    for (const line of document.querySelectorAll(LINE)) {
      if (!isThere(line)) continue;
      const place = (places.get(line.parentElement) || 0) + 1;
      places.set(line.parentElement, place);
      const of = heading(line);
      if (!of) continue;
      const said = `${of.textContent.trim()} ${place}`;
      const section = line.querySelector(":scope > section[data-panel]");
      if (section) section.removeAttribute("aria-labelledby");
      call(section, said);
      const fields = line.querySelectorAll("textarea, select, input:not([type=hidden])");
      if (fields.length === 1) call(fields[0], said);
    }
  }

  // Wagtail takes the words of a tooltip out of the page and gives them to the library that shows it.
  function tooltip(button) {
    const content = button._tippy && button._tippy.props.content;
    if (typeof content !== "string") return content ? content.textContent : "";
    return new DOMParser().parseFromString(content, "text/html").body.textContent;
  }

  function nameColleagues() {
    for (const button of document.querySelectorAll("button.w-editing-sessions__session:not([aria-label])")) {
      const told = tooltip(button);
      if (told) call(button, told.replace(/\s+/g, " ").trim());
    }
  }

  function name() {
    nameLines();
    nameColleagues();
  }

  let waits = false;
  const soon = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      name();
    });
  };
  document.addEventListener("DOMContentLoaded", () => {
    name();
    new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  });
})();
