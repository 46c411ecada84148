-- A link without a maker is the portal's own, or that of an account that is no more: only the first may be used without
-- asking what its maker may do. Links that are open now and have no maker count as the second; they live a week at most.
ALTER TABLE account_links ADD COLUMN by_portal boolean NOT NULL DEFAULT false;
