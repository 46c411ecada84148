DROP TABLE quota_reports;
DROP FUNCTION quota_repair(uuid, text, bigint[]);
DROP FUNCTION quota_drift();
