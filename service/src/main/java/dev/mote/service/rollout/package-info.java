/// Rollouts: a model version onto many devices, wave by wave, watched, and back where it does no
/// good.
///
/// What comes next is decided by `machine`, which knows neither database nor devices; this package
/// keeps its state in PostgreSQL, counts, begins updates and tells the machine what became of them.
@NullMarked
package dev.mote.service.rollout;

import org.jspecify.annotations.NullMarked;
