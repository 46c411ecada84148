-- When somebody tried last to compare a vcluster with its host, answered or not: one whose host does not answer goes to
-- the end of the queue like all others. A row without a report is one that was only tried.
ALTER TABLE quota_reports
    ADD COLUMN tried_at timestamptz,
    ALTER COLUMN reported_at DROP NOT NULL,
    ALTER COLUMN requested DROP NOT NULL,
    ALTER COLUMN reserved DROP NOT NULL,
    ADD CONSTRAINT quota_reports_are_whole CHECK (
        num_nulls(reported_at, requested, reserved) IN (0, 3) AND (reported_at IS NOT NULL OR NOT exceeds)
    );

DROP INDEX quota_reports_by_age;
