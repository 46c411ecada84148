DELETE FROM quota_reports WHERE reported_at IS NULL;

ALTER TABLE quota_reports
    DROP CONSTRAINT quota_reports_are_whole,
    DROP COLUMN tried_at,
    ALTER COLUMN reported_at SET NOT NULL,
    ALTER COLUMN requested SET NOT NULL,
    ALTER COLUMN reserved SET NOT NULL;

CREATE INDEX quota_reports_by_age ON quota_reports (reported_at);
