/// Planning: in which order the steps run and where every buffer lies in the arena.
///
/// [Schedule] orders the nodes, [Workload] turns lowered steps into buffers with lifetimes, and
/// [ArenaPlanner] gives each buffer its offset. Everything is decided here, before any code is
/// emitted.
@org.jspecify.annotations.NullMarked
package dev.mote.pipeline.plan;
