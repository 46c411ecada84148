-- Named starting points for vclusters.
CREATE TABLE templates (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    environment text,
    spec jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT templates_name_is_not_empty CHECK (name <> ''),
    CONSTRAINT templates_environment_is_known CHECK (environment IN ('dev', 'test', 'prod'))
);

CREATE UNIQUE INDEX templates_name_is_unique ON templates (lower(name));
