/// Chips, boards and bare cores as data.
@org.jspecify.annotations.NullMarked
module dev.mote.targets {
  requires transitive dev.mote.plugin;
  requires static transitive org.jspecify;
}
