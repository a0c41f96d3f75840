/// The service: one process, or several, with one database.
///
/// Its packages, from those that know nothing of the others to those that use them: `database`,
/// `http`, `settings`, `event` and `access` carry every request; `store` keeps bytes and `job` does
/// long work; `registry` knows models, versions and modules, `compilation` has modules made,
/// `device` speaks with devices, `telemetry` and `mqtt` take what they tell, `rollout` brings a
/// version onto many of them. `stream`, `page` and `health` are for watchers.
///
/// ```
/// scripts/run service service MoteService --server.port=8080
/// ```
@NullMarked
package dev.mote.service;

import org.jspecify.annotations.NullMarked;
