-- AlterTable
ALTER TABLE "pipeline_references" ADD COLUMN     "declared_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "pipelines" ADD COLUMN     "created_by" TEXT,
ADD COLUMN     "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "updated_by" TEXT;

-- CreateTable
CREATE TABLE "connection_aliases" (
    "workspace_id" TEXT NOT NULL,
    "conn_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connection_aliases_pkey" PRIMARY KEY ("workspace_id","conn_id")
);

-- CreateTable
CREATE TABLE "connection_versions" (
    "connection_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "settings_revision" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "conn_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "environment" TEXT,
    "tags" TEXT[],
    "description" TEXT,
    "config" JSONB NOT NULL,
    "credential_id" TEXT,
    "credential_version" INTEGER,
    "changed" TEXT[],
    "restored_from" INTEGER,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connection_versions_pkey" PRIMARY KEY ("connection_id","revision")
);

-- CreateTable
CREATE TABLE "connection_uses" (
    "id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "pipeline_key" TEXT NOT NULL DEFAULT '',
    "count" INTEGER NOT NULL DEFAULT 1,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "connection_uses_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "connection_aliases_connection_id_idx" ON "connection_aliases"("connection_id");

-- CreateIndex
CREATE INDEX "connection_uses_connection_id_day_actor_id_idx" ON "connection_uses"("connection_id", "day", "actor_id");

-- CreateIndex
CREATE INDEX "connections_workspace_id_conn_id_idx" ON "connections"("workspace_id", "conn_id");

-- CreateIndex
CREATE INDEX "pipeline_references_conn_id_idx" ON "pipeline_references"("conn_id");

-- AddForeignKey
ALTER TABLE "connection_aliases" ADD CONSTRAINT "connection_aliases_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection_versions" ADD CONSTRAINT "connection_versions_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection_uses" ADD CONSTRAINT "connection_uses_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
