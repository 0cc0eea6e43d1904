// The announcements of Billhook as types: one file to copy into your app.
// Unknown detail types, facts and words may come: ignore them.

/** What every announcement says. */
export interface Detail {
  /** The same in each repetition. */
  id: string;
  /** When the event behind it was created, in epoch seconds. */
  at: number;
  /** The connected account, acct_…, or `platform`. */
  account: string;
  /** Stripe's id of the customer, cus_…; absent for a guest. */
  customer?: string;
  /** What has changed; `version` counts its changes. */
  record: string;
  /** Of two announcements about one record, the higher is the newer. */
  version: number;
  /** The business's own id of the customer or the order. */
  reference?: string;
  /** The metadata of the object that the event is about. */
  metadata: Record<string, string>;
  /** The metadata of the customer. */
  customer_metadata?: Record<string, string>;
  /** The metadata of the subscription. */
  subscription_metadata?: Record<string, string>;
}

/** A customer: what it may do, as its access item says. */
export interface OrganizationFacts {
  /** The status of the access item. */
  status: "active" | "trialing" | "grace" | "past_due" | "paused" | "ended" | "none" | "unknown";
  /** Whether a payment is late, with access or without. */
  past_due: boolean;
  /** Whether the customer has access; absent if unknown. */
  access?: boolean;
  /** When access ends by itself, in epoch seconds; from then on `access` counts as false. */
  access_until?: number;
  /** When a grant of the business's own ends, in epoch seconds. */
  granted_until?: number;
  /** The plan in plans.toml. */
  plan?: string;
  /** When the trial ends, in epoch seconds. */
  trial_ends_at?: number;
  /** When the next period begins, in epoch seconds. */
  renews_at?: number;
  /** When all subscriptions are set to end, in epoch seconds. */
  ends_at?: number;
  /** The subscription that the event is about, sub_…. */
  subscription?: string;
  /** When the current period of `subscription` began, in epoch seconds. */
  period_start?: number;
  /** When the current period of `subscription` ends, in epoch seconds. */
  period_end?: number;
  /** Why `subscription` ends or has ended, as Stripe says it. */
  cancellation_reason?: string;
  /** The invoice, in_…. */
  invoice?: string;
  /** The Checkout session, cs_…. */
  session?: string;
  /** A limit in plans.toml. */
  [name: `limit_${string}`]: number;
  /** A feature that is switched on; other features are absent. */
  [name: `feature_${string}`]: boolean;
}

export interface OrganizationDetail extends Detail {
  facts: OrganizationFacts;
}

export interface OrganizationEvent {
  "detail-type": "organization.access_granted" | "organization.access_revoked" | "organization.access_changed" | "organization.past_due" | "organization.recovered" | "organization.plan_changed" | "organization.renewed" | "organization.trial_started" | "organization.trial_converted" | "organization.trial_ended" | "organization.cancellation_scheduled" | "organization.cancellation_withdrawn" | "organization.address_changed" | "organization.deleted";
  detail: OrganizationDetail;
}

/** A customer whose data is gone; the announcement has no facts. */
export interface ErasedFacts {
}

export interface ErasedDetail extends Detail {
  facts: ErasedFacts;
}

export interface ErasedEvent {
  "detail-type": "organization.erased";
  detail: ErasedDetail;
}

/** A one-off purchase. */
export interface OrderFacts {
  /** Its state. */
  state: "open" | "fulfilled" | "failed" | "expired" | "canceled" | "partly_refunded" | "refunded";
  /** The Checkout session, cs_…. */
  session: string;
  /** The total, in minor units. */
  amount?: number;
  /** What went back so far, in minor units. */
  refunded?: number;
  /** The payment link through which the buyer came, plink_…. */
  payment_link?: string;
  /** Whether Stripe has more lines than are in `lines`. */
  more_lines?: boolean;
  /** The currency of the amounts, in lower case. */
  currency?: string;
  /** What the customer paid in a currency of its own, in minor units. */
  presentment_amount?: number;
  /** The currency in which the customer paid. */
  presentment_currency?: string;
  /** Your own id of the order, from the metadata that OrderMetadataKey names. */
  order?: string;
  /** The payment intent or charge, pi_… or ch_…. */
  payment?: string;
  /** The invoice, in_…. */
  invoice?: string;
  /** The subscription that the event is about, sub_…. */
  subscription?: string;
}

