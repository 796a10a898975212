-- CreateTable
CREATE TABLE "audit_events" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "event" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "target_type" TEXT,
    "target_id" TEXT,
    "target_name" TEXT,
    "request_id" TEXT,
    "details" JSONB,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connections" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "conn_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "summary" TEXT NOT NULL,
    "environment" TEXT,
    "tags" TEXT[],
    "description" TEXT,
    "credential_id" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "settings_revision" INTEGER NOT NULL DEFAULT 1,
    "last_test_id" TEXT,
    "ever_passed" BOOLEAN NOT NULL DEFAULT false,
    "created_by" TEXT NOT NULL,
    "updated_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "connections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connection_tests" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "settings_revision" INTEGER NOT NULL,
    "credential_id" TEXT,
    "credential_version" INTEGER,
    "success" BOOLEAN NOT NULL,
    "message" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "latency_ms" DOUBLE PRECISION,
    "server" JSONB,
    "cause" JSONB,
    "stages" JSONB NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connection_tests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pipelines" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "definition" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pipelines_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pipeline_references" (
    "pipeline_id" TEXT NOT NULL,
    "pointer" TEXT NOT NULL,
    "conn_id" TEXT NOT NULL,
    "node" TEXT,
    "connection_id" TEXT,

    CONSTRAINT "pipeline_references_pkey" PRIMARY KEY ("pipeline_id","pointer")
);

-- CreateTable
CREATE TABLE "credentials" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "workspace_id" TEXT,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "destination" JSONB,
    "environment" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "version" INTEGER NOT NULL DEFAULT 1,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential_versions" (
    "credential_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "envelope" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "fields" TEXT[],
    "fingerprint" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_versions_pkey" PRIMARY KEY ("credential_id","version")
);

-- CreateTable
CREATE TABLE "organizations" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workspaces" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tag" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workspaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "password_changed_at" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "user_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("user_id","workspace_id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "authenticated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_tokens" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "setup_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "scopes" TEXT[],
    "ip_allowlist" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_events_workspace_id_at_id_idx" ON "audit_events"("workspace_id", "at", "id");

-- CreateIndex
CREATE INDEX "audit_events_target_id_idx" ON "audit_events"("target_id");

-- CreateIndex
CREATE UNIQUE INDEX "connections_last_test_id_key" ON "connections"("last_test_id");

-- CreateIndex
CREATE INDEX "connections_workspace_id_name_key_id_idx" ON "connections"("workspace_id", "name_key", "id");

-- CreateIndex
CREATE INDEX "connections_workspace_id_created_at_id_idx" ON "connections"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "connections_workspace_id_updated_at_id_idx" ON "connections"("workspace_id", "updated_at", "id");

-- CreateIndex
CREATE INDEX "connections_credential_id_idx" ON "connections"("credential_id");

-- CreateIndex
CREATE INDEX "connection_tests_connection_id_created_at_id_idx" ON "connection_tests"("connection_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "pipelines_workspace_id_key_key" ON "pipelines"("workspace_id", "key");

-- CreateIndex
CREATE INDEX "pipeline_references_connection_id_idx" ON "pipeline_references"("connection_id");

-- CreateIndex
CREATE INDEX "credentials_workspace_id_created_at_id_idx" ON "credentials"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credentials_workspace_id_name_key_id_idx" ON "credentials"("workspace_id", "name_key", "id");

-- CreateIndex
CREATE INDEX "credential_versions_key_id_idx" ON "credential_versions"("key_id");

-- CreateIndex
CREATE UNIQUE INDEX "workspaces_tag_key" ON "workspaces"("tag");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key_key" ON "users"("email_key");

-- CreateIndex
CREATE INDEX "memberships_workspace_id_idx" ON "memberships"("workspace_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "sessions"("token_hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE INDEX "api_keys_workspace_id_id_idx" ON "api_keys"("workspace_id", "id");

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_credential_id_fkey" FOREIGN KEY ("credential_id") REFERENCES "credentials"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_last_test_id_fkey" FOREIGN KEY ("last_test_id") REFERENCES "connection_tests"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection_tests" ADD CONSTRAINT "connection_tests_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pipelines" ADD CONSTRAINT "pipelines_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pipeline_references" ADD CONSTRAINT "pipeline_references_pipeline_id_fkey" FOREIGN KEY ("pipeline_id") REFERENCES "pipelines"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pipeline_references" ADD CONSTRAINT "pipeline_references_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential_versions" ADD CONSTRAINT "credential_versions_credential_id_fkey" FOREIGN KEY ("credential_id") REFERENCES "credentials"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- From here on by hand: what the Prisma schema cannot say.

-- A name is free again once its holder is deleted.
CREATE UNIQUE INDEX "connections_live_conn_id_key" ON "connections"("workspace_id", "conn_id") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "connections_live_name_key" ON "connections"("workspace_id", "name_key") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "credentials_live_name_key" ON "credentials"("workspace_id", "name_key") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "credentials_live_shared_name_key" ON "credentials"("organization_id", "name_key") WHERE "deleted_at" IS NULL AND "workspace_id" IS NULL;

ALTER TABLE "connections"
    ADD CONSTRAINT "connections_role_check" CHECK ("role" IN ('source', 'destination')),
    ADD CONSTRAINT "connections_environment_check" CHECK ("environment" IN ('dev', 'staging', 'prod'));
ALTER TABLE "credentials"
    ADD CONSTRAINT "credentials_status_check" CHECK ("status" IN ('active', 'disabled', 'deleted')),
    ADD CONSTRAINT "credentials_environment_check" CHECK ("environment" IN ('dev', 'staging', 'prod'));
ALTER TABLE "users"
    ADD CONSTRAINT "users_status_check" CHECK ("status" IN ('active', 'disabled'));
ALTER TABLE "memberships"
    ADD CONSTRAINT "memberships_role_check" CHECK ("role" IN ('owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'));
ALTER TABLE "api_keys"
    ADD CONSTRAINT "api_keys_role_check" CHECK ("role" IN ('owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'));
ALTER TABLE "setup_tokens"
    ADD CONSTRAINT "setup_tokens_single_row_check" CHECK ("id" = 1);
ALTER TABLE "audit_events"
    ADD CONSTRAINT "audit_events_outcome_check" CHECK ("outcome" IN ('success', 'failure', 'denied')),
    ADD CONSTRAINT "audit_events_actor_kind_check" CHECK ("actor_kind" IN ('user', 'api_key', 'system'));
