/// The built-in compiler, from a graph to a verified-size C module.
///
/// [MoteCompiler] is the one public way in: it runs the passes, lowers every node to a
/// [dev.mote.pipeline.lower.KernelCall], plans the arena and emits a [CompiledModel].
@org.jspecify.annotations.NullMarked
package dev.mote.pipeline;
