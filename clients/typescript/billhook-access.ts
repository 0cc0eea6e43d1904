/**
 * Ask Billhook what a customer may do now: one file that needs fetch alone, to copy into your app.
 *
 *     const access = new Access({ url: process.env.ACCESS_URL!, token: process.env.TOKEN! });
 *     if ((await access.check("org_fernhill", { feature: "exports" })).allowed) { ... }
 *
 * The client keeps each answer, which counts as new for `freshFor` seconds. After that a check returns the older answer
 * at once, and asks for a new one beside it. With `freshFor: 0` each check asks. While Billhook cannot be reached, older
 * answers stay in use for `staleFor` seconds; then `default` is the answer. Your app counts usage; Billhook knows limits.
 */

export type Reason = "granted" | "trial" | "grace" | "not_in_plan" | "ended" | "no_subscription" | "unknown" | "unreachable";

/** The answer. `stale` says that it is an older one, or the default; an answer that was just fetched is never stale. */
export interface Check {
  allowed: boolean;
  reason: Reason;
  limit: number | null;
  plan: string | null;
  stale: boolean;
}

/** What is asked: a feature or a limit of plans.toml; without both, access itself. */
export interface Question {
  feature?: string;
  limit?: string;
  /** The connected account whose customer it is, acct_…. */
  account?: string;
  /** The answer while Billhook does not know or cannot be reached; false if it is left out. */
  default?: boolean;
}

/** The fields of the function's answer that the client reads. */
export interface Body {
  allowed: boolean | null;
  why: Reason;
  limit?: number | null;
  plan?: string | null;
  access_until?: number | null;
  granted_until?: number | null;
  subscriptions?: { access_until?: number | null }[];
}

export interface Options {
  /** The output AccessUrl. */
  url: string;
  /** A token that `billhook token` has made. */
  token: string;
  /** Seconds for which an answer counts as new; 10 if it is left out. */
  freshFor?: number;
  /** Seconds for which an answer stays in use while Billhook cannot be reached; 3600 if it is left out. */
  staleFor?: number;
  /** Milliseconds to wait for an answer; 3000 if it is left out. */
  timeout?: number;
  /** Takes the place of fetch, for tests. */
  ask?: (query: URLSearchParams) => Promise<Body>;
  /** Seconds since 1970, for tests. */
  clock?: () => number;
}

/** Billhook refused the question: the token or the question is wrong, and asking again does not help. */
export class RefusedError extends Error {}

interface Kept {
  body: Body;
  at: number;
  renewals: number;
  asking: boolean;
}

const MOST_KEPT = 10_000;

export class Access {
  private renewals = 0;
  private readonly kept = new Map<string, Kept>();
  private readonly freshFor: number;
  private readonly staleFor: number;
  private readonly ask: (query: URLSearchParams) => Promise<Body>;
  /** Seconds since 1970. */
  readonly now: () => number;

  constructor(readonly options: Options) {
    this.freshFor = options.freshFor ?? 10;
    this.staleFor = options.staleFor ?? 3600;
    this.ask = options.ask ?? ((query) => overHttp(options, query));
    this.now = options.clock ?? (() => Date.now() / 1000);
  }

