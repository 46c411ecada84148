-- The trace of the request that asked for an operation (W3C Trace Context): workers continue it, on whatever server.
ALTER TABLE operations
    ADD COLUMN traceparent text,
    ADD CONSTRAINT operations_traceparent_is_valid CHECK (
        traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'
    );
