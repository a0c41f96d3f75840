/// The interfaces that plug into Mote, each found by [java.util.ServiceLoader].
///
/// [ModelReader] turns a file into a graph; [TargetCatalog] contributes [Target]s; [Compiler] turns
/// a [SourceModel] into a [Payload] for a [Device].
///
/// ```java
/// switch (compiler.estimate(request, Progress.NONE)) {
///   case Estimate.Serves(Cost cost, var notes) -> compiler.compile(request, Progress.NONE);
///   case Estimate.Refuses(var reasons) -> reasons.forEach(System.err::println);
/// }
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.plugin;
