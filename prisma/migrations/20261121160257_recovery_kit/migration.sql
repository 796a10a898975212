-- AlterTable
ALTER TABLE "encryption_keys" ADD COLUMN     "kit_exported_at" TIMESTAMPTZ(3);
