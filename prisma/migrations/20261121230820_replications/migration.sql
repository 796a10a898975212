-- CreateTable
CREATE TABLE "replications" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "publication" TEXT NOT NULL,
    "slot" TEXT NOT NULL,
    "tables" JSONB NOT NULL,
    "heartbeat" JSONB,
    "touched" JSONB NOT NULL DEFAULT '{}',
    "slot_made" BOOLEAN NOT NULL DEFAULT false,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_check_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checked_at" TIMESTAMPTZ(3),
    "seen" JSONB,
    "problem" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "lag_bytes" DOUBLE PRECISION,

    CONSTRAINT "replications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "replication_lags" (
    "replication_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "lag_bytes" DOUBLE PRECISION NOT NULL,
    "retained_bytes" DOUBLE PRECISION,
    "active" BOOLEAN NOT NULL,

    CONSTRAINT "replication_lags_pkey" PRIMARY KEY ("replication_id","at")
);

-- CreateIndex
CREATE INDEX "replications_next_check_at_idx" ON "replications"("next_check_at");

-- CreateIndex
CREATE UNIQUE INDEX "replications_connection_id_slot_key" ON "replications"("connection_id", "slot");

-- AddForeignKey
ALTER TABLE "replications" ADD CONSTRAINT "replications_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replication_lags" ADD CONSTRAINT "replication_lags_replication_id_fkey" FOREIGN KEY ("replication_id") REFERENCES "replications"("id") ON DELETE CASCADE ON UPDATE CASCADE;
