/// Where compilers are found and asked.
///
/// [Compilers] finds those on the class path and those that are executables; [CheckedCompiler]
/// checks what goes in and what comes out; [ExternalCompiler] speaks the protocol of
/// `docs/spec/compiler-plugin.md`.
///
/// ```java
/// CheckedCompiler compiler = Compilers.standard(List.of(), Limits.STANDARD).named("mote-c");
/// compiler.compile(request, Progress.NONE);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.pluginhost;
