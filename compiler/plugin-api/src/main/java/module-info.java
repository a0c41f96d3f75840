/// What outsiders implement: readers of model formats, compilers, and the facts about targets.
@org.jspecify.annotations.NullMarked
module dev.mote.plugin {
  requires transitive dev.mote.ir;
  requires static transitive org.jspecify;

  exports dev.mote.plugin;
}
