-- Changes that wait until somebody approves them.
CREATE TABLE approval_requests (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    requester_id uuid NOT NULL REFERENCES users (id),
    -- The API token that it was filed with: the change may do no more than that.
    token_id uuid REFERENCES api_tokens (id),
    -- What is to be changed; for a creation what came of it. No foreign keys: a request outlives both.
    vcluster_id uuid,
    operation_id uuid,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- Until when the quotas keep what it will take (a reservation with the id of the request); NULL for not at all.
    held_until timestamptz,
    ended_at timestamptz,
    -- The step of the policy that is asked, from 0.
    step integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'pending',
    verb text NOT NULL,
    vcluster_name text NOT NULL,
    -- The change as it will run, and what it replaces.
    change jsonb NOT NULL,
    before jsonb NOT NULL,
    -- The policy as it was: who changes it changes nothing about the requests that wait.
    policy jsonb NOT NULL,
    -- What it takes more of each dimension, and what that meant at every level when it was filed.
    growth jsonb NOT NULL,
    quota jsonb NOT NULL,
    -- Why the approved change could not run: code and message.
    failure jsonb,
    CONSTRAINT approval_requests_state_is_known CHECK (
        state IN ('pending', 'rejected', 'cancelled', 'expired', 'executed', 'failed')
    ),
    CONSTRAINT approval_requests_end_once CHECK ((state = 'pending') = (ended_at IS NULL)),
    CONSTRAINT approval_requests_failures_have_a_reason CHECK ((state = 'failed') = (failure IS NOT NULL))
);

CREATE INDEX approval_requests_by_tenant ON approval_requests (tenant_id, id);
CREATE INDEX approval_requests_by_requester ON approval_requests (requester_id, id);
CREATE INDEX approval_requests_by_token ON approval_requests (token_id) WHERE token_id IS NOT NULL;
CREATE INDEX approval_requests_pending ON approval_requests (id) WHERE state = 'pending';
CREATE INDEX approval_requests_to_expire ON approval_requests (expires_at, id) WHERE state = 'pending';
-- The same wish twice would be approved twice.
CREATE UNIQUE INDEX approval_requests_one_creation_waits ON approval_requests (tenant_id, vcluster_name)
    WHERE state = 'pending' AND verb = 'create';
CREATE UNIQUE INDEX approval_requests_one_change_waits ON approval_requests (vcluster_id, verb)
    WHERE state = 'pending' AND verb <> 'create';

-- What people said and decided about requests.
CREATE TABLE approval_entries (
    id uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES approval_requests (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    step integer NOT NULL,
    kind text NOT NULL,
    comment text NOT NULL DEFAULT '',
    -- What the quotas looked like to whom decided.
    quota jsonb,
    CONSTRAINT approval_entries_kind_is_known CHECK (kind IN ('approve', 'reject', 'comment', 'cancel'))
);

CREATE INDEX approval_entries_by_request ON approval_entries (request_id, id);
-- One person counts once, in whatever steps they are asked.
CREATE UNIQUE INDEX approval_entries_one_decision_a_person ON approval_entries (request_id, user_id)
    WHERE kind IN ('approve', 'reject');

SELECT portal_protect('approval_requests', 'tenant_id');
SELECT portal_protect('approval_entries', 'request_id', 'approval_requests');

-- The people who can decide the present step of a request; none when it does not wait.
--
-- A step names people, or a role: then those who have it at the nearest tenant up the path are asked, and those further up
-- too where they are too few for the quorum; admins when there are too few up to the root. Never the requester, nobody
-- who has decided already, no service account, and nobody who cannot sign in.
CREATE FUNCTION approval_people(request uuid)
RETURNS TABLE (user_id uuid, name text, depth integer) LANGUAGE sql STABLE AS $$
    WITH asked AS (
        SELECT r.id, r.requester_id, t.path, s.step, (s.step ->> 'quorum')::integer - (
            SELECT count(*) FROM approval_entries AS e
            WHERE e.request_id = r.id AND e.step = r.step AND e.kind = 'approve'
        ) AS missing
        FROM approval_requests AS r
        JOIN tenants AS t ON t.id = r.tenant_id
        CROSS JOIN LATERAL (SELECT r.policy -> 'steps' -> r.step AS step) AS s
        WHERE r.id = request AND r.state = 'pending'
    ), named AS (
        SELECT coalesce(b.user_id, m.user_id) AS user_id, max(
            CASE WHEN coalesce(b.role, b.role_id::text) = asked.step ->> 'role' THEN cardinality(place.path) ELSE 0 END
        ) AS depth
        FROM asked
        JOIN role_bindings AS b ON b.tenant_id = ANY (asked.path) AND b.token_id IS NULL
        JOIN tenants AS place ON place.id = b.tenant_id
        LEFT JOIN roles AS x ON x.id = b.role_id
        LEFT JOIN group_members AS m ON m.group_id = b.group_id
        WHERE asked.step ->> 'role' IS NOT NULL
            AND (
                b.role IN (asked.step ->> 'role', 'admin')
                -- A role of one's own may have lost the permission since.
                OR b.role_id::text = asked.step ->> 'role' AND 'requests.decide' = ANY (x.permissions)
            )
        GROUP BY coalesce(b.user_id, m.user_id)
        UNION ALL
        SELECT n.id::uuid, 0
        FROM asked
        CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE jsonb_typeof(asked.step -> 'users') WHEN 'array' THEN asked.step -> 'users' ELSE '[]' END
        ) AS n (id)
    ), possible AS (
        SELECT u.id, u.name, named.depth, asked.missing, count(*) OVER (ORDER BY named.depth DESC) AS reached
        FROM asked
        CROSS JOIN named
        JOIN users AS u ON u.id = named.user_id
        WHERE u.kind = 'person' AND u.disabled_at IS NULL AND u.invited_at IS NULL AND u.id <> asked.requester_id
            AND NOT EXISTS (
                SELECT FROM approval_entries AS e
                WHERE e.request_id = asked.id AND e.user_id = u.id AND e.kind IN ('approve', 'reject')
            )
    )
    SELECT p.id, p.name, p.depth
    FROM possible AS p
    WHERE p.depth >= coalesce((SELECT max(q.depth) FROM possible AS q WHERE q.reached >= q.missing), 0)
$$;
