/// From a model and what is known of a device to a module.
@org.jspecify.annotations.NullMarked
module dev.mote.builder {
  requires transitive dev.mote.emulator;
  requires transitive dev.mote.module;
  requires transitive dev.mote.pipeline;
  requires transitive dev.mote.pluginhost;
  requires dev.mote.reference;
  requires dev.mote.targets;
  requires dev.mote.wasm;
  requires com.fasterxml.jackson.jr.ob;
  requires static transitive org.jspecify;

  exports dev.mote.builder;
  exports dev.mote.builder.page;

  uses dev.mote.plugin.ModelReader;
  uses dev.mote.plugin.ModelWriter;
}
