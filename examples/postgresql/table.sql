-- One row a customer, as Billhook's announcements tell it. Times are epoch seconds.
create table if not exists customer_access (
    account text not null,             -- acct_… of a connected account, or platform
    customer text not null,            -- cus_…
    version bigint not null,           -- of two announcements the higher one is the newer
    reference text,                    -- your own id of the customer
    status text,
    access boolean,                    -- null: unknown
    access_until bigint,
    plan text,
    features jsonb not null default '[]',
    limits jsonb not null default '{}',
    past_due boolean not null default false,
    trial_ends_at bigint,
    renews_at bigint,
    ends_at bigint,
    erased boolean not null default false, -- nothing but the ids is left
    primary key (account, customer)
);

create index if not exists customer_access_reference on customer_access (reference);

-- What is true now: access that has ended by itself is gone, even if no announcement has come.
create or replace view customer_access_now as
select account, customer, reference, status, plan, features, limits, past_due,
    access and (access_until is null or access_until > extract(epoch from now())) as access
from customer_access
where not erased;
