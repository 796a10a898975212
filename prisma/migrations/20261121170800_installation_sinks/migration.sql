-- AlterTable
ALTER TABLE "audit_sinks" ADD COLUMN     "delivered_system_seq" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "installation" BOOLEAN NOT NULL DEFAULT false;
