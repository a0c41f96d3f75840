/// The interfaces that plug into Mote, each found by [java.util.ServiceLoader].
///
/// [ModelReader] turns a file into a graph; [TargetCatalog] contributes [Target]s; [Compiler] turns
/// a
/// graph into C sources for a target.
@org.jspecify.annotations.NullMarked
package dev.mote.plugin;