/** A line of an order. */
export interface OrderLine {
  /** Its total after discounts and taxes, in minor units. */
  amount: number;
  /** The currency of the amount, in lower case. */
  currency: string;
  /** The price, price_…. */
  price?: string;
  /** The product, prod_…. */
  product?: string;
  /** The lookup key of the price, if it has one. */
  lookup_key?: string;
  /** How many were bought. */
  quantity?: number;
}

export interface OrderDetail extends Detail {
  facts: OrderFacts;
  /** What was bought, 100 lines at most; `order.lines_known` alone has it. */
  lines?: OrderLine[];
}

export interface OrderEvent {
  "detail-type": "order.fulfilled" | "order.failed" | "order.expired" | "order.canceled" | "order.partly_refunded" | "order.refunded" | "order.refund_undone" | "order.lines_known";
  detail: OrderDetail;
}

/** A payment of an order or an invoice. */
export interface PaymentFacts {
  /** The payment intent or charge, pi_… or ch_…. */
  payment: string;
  /** What it is for. */
  purpose?: "order" | "invoice" | "unknown";
  /** What was received, in minor units. */
  amount_received?: number;
  /** What went back so far, in minor units. */
  refunded?: number;
  /** Whether a dispute holds the money back. */
  held?: boolean;
  /** The currency of the amounts, in lower case. */
  currency?: string;
  /** What the customer paid in a currency of its own, in minor units. */
  presentment_amount?: number;
  /** The currency in which the customer paid. */
  presentment_currency?: string;
  /** Your own id of the order, from the metadata that OrderMetadataKey names. */
  order?: string;
  /** The Checkout session, cs_…. */
  session?: string;
  /** The invoice, in_…. */
  invoice?: string;
  /** The subscription that the event is about, sub_…. */
  subscription?: string;
}

export interface PaymentDetail extends Detail {
  facts: PaymentFacts;
}

export interface PaymentEvent {
  "detail-type": "payment.processing" | "payment.authorized" | "payment.succeeded" | "payment.failed" | "payment.canceled" | "payment.refunded" | "payment.fraud_warning" | "payment.held" | "payment.released";
  detail: PaymentDetail;
}

/** A payout to a connected account. */
export interface PayoutFacts {
  /** The payout, po_…. */
  payout: string;
  /** Its status. */
  status?: "pending" | "in_transit" | "paid" | "failed" | "canceled";
  /** Its amount, in minor units; negative if it takes money. */
  amount?: number;
  /** The currency, in lower case. */
  currency?: string;
  /** When it arrives, in epoch seconds. */
  arrival_date?: number;
  /** Whether the account's payout schedule made it. */
  automatic?: boolean;
  /** The payout that it reverses. */
  original_payout?: string;
  /** Why it failed, as Stripe says it. */
  failure_code?: string;
  /** When it was created, in epoch seconds. */
  created?: number;
}

export interface PayoutDetail extends Detail {
  facts: PayoutFacts;
}

export interface PayoutEvent {
  "detail-type": "payout.pending" | "payout.in_transit" | "payout.paid" | "payout.failed" | "payout.canceled";
  detail: PayoutDetail;
}

/** A connected account. */
export interface AccountFacts {
  /** Whether it is connected. */
  authorized: boolean;
  /** A capability, such as `can_transfers`: active, inactive, pending or others. */
  [name: `can_${string}`]: string;
}

export interface AccountDetail extends Detail {
  facts: AccountFacts;
}

export interface AccountEvent {
  "detail-type": "account.authorized" | "account.deauthorized" | "account.capability_changed";
  detail: AccountDetail;
}

/** An event on the bus, as EventBridge hands it to a Lambda function. Other fields are EventBridge's own. */
export type BillhookEvent = OrganizationEvent | ErasedEvent | OrderEvent | PaymentEvent | PayoutEvent | AccountEvent;
