/// Finds compilers, talks to those that are other programs, chooses among them, and checks them.
@org.jspecify.annotations.NullMarked
module dev.mote.pluginhost {
  requires transitive dev.mote.plugin;
  requires dev.mote.reference;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.jr.ob;
  requires static transitive org.jspecify;

  exports dev.mote.pluginhost;
  exports dev.mote.pluginhost.check;
  exports dev.mote.pluginhost.choice;
  exports dev.mote.pluginhost.process;

  uses dev.mote.plugin.Compiler;
  uses dev.mote.plugin.ModelReader;
  uses dev.mote.pluginhost.check.PayloadRunner;
}
