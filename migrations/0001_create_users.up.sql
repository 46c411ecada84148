-- People with an account. The password hash carries its own parameters (scrypt$…), so they can grow.
CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    -- NULL: the account cannot sign in with a password.
    password_hash text,
    -- NULL: the pages follow the browser.
    locale text,
    theme text NOT NULL DEFAULT 'system',
    time_zone text NOT NULL DEFAULT 'UTC',
    disabled_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT users_email_is_lower_case CHECK (email = lower(email) AND email <> ''),
    CONSTRAINT users_locale_is_known CHECK (locale IN ('en', 'zh-Hans')),
    CONSTRAINT users_theme_is_known CHECK (theme IN ('system', 'light', 'dark'))
);

CREATE UNIQUE INDEX users_email_is_unique ON users (email);
