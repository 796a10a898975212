-- CreateTable
CREATE TABLE "query_runs" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "sql" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "rows" BIGINT NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "truncated" TEXT,
    "command" TEXT,
    "error" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cancel_requested_at" TIMESTAMPTZ(3),
    "export" JSONB,

    CONSTRAINT "query_runs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "query_runs_workspace_id_actor_id_id_idx" ON "query_runs"("workspace_id", "actor_id", "id");

-- CreateIndex
CREATE INDEX "query_runs_connection_id_idx" ON "query_runs"("connection_id");

-- CreateIndex
CREATE INDEX "query_runs_started_at_idx" ON "query_runs"("started_at");

-- AddForeignKey
ALTER TABLE "query_runs" ADD CONSTRAINT "query_runs_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- How many run is counted before each one, and what runs shows a sign of life every second.
CREATE INDEX "query_runs_running_idx" ON "query_runs"("workspace_id") WHERE "status" = 'running';
