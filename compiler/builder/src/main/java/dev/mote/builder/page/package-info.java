/// The page that `mote inspect --html` writes: one file, no scripts, readable offline, in light and
/// dark.
///
/// [ModelPage#html] draws what a [PageContent] says: the graph with the cost of each layer beside
/// it, and the arena over time.
@org.jspecify.annotations.NullMarked
package dev.mote.builder.page;