  /**
   * Whether a customer may do what `question` asks; `who` is your own id, or { customer } with Stripe's, cus_….
   *
   * Throws RefusedError if the token or the question is wrong.
   */
  async check(who: string | { customer: string }, question: Question = {}): Promise<Check> {
    const { default: otherwise = false, ...asked } = question;
    const query = new URLSearchParams(typeof who === "string" ? { reference: who } : { customer: who.customer });
    for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value);
    let kept = this.usable(query.toString());
    let stale = false;
    if (kept === undefined || this.freshFor <= 0 || kept.renewals < this.renewals) {
      try {
        kept = await this.askNow(query);
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        if (!kept) return { allowed: otherwise, reason: "unreachable", limit: null, plan: null, stale: true };
        stale = true;
      }
    } else if (this.now() - kept.at >= this.freshFor) {
      this.askBeside(query, kept);
      stale = true;
    }
    const { allowed, why, limit, plan } = kept.body;
    return { allowed: allowed ?? otherwise, reason: why, limit: limit ?? null, plan: plan ?? null, stale };
  }

  /** Let each next check ask; a kept answer then counts only while Billhook cannot be reached. */
  renew(): void {
    this.renewals += 1;
  }

  /** What is kept of a question; undefined if it is too old, or if the access in it has ended by itself. */
  private usable(query: string): Kept | undefined {
    const [kept, now] = [this.kept.get(query), this.now()];
    if (kept === undefined || now - kept.at >= this.staleFor) return undefined;
    const ends = [kept.body, ...(kept.body.subscriptions ?? [])].map((one) => one.access_until ?? Infinity);
    return [...ends, kept.body.granted_until ?? Infinity].some((end) => kept.at < end && end <= now) ? undefined : kept;
  }

  private async askNow(query: URLSearchParams): Promise<Kept> {
    const renewals = this.renewals; // before the question: an answer from before a renewal is not new
    const kept = { body: await this.ask(query), at: this.now(), renewals, asking: false };
    this.kept.delete(query.toString());
    this.kept.set(query.toString(), kept);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) break;
      this.kept.delete(oldest);
    }
    return kept;
  }

  /** Ask again, unless that is under way already. */
  private askBeside(query: URLSearchParams, kept: Kept): void {
    if (kept.asking) return;
    kept.asking = true;
    this.askNow(query).catch((error: unknown) => {
      if (error instanceof RefusedError) this.kept.delete(query.toString()); // then the next check asks and throws
      kept.asking = false; // the next check tries again
    });
  }
}

async function overHttp(options: Options, query: URLSearchParams): Promise<Body> {
  const customer = encodeURIComponent(query.get("customer") ?? "");
  const asked = new URLSearchParams(query);
  asked.delete("customer");
  const answer = await fetch(`${options.url}${customer && "/"}${customer}?${asked}`, {
    headers: { Authorization: `Bearer ${options.token}` },
    signal: AbortSignal.timeout(options.timeout ?? 3000),
  });
  const body = (await answer.json()) as Body & { detail?: string };
  if (answer.status === 400 || answer.status === 401) throw new RefusedError(body.detail ?? `HTTP ${answer.status}`);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return body;
}

/** What a customer may do in a test of your app; `access` is true if it is left out. */
export interface Fake {
  plan?: string;
  features?: string[];
  limits?: Record<string, number>;
  access?: boolean;
}

/** What came of a Checkout session in a test of your app, such as { outcome: "access_given" }. */
export type FakeCheckout = { outcome: string } & {
  [name in "why" | "customer" | "reference" | "subscription"]?: string;
};

/**
 * Access for the tests of your app, without Billhook: what each customer may do, by your own id or Stripe's; and what
 * came of each Checkout session, by its id. Any other session stays pending.
 */
export function fakeAccess(customers: Record<string, Fake>, checkouts: Record<string, FakeCheckout> = {}): Access {
  const ask = async (query: URLSearchParams): Promise<Body> => {
    const session = query.get("session");
    if (session !== null) {
      const came = checkouts[session] ?? { outcome: "pending", why: "not_heard" };
      return { why: null, customer: null, reference: null, subscription: null, ...came } as unknown as Body;
    }
    const who = customers[query.get("customer") ?? query.get("reference") ?? ""];
    const access = who !== undefined && (who.access ?? true);
    const feature = query.get("feature");
    const limit = who?.limits?.[query.get("limit") ?? ""] ?? null;
    const allowed = feature ? (who?.features ?? []).includes(feature) : query.has("limit") ? Boolean(limit) : access;
    const refused = who === undefined ? "no_subscription" : access ? "not_in_plan" : "ended";
    return { allowed, why: allowed ? "granted" : refused, limit, plan: who?.plan ?? null };
  };
  return new Access({ url: "fake", token: "fake", freshFor: 0, staleFor: 0, ask });
}
