-- CreateTable
CREATE TABLE "source_refreshes" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "trigger" TEXT NOT NULL,
    "schema" TEXT,
    "name" TEXT,
    "schemas_done" INTEGER NOT NULL DEFAULT 0,
    "schemas_total" INTEGER,
    "relations" INTEGER NOT NULL DEFAULT 0,
    "added" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "removed" INTEGER NOT NULL DEFAULT 0,
    "unchanged" BOOLEAN NOT NULL DEFAULT false,
    "problem" JSONB,
    "ticket" JSONB NOT NULL,
    "requested_by" TEXT NOT NULL,
    "lease_by" TEXT,
    "heartbeat_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "source_refreshes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_caches" (
    "connection_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "refreshed_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),
    "fingerprint" TEXT,
    "basis" TEXT,
    "next_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "stopped" TEXT,

    CONSTRAINT "source_caches_pkey" PRIMARY KEY ("connection_id")
);

-- CreateTable
CREATE TABLE "source_schemas" (
    "connection_id" TEXT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "comment" TEXT,
    "owner" TEXT,
    "usable" BOOLEAN NOT NULL DEFAULT true,
    "relations" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "refreshed_at" TIMESTAMPTZ(3),
    "refresh_id" TEXT,

    CONSTRAINT "source_schemas_pkey" PRIMARY KEY ("connection_id","name")
);

-- CreateTable
CREATE TABLE "source_objects" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "schema" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT NOT NULL,
    "comment" TEXT,
    "search" TEXT COLLATE "C" NOT NULL,
    "search_columns" TEXT COLLATE "C" NOT NULL,
    "hash" TEXT NOT NULL,
    "refers_to" TEXT[],
    "row_estimate" BIGINT,
    "size_bytes" BIGINT,
    "from_refresh" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_refresh" TEXT,
    "until_at" TIMESTAMPTZ(3),

    CONSTRAINT "source_objects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_structures" (
    "object_id" BIGINT NOT NULL,
    "structure" TEXT NOT NULL,

    CONSTRAINT "source_structures_pkey" PRIMARY KEY ("object_id")
);

-- CreateIndex
CREATE INDEX "source_refreshes_connection_id_id_idx" ON "source_refreshes"("connection_id", "id");

-- CreateIndex
CREATE INDEX "source_caches_next_at_idx" ON "source_caches"("next_at");

-- CreateIndex
CREATE INDEX "source_objects_connection_id_from_at_idx" ON "source_objects"("connection_id", "from_at");

-- CreateIndex
CREATE INDEX "source_objects_connection_id_until_at_idx" ON "source_objects"("connection_id", "until_at");

-- AddForeignKey
ALTER TABLE "source_refreshes" ADD CONSTRAINT "source_refreshes_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_caches" ADD CONSTRAINT "source_caches_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_schemas" ADD CONSTRAINT "source_schemas_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_objects" ADD CONSTRAINT "source_objects_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_structures" ADD CONSTRAINT "source_structures_object_id_fkey" FOREIGN KEY ("object_id") REFERENCES "source_objects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One current version of everything, found and sorted by its name as bytes.
CREATE UNIQUE INDEX "source_objects_current_key" ON "source_objects"("connection_id", "type", "schema", "name") WHERE "until_at" IS NULL;

-- Who points at a relation.
CREATE INDEX "source_objects_refers_to_idx" ON "source_objects" USING gin ("refers_to") WHERE "until_at" IS NULL AND "refers_to" <> '{}';

-- One refresh of a connection at a time, and one waiting of each scope: whoever asks meanwhile gets that one.
CREATE UNIQUE INDEX "source_refreshes_running_key" ON "source_refreshes"("connection_id") WHERE "status" = 'running';
CREATE UNIQUE INDEX "source_refreshes_queued_key" ON "source_refreshes"("connection_id", coalesce("schema", ''), coalesce("name", '')) WHERE "status" = 'queued';
CREATE INDEX "source_refreshes_open_idx" ON "source_refreshes"("id") WHERE "status" IN ('queued', 'running');

ALTER TABLE "source_refreshes" ADD CONSTRAINT "source_refreshes_status_check" CHECK ("status" IN ('queued', 'running', 'done', 'partial', 'failed', 'cancelled'));
ALTER TABLE "source_objects" ADD CONSTRAINT "source_objects_until_check" CHECK (("until_at" IS NULL) = ("until_refresh" IS NULL) AND ("until_at" IS NULL OR "until_at" >= "from_at"));
