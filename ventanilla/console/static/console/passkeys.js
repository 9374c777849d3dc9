// Passkeys: asks the browser for one and sends what it says. Without WebAuthn the forms stay hidden.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function create(options) {
    const key = options.publicKey;
    const made = await navigator.credentials.create({
      publicKey: {
        ...key,
        challenge: bytes(key.challenge),
        user: { ...key.user, id: bytes(key.user.id) },
        excludeCredentials: named(key.excludeCredentials),
      },
    });
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      clientExtensionResults: made.getClientExtensionResults(),
      response: {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
    };
  }

  async function get(options) {
    const key = options.publicKey;
    const shown = await navigator.credentials.get({
      publicKey: { ...key, challenge: bytes(key.challenge), allowCredentials: named(key.allowCredentials) },
    });
    const said = shown.response;
    return {
      id: shown.id,
      rawId: text(shown.rawId),
      type: shown.type,
      clientExtensionResults: shown.getClientExtensionResults(),
      response: {
        clientDataJSON: text(said.clientDataJSON),
        authenticatorData: text(said.authenticatorData),
        signature: text(said.signature),
        userHandle: said.userHandle ? text(said.userHandle) : null,
      },
    };
  }

  async function optionsOf(form) {
    if (!form.dataset.ask) return JSON.parse(document.getElementById("passkey-options").textContent);
    const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  }

  async function unlock(form) {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error("refused");
    form.dispatchEvent(new CustomEvent("unlocked", { bubbles: true, detail: await answer.json() }));
  }

  async function use(form) {
    const wrong = form.querySelector(".wrong");
    wrong.hidden = true;
    try {
      const said = await (form.dataset.passkey === "create" ? create : get)(await optionsOf(form));
      form.elements.credential.value = JSON.stringify(said);
      if (form.dataset.passkey === "unlock") await unlock(form);
      else form.submit();
    } catch {
      wrong.hidden = false;
    }
  }

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.querySelector("button").addEventListener("click", () => use(form));
  }
  // The page of the lock: its own form goes out again, or the page is asked for again.
  const waiting = document.getElementById("unlock");
  if (waiting) {
    document.addEventListener("unlocked", () => {
      if (waiting.querySelector("textarea[hidden]")) HTMLFormElement.prototype.submit.call(waiting);
      else window.location.assign(waiting.action);
    });
  }
})();
