// The form of the new password: checks what the person can put right here, seals, sends.
//
// The fields have no names, and the form is switched on by this script alone: no browser sends
// what is typed, whatever fails here.

import { PASSWORD_UNITS_MAX, seal, type Bound, type SealingKey } from "./seal";

/** What the cloud answers: exactly one of these is there. */
interface Answer {
  prepared?: { ticket: string; bound: Bound; keys: SealingKey[] };
  /** Where the rest is told. */
  go?: string;
  /** The page that tells the rest. */
  page?: string;
  /** The ticket or the keys do not hold any more. */
  prepare_again?: object;
  /** What is wrong, in the person's language. */
  problem?: string;
}

const TRIES = 3;
const OUTCOME = "/reset/outcome";
const PASSWORD = "/reset/password";

function element<T extends Element>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

function begin(form: HTMLFormElement): void {
  const fields = element<HTMLFieldSetElement>("#fields");
  const first = element<HTMLInputElement>("#new");
  const second = element<HTMLInputElement>("#again");
  const button = element<HTMLButtonElement>("#send");
  const buttonText = button.textContent;
  let busy = false;

  const setBusy = (now: boolean): void => {
    busy = now;
    // Not `disabled`, which would take the focus away from whoever reads by ear.
    button.setAttribute("aria-disabled", String(now));
    first.readOnly = now;
    second.readOnly = now;
    button.textContent = now ? (form.dataset["busy"] ?? buttonText) : buttonText;
  };

  const show = (problem: string | undefined): void => {
    document.querySelector("#problem")?.remove();
    const notice = document.createElement("div");
    notice.className = "notice bad";
    notice.id = "problem";
    notice.tabIndex = -1;
    notice.setAttribute("role", "alert");
    const line = document.createElement("p");
    line.textContent = problem ?? form.dataset["failed"] ?? "";
    notice.append(line);
    element("h1").after(notice);
    for (const field of [first, second]) {
      field.setAttribute("aria-invalid", "true");
      const said = (field.getAttribute("aria-describedby") ?? "").split(" ");
      const others = said.filter((id) => id !== "" && id !== "problem");
      field.setAttribute("aria-describedby", ["problem", ...others].join(" "));
    }
    const title = form.dataset["problemTitle"] ?? "";
    if (!document.title.startsWith(title)) document.title = title + document.title;
    setBusy(false);
    notice.focus();
  };

  const leave = (path: string): void => {
    first.value = "";
    second.value = "";
    // Not kept in the history: "back" shall not lead to a form that was sent.
    location.replace(path);
  };

  const ask = async (path: string, more: Record<string, string>): Promise<Answer> => {
    const body = new URLSearchParams();
    for (const field of form.querySelectorAll<HTMLInputElement>("input[type=hidden]")) {
      body.set(field.name, field.value);
    }
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    const response = await fetch(path, {
      method: "POST",
      body,
      credentials: "same-origin",
      redirect: "error",
      headers: { Accept: "application/json" },
    });
    const type = response.headers.get("content-type") ?? "";
    if (type.startsWith("text/html")) return { page: await response.text() };
    if (!type.startsWith("application/json")) throw new Error(`answered with ${response.status}`);
    return (await response.json()) as Answer;
  };

  const tell = (answer: Answer): void => {
    if (answer.go) return leave(answer.go);
    if (answer.page === undefined) return show(answer.problem);
    document.open();
    document.write(answer.page);
    document.close();
  };

  const send = async (password: string): Promise<void> => {
    // Again, because an agent may come, go or roll its key between the two calls.
    for (let tries = 0; tries < TRIES; tries += 1) {
      const first = await ask(`${PASSWORD}/prepare`, {});
      const { prepared } = first;
      if (!prepared) return tell(first);
      const sealed = await seal(password, prepared.keys, prepared.bound);
      let answer: Answer;
      try {
        answer = await ask(PASSWORD, {
          ticket: prepared.ticket,
          sealed: JSON.stringify(sealed),
        });
      } catch {
        // It may have arrived: only the next page knows.
        return leave(OUTCOME);
      }
      if (!answer.prepare_again) return tell(answer);
    }
    show(undefined);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    const password = first.value;
    if (password === "") return show(form.dataset["empty"]);
    if (password !== second.value) return show(form.dataset["mismatch"]);
    if (password.length > PASSWORD_UNITS_MAX) return show(form.dataset["tooLong"]);
    setBusy(true);
    send(password).catch(() => show(undefined));
  });

  // Brought back from the browser's memory: what it shows may be long past.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  element("#needs-script").remove();
  fields.disabled = false;
}

const form = document.querySelector<HTMLFormElement>("form[data-seals]");
if (form) {
  // Only pages that came over HTTPS, or from this machine, have it.
  if (typeof crypto === "object" && crypto.subtle) begin(form);
  else element("#needs-script").classList.add("now");
}
