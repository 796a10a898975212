-- AlterTable
ALTER TABLE "credential_versions" ADD COLUMN     "sealed_to" TEXT NOT NULL DEFAULT '';
