/**
 * Wait for what came of a Checkout session: for the page to which the customer returns, beside billhook-access.ts.
 *
 *     const came = await waitForCheckout(access, sessionId, { seconds: 20 });
 *     if (came.outcome === "access_given" || came.outcome === "fulfilled") { ... }
 *
 * The question waits at Billhook, and is repeated until an event has told the outcome or until your own deadline. If
 * the event is late, the client asks once that Billhook looks at Stripe.
 */

import { type Access, RefusedError } from "./billhook-access.js";

/** What came of the session; `pending` at the deadline. */
export interface Outcome {
  outcome: "pending" | "access_given" | "fulfilled" | "completed" | "payment_pending" | "failed" | "expired";
  /**
   * not_heard, subscription_not_heard, incomplete, no_access, ended, payment_failed, payment_canceled, unreachable; or
   * null.
   */
  why: string | null;
  /** Stripe's id of the customer; null for a guest. */
  customer: string | null;
  /** Your own id, which the session carries as `client_reference_id`. */
  reference: string | null;
  /** Stripe's id of the subscription that was bought. */
  subscription: string | null;
}

export interface Waiting {
  /** Your own deadline in seconds; 20 if it is left out. */
  seconds?: number;
  /** The connected account whose session it is, acct_…. */
  account?: string;
  /** Waits for seconds; for tests. */
  sleep?: (seconds: number) => Promise<void>;
}

const LONGEST_WAIT = 5; // seconds for which one question waits at Billhook
const LATE = 4; // seconds after which the event counts as late
const PAUSE = 1; // seconds between two questions if the answer names none

/**
 * What came of a Checkout session, as soon as Billhook knows; `pending` after `seconds`.
 *
 * After that, each next check of `access` asks again, so that it knows what the customer has just bought.
 *
 * Throws RefusedError if the token or the id of the session is wrong.
 */
export async function waitForCheckout(access: Access, session: string, waiting: Waiting = {}): Promise<Outcome> {
  try {
    return await awaited(access, session, waiting);
  } finally {
    access.renew();
  }
}

async function awaited(access: Access, session: string, waiting: Waiting): Promise<Outcome> {
  const { seconds = 20, account, sleep = pauseFor } = waiting;
  const whose: Record<string, string> = account === undefined ? {} : { account };
  const began = access.now();
  const left = () => began + seconds - access.now();
  let refreshed = false;
  let why: string | null = "unreachable";
  while (left() > 0) {
    const wait = Math.floor(Math.min(left(), LONGEST_WAIT));
    const [body, pause] = await ask(access, session, { ...whose, wait: String(wait) }, Math.min(left(), wait + 3));
    if (body !== null && body.outcome !== "pending") return body;
    why = body?.why ?? why;
    if (!refreshed && access.now() - began >= LATE) {
      refreshed = true;
      await refresh(access, session, whose);
    }
    await sleep(Math.min(pause, Math.max(0, left())));
  }
  return { outcome: "pending", why, customer: null, reference: null, subscription: null };
}

type Answer = [body: Outcome | null, pause: number];

/** The body of the answer, null if there is none, and the seconds until the next question. */
async function ask(access: Access, session: string, query: Record<string, string>, timeout: number): Promise<Answer> {
  try {
    const { ask: scripted } = access.options;
    if (scripted) return [(await scripted(new URLSearchParams({ session, ...query }))) as unknown as Outcome, PAUSE];
    return await send(access, "GET", session, query, timeout);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    return [null, PAUSE];
  }
}

/** Ask that Billhook looks at Stripe; without an API key it cannot, and the event is waited for. */
async function refresh(access: Access, session: string, query: Record<string, string>): Promise<void> {
  if (access.options.ask) return;
  try {
    await send(access, "POST", `${session}/refresh`, query, 3);
  } catch {
    return;
  }
}

async function send(
  access: Access,
  method: string,
  path: string,
  query: Record<string, string>,
  timeout: number,
): Promise<Answer> {
  const { url, token } = access.options;
  const place = `${url.replace(/\/access$/, "")}/checkout/${path.split("/").map(encodeURIComponent).join("/")}`;
  const answer = await fetch(`${place}?${new URLSearchParams(query)}`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(timeout * 1000),
  });
  const pause = Number(answer.headers.get("Retry-After") ?? PAUSE) || PAUSE;
  if (answer.status >= 500 || answer.status === 429) return [null, pause];
  const body = (await answer.json()) as Outcome & { detail?: string };
  if (!answer.ok) throw new RefusedError(body.detail ?? `HTTP ${answer.status}`);
  const { outcome, why, customer, reference, subscription } = body;
  return [{ outcome, why, customer, reference, subscription }, pause];
}

function pauseFor(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
