package dev.mote.service.access;

/// How much of something a tenant uses.
record QuotaUse(Quota what, long limit, long used) {}
