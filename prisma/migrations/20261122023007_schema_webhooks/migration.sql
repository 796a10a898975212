-- AlterTable
ALTER TABLE "audit_sinks" ADD COLUMN     "changes" TEXT,
ADD COLUMN     "connection_id" TEXT;

-- AlterTable
ALTER TABLE "source_caches" ADD COLUMN     "announced_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "audit_sinks_connection_id_key" ON "audit_sinks"("connection_id");

-- AddForeignKey
ALTER TABLE "audit_sinks" ADD CONSTRAINT "audit_sinks_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was found before this version is not announced by it.
UPDATE "source_caches" SET "announced_at" = "refreshed_at";

-- Webhooks look for these alone, every second.
CREATE INDEX "audit_events_schema_changed" ON "audit_events"("target_id", "id") WHERE "event" = 'data_source.schema_changed';
