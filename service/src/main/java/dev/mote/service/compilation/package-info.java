/// Modules for devices: which builds are needed, by whom they are made, and what became of them.
///
/// One build serves all devices of equal facts. It is asked for by [Compilation#request], done as a
/// job in a process of its own, and kept by what goes into it, so that nothing is built twice.
@org.jspecify.annotations.NullMarked
package dev.mote.service.compilation;
