/// The built-in compiler: graph → passes → kernel choice → memory plan → C sources.
@org.jspecify.annotations.NullMarked
module dev.mote.pipeline {
  requires transitive dev.mote.plugin;
  requires transitive dev.mote.targets;
  requires ejml.core;
  requires ejml.ddense;
  requires static transitive org.jspecify;

  exports dev.mote.pipeline;
  exports dev.mote.pipeline.compress;
  exports dev.mote.pipeline.pass;
  exports dev.mote.pipeline.plan;
  exports dev.mote.pipeline.lower;
  exports dev.mote.pipeline.quantize;

  uses dev.mote.plugin.ModelReader;

  provides dev.mote.plugin.Compiler with
      dev.mote.pipeline.BuiltInCompiler,
      dev.mote.pipeline.CmsisNnCompiler;
}
