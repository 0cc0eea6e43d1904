/** Plays the promises of the TypeScript client; test_typescript.py compiles and runs it, and serves the function. */

import assert from "node:assert/strict";
import { Access, type Body, RefusedError, fakeAccess } from "./billhook-access.js";
import { waitForCheckout } from "./billhook-checkout.js";

const NOW = 1_800_000_000;
const GRANTED: Body = { allowed: true, why: "granted", plan: "studio" };
const allowed = { allowed: true, reason: "granted", limit: null, plan: "studio", stale: false };

function scripted(first: Body = GRANTED, freshFor = 10) {
  const billhook = { body: first, trouble: null as Error | null, now: NOW, asked: 0 };
  const ask = async () => {
    billhook.asked += 1;
    if (billhook.trouble) throw billhook.trouble;
    return billhook.body;
  };
  return { billhook, access: new Access({ url: "", token: "", ask, freshFor, clock: () => billhook.now }) };
}

const url = process.env.ACCESS_URL!;
const token = process.env.TOKEN!;

const plays: Record<string, () => Promise<void>> = {
  async "the function itself answers over HTTP"() {
    const access = new Access({ url, token });
    assert.deepEqual(await access.check("org_1", { feature: "sso" }), allowed);
    assert.equal((await access.check("org_1", { limit: "seats" })).limit, 5);
    assert.equal((await access.check("org_new")).reason, "no_subscription");
  },
  async "the function answers by Stripe's id of the customer"() {
    const access = new Access({ url, token });
    assert.deepEqual(await access.check({ customer: "cus_1" }, { feature: "sso" }), allowed);
    const elsewhere = await access.check({ customer: "cus_1" }, { feature: "sso", account: "acct_1" });
    assert.equal(elsewhere.reason, "no_subscription");
    await assert.rejects(access.check({ customer: "org_1" }), RefusedError);
    await assert.rejects(access.check({ customer: "" }), RefusedError);
  },
  async "an answer by Stripe's id is kept as any other"() {
    const { billhook, access } = scripted();
    for (const who of [{ customer: "cus_1" }, "cus_1", { customer: "cus_1" }, { customer: "cus_2" }]) await access.check(who);
    assert.equal(billhook.asked, 3);
    billhook.now += 10;
    assert.equal((await access.check({ customer: "cus_1" })).stale, true);
  },
  async "a wrong token is an error that says so"() {
    await assert.rejects(new Access({ url, token: "wrong".repeat(10) }).check("org_1"), RefusedError);
  },
  async "nobody who listens is unreachable and gives the default"() {
    const access = new Access({ url: "http://127.0.0.1:1/access", token });
    assert.deepEqual([(await access.check("a")).allowed, (await access.check("a", { default: true })).allowed], [false, true]);
  },
  async "a new answer is not asked for again"() {
    const { billhook, access } = scripted();
    for (let times = 0; times < 5; times += 1) assert.deepEqual(await access.check("org_1"), allowed);
    assert.equal(billhook.asked, 1);
  },
  async "an older answer is given at once and asked for again beside it"() {
    const { billhook, access } = scripted();
    await access.check("org_1");
    billhook.now += 10;
    billhook.body = { allowed: false, why: "ended" };
    assert.deepEqual(await access.check("org_1"), { ...allowed, stale: true });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await access.check("org_1")).reason, "ended");
    assert.equal(billhook.asked, 2);
  },
  async "while Billhook cannot be reached the last answer stays for an hour"() {
    const { billhook, access } = scripted();
    await access.check("org_1");
    billhook.trouble = new Error("no route");
    billhook.now += 3599;
    assert.deepEqual(await access.check("org_1"), { ...allowed, stale: true });
    billhook.now += 1;
    assert.equal((await access.check("org_1")).reason, "unreachable");
  },
  async "unknown is what the app says"() {
    const { access } = scripted({ allowed: null, why: "unknown" });
    assert.deepEqual([(await access.check("a", { default: true })).allowed, (await access.check("a")).allowed], [true, false]);
  },
  async "access that ends by itself is not given from the cache"() {
    const { billhook, access } = scripted({ ...GRANTED, access_until: NOW + 5 });
    await access.check("org_1");
    billhook.now += 5;
    billhook.body = { allowed: false, why: "ended", access_until: NOW + 5 };
    assert.equal((await access.check("org_1")).allowed, false);
  },
  async "with freshFor 0 each check asks and only an outage makes an answer stale"() {
    const { billhook, access } = scripted(GRANTED, 0);
    assert.deepEqual(await access.check("org_1"), allowed);
    billhook.body = { allowed: false, why: "ended" };
    assert.deepEqual(await access.check("org_1"), { ...allowed, allowed: false, reason: "ended", plan: null });
    billhook.trouble = new Error("no route");
    assert.deepEqual(await access.check("org_1"), { ...allowed, allowed: false, reason: "ended", plan: null, stale: true });
    assert.equal((await fakeAccess({ org_1: {} }).check("org_1")).stale, false);
  },
  async "a check after the success page knows what was bought"() {
    const { billhook, access } = scripted({ allowed: false, why: "no_subscription" });
    await access.check("org_1");
    billhook.body = { outcome: "access_given" } as unknown as Body;
    await waitForCheckout(access, "cs_1");
    billhook.body = GRANTED;
    assert.deepEqual([await access.check("org_1"), await access.check("org_1")], [allowed, allowed]);
    assert.equal(billhook.asked, 3);
  },
  async "a token that is refused later is an error and no older answer"() {
    const { billhook, access } = scripted();
    await access.check("org_1");
    billhook.now += 10;
    billhook.trouble = new RefusedError("the token is wrong");
    assert.equal((await access.check("org_1")).stale, true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await assert.rejects(access.check("org_1"), RefusedError);
  },
  async "the success page is told what came of the session"() {
    const came = await waitForCheckout(new Access({ url, token }), process.env.SESSION_ID!);
    assert.deepEqual([came.outcome, came.customer, came.reference], ["access_given", "cus_1", "org_1"]);
    await assert.rejects(waitForCheckout(new Access({ url, token }), "pi_1"), RefusedError);
  },
  async "a session that is pending is waited for until the app's own deadline"() {
    const slept: number[] = [];
    let now = NOW;
    const sleep = async (seconds: number) => void (slept.push(seconds), (now += seconds));
    const access = new Access({ url, token, clock: () => now });
    const came = await waitForCheckout(access, "cs_test_late", { seconds: 4, sleep });
    assert.deepEqual([came.outcome, came.why, slept, now], ["pending", "not_heard", [1, 1, 1, 1], NOW + 4]);
  },
  async "a session that Billhook cannot be asked about is pending"() {
    let now = NOW;
    const sleep = async (seconds: number) => void (now += seconds);
    const access = new Access({ url: "http://127.0.0.1:1/access", token, clock: () => now });
    assert.equal((await waitForCheckout(access, "cs_test_1", { seconds: 2, sleep })).why, "unreachable");
  },
  async "a success page is tested without Billhook"() {
    const access = fakeAccess({}, { cs_1: { outcome: "fulfilled", reference: "org_1" } });
    assert.equal((await waitForCheckout(access, "cs_1")).reference, "org_1");
    assert.equal((await waitForCheckout(access, "cs_2", { seconds: 0.01 })).outcome, "pending");
  },
  async "an app is tested without Billhook"() {
    const access = fakeAccess({ org_1: { features: ["sso"], limits: { seats: 5 } }, org_2: { access: false } });
    assert.equal((await access.check("org_1", { feature: "sso" })).allowed, true);
    assert.equal((await access.check("org_1", { limit: "seats" })).limit, 5);
    assert.equal((await access.check("org_1", { feature: "printing" })).reason, "not_in_plan");
    assert.equal((await access.check("org_2")).reason, "ended");
    assert.equal((await access.check("org_3")).reason, "no_subscription");
    assert.equal((await fakeAccess({ cus_1: {} }).check({ customer: "cus_1" })).allowed, true);
  },
};

for (const [name, play] of Object.entries(plays)) {
  await play();
  console.log(name);
}
